// Making channels and conversations, and who is in them.
import { api } from "../api.js";
import { among, picker } from "../blocks/picker.js";
import { fill, h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { channelName, me, now, state } from "../store.js";
import { clock, place, weekday } from "../time.js";
import { avatar } from "./avatar.js";
import { ask } from "./confirm.js";
import { footButton, openDialog } from "./dialog.js";
import { openMenu } from "./menu.js";
import { statusDialog, statusMark, statusWords } from "./status.js";
import { explain } from "./toast.js";

function go(detail) {
  document.body.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail }));
}

function personOption(person) {
  return {
    key: person.id,
    label: person.real_name || person.name,
    note: person.title,
    lead: avatar(person, "tiny"),
    raw: person.id,
  };
}

function peoplePicker({ id, many, candidates, changed }) {
  const options = candidates.map(personOption).sort((a, b) => a.label.localeCompare(b.label));
  return picker({
    id,
    label: "People",
    many,
    placeholder: "Type a name",
    search: among([{ label: "", options }]),
    changed,
  });
}

/** A small form: `fields` nodes, `submit()` may throw a sentence that is shown above the buttons. */
function formDialog({ title, fields, yes, submit }) {
  const problem = h("p.field-error", { role: "alert", hidden: true });
  const accept = footButton(yes, run, "button-primary");
  const dialog = openDialog({
    title,
    className: "dialog-small",
    body: [fields, problem],
    foot: [footButton("Cancel", () => dialog.close()), accept],
  });
  dialog.body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input.field")) {
      event.preventDefault();
      run();
    }
  });
  return dialog;

  async function run() {
    accept.setAttribute("aria-busy", "true");
    try {
      await submit();
      dialog.close();
    } catch (refusal) {
      problem.textContent = refusal.message;
      problem.hidden = false;
    } finally {
      accept.removeAttribute("aria-busy");
    }
  }
}

export function createChannelDialog() {
  const name = h("input.field", { id: uid("name"), placeholder: "ml-evaluation", autocomplete: "off", maxlength: 80 });
  const hidden = h("input", { type: "checkbox" });
  formDialog({
    title: "Create a channel",
    yes: "Create",
    fields: [
      h("label.label", { htmlFor: name.id }, "Name"),
      name,
      h("p.hint", null, "Small letters, digits and dashes."),
      h(
        "label.choice",
        null,
        hidden,
        h("span", null, h("span", null, "Private"), h("small", null, "Only people who are invited can see it.")),
      ),
    ],
    submit: async () => {
      const wanted = name.value.trim().replace(/^#/, "").toLowerCase().replaceAll(/\s+/g, "-");
      if (!wanted) throw new Error("Give the channel a name.");
      const reply = await api.createChannel(wanted, hidden.checked);
      const channel = reply.channel?.id ?? reply.channel;
      if (channel) go({ channel });
    },
  });
  name.focus();
}

export function newMessageDialog() {
  let chosen = [];
  const id = uid("people");
  const field = peoplePicker({
    id,
    many: true,
    candidates: [...state.people.values()].filter((person) => person.id !== state.me),
    changed: (options) => {
      chosen = options.map((option) => option.raw);
    },
  });
  formDialog({
    title: "Write to somebody",
    yes: "Open",
    fields: [
      h("label.label", { htmlFor: id }, "To"),
      field,
      h("p.hint", null, "One person for a direct message, several for a group."),
    ],
    submit: async () => {
      if (!chosen.length) throw new Error("Choose at least one person.");
      const reply = await api.dm(chosen);
      go({ channel: reply.channel?.id ?? reply.channel });
    },
  });
}

export function inviteDialog(channel) {
  let chosen = [];
  const id = uid("people");
  const candidates = [...state.people.values()].filter((person) => !(channel.members ?? []).includes(person.id));
  const field = peoplePicker({
    id,
    many: true,
    candidates,
    changed: (options) => {
      chosen = options.map((option) => option.raw);
    },
  });
  formDialog({
    title: `Invite to #${channel.name}`,
    yes: "Invite",
    fields: [h("label.label", { htmlFor: id }, "Whom"), field],
    submit: async () => {
      if (!chosen.length) throw new Error("Choose at least one person.");
      for (const user of chosen) await api.invite(channel.id, user);
    },
  });
}

export function membersDialog(id) {
  const list = h("ul.people", { role: "list" });
  const dialog = openDialog({
    title: `Members of ${channelName(state.channels.get(id))}`,
    className: "dialog-small",
    body: list,
    foot: [
      footButton("Invite people…", () => {
        dialog.close();
        inviteDialog(state.channels.get(id));
      }),
    ],
  });
  draw();

  function draw() {
    const channel = state.channels.get(id);
    fill(
      list,
      (channel?.members ?? []).map((user) => {
        const person = state.people.get(user) ?? { id: user, name: user };
        return h(
          "li.person-row",
          null,
          avatar(person, "small"),
          h(
            "span.option-text",
            null,
            h("span", null, person.real_name || person.name, user === state.me ? " (you)" : ""),
            h("small", null, person.title || (person.is_bot ? "App" : "")),
          ),
          user === state.me || channel.kind === "mpim"
            ? null
            : h(
                "button.button.button-small",
                {
                  type: "button",
                  onclick: () =>
                    api
                      .kick(id, user)
                      .then(() => setTimeout(draw, 200))
                      .catch(explain),
                },
                "Remove",
              ),
        );
      }),
    );
  }
}

export function channelMenu(anchor, channel) {
  const named = ["public", "private"].includes(channel.kind);
  openMenu(
    anchor,
    [
      {
        label: "Members",
        note: `${(channel.members ?? []).length} people and apps`,
        lead: icon("people"),
        run: () => membersDialog(channel.id),
      },
      named && channel.is_member
        ? { label: "Invite people…", lead: icon("plus"), run: () => inviteDialog(channel) }
        : null,
      named && channel.is_member ? { divider: true } : null,
      named && channel.is_member
        ? { label: "Leave the channel", lead: icon("back"), run: () => api.leave(channel.id).catch(explain) }
        : null,
      named && !channel.is_archived
        ? {
            label: "Archive the channel…",
            lead: icon("trash"),
            danger: true,
            run: async () => {
              if (
                await ask({
                  title: `Archive #${channel.name}?`,
                  text: "Nobody can write in it any more.",
                  yes: "Archive",
                  danger: true,
                })
              )
                api.archive(channel.id).catch(explain);
            },
          }
        : null,
    ],
    { label: "Channel", end: true },
  );
}

/** Who somebody is, what time it is there, and what can be done from here. */
export function personDialog(id) {
  const person = state.people.get(id);
  if (!person) return;
  const zone = person.tz ?? "UTC";
  const body = h(
    "div.profile",
    null,
    avatar(person),
    h(
      "div",
      null,
      h("p.profile-name", null, person.real_name || person.name),
      person.title ? h("p", null, person.title) : null,
      statusWords(person) ? h("p", null, statusMark(person), ` ${statusWords(person)}`) : null,
      h(
        "p.quiet-note",
        null,
        `${weekday(now(), zone)} ${clock(now(), zone)} in ${place(zone)}${person.is_external ? " · from another organisation" : ""}${person.is_admin ? " · admin" : ""}`,
      ),
    ),
  );
  const foot = person.is_bot
    ? []
    : [
        id === state.me
          ? footButton("Set a status", () => {
              dialog.close();
              statusDialog();
            })
          : footButton(`Act as ${person.real_name?.split(" ")[0] || person.name}`, () => {
              dialog.close();
              go({ as: id });
            }),
        footButton(
          id === state.me ? "Notes to yourself" : "Write a message",
          async () => {
            try {
              const reply = await api.dm([id]);
              dialog.close();
              go({ channel: reply.channel?.id ?? reply.channel });
            } catch (refusal) {
              explain(refusal);
            }
          },
          "button-primary",
        ),
      ].filter(Boolean);
  const dialog = openDialog({ title: id === me().id ? "You" : "Profile", className: "dialog-small", body, foot });
}
