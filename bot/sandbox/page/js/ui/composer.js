// Where people write: Enter sends, Shift+Enter breaks the line, what is not sent is kept.
import { api } from "../api.js";
import { keepDraft, readDraft } from "../drafts.js";
import { h, uid } from "../dom.js";
import { emoji } from "../emoji.js";
import { icon } from "../icons.js";
import { changed, inOrder, state } from "../store.js";
import { handleOf } from "../typed.js";
import { BUILT_IN, withCompletion } from "./complete.js";
import { openEmojiPicker } from "./emojipicker.js";
import { openMenu } from "./menu.js";
import { startEditing } from "./editor.js";
import { explain } from "./toast.js";

/** A composer for a channel or (with `thread`) for a thread. Returns {node, field, set(text)}. */
export function composer({ channel, thread = null, label, redraw, sent = () => {} }) {
  const as = state.me;
  const noteId = uid("note");
  const note = h("p.composer-note", { id: noteId, role: "alert", hidden: true });
  const field = h("textarea.composer-field", {
    rows: 1,
    placeholder: label,
    "aria-label": label,
    "aria-describedby": noteId,
    autocomplete: "off",
    spellcheck: "true",
    data: { focus: thread ? "composer-thread" : "composer" },
    value: readDraft(as, channel, thread),
    oninput: typed,
    onkeydown: keys,
  });
  const sendButton = h(
    "button.send",
    { type: "button", "aria-label": "Send", title: "Send (Enter)", onclick: () => send() },
    icon("send"),
  );
  const box = h(
    "div.composer-box",
    null,
    field,
    h(
      "div.composer-tools",
      null,
      thread
        ? null
        : h(
            "button.tool",
            {
              type: "button",
              "aria-label": "Shortcuts and commands",
              title: "Shortcuts and commands",
              "aria-haspopup": "menu",
              onclick: shortcuts,
            },
            icon("bolt"),
          ),
      h(
        "button.tool",
        { type: "button", "aria-label": "Mention somebody", title: "Mention somebody", onclick: () => insert("@") },
        "@",
      ),
      h(
        "button.tool",
        {
          type: "button",
          "aria-label": "Insert an emoji",
          title: "Insert an emoji",
          onclick: (event) => openEmojiPicker(event.currentTarget, (name) => insert(`${emoji(name)} `, true)),
        },
        icon("smile"),
      ),
      h(
        "span.composer-hint",
        { "aria-hidden": "true" },
        h("kbd", null, "Enter"),
        " sends · ",
        h("kbd", null, "Shift"),
        "+",
        h("kbd", null, "Enter"),
        " new line",
      ),
      sendButton,
    ),
  );
  const node = h("div.composer", null, note, box);
  const completion = withCompletion(field, { inThread: Boolean(thread) });
  grow();
  return { node, field, set };

  function set(text) {
    field.value = text;
    typed();
    field.focus();
    field.setSelectionRange(text.length, text.length);
  }

  function insert(text, alone = false) {
    const at = field.selectionStart;
    const space = !alone && at > 0 && !/\s/.test(field.value[at - 1]) ? " " : "";
    field.focus();
    field.setRangeText(space + text, at, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 220)}px`;
    sendButton.disabled = !field.value.trim();
  }

  function typed() {
    grow();
    say("");
    keepDraft(as, channel, thread, field.value);
    changed("drafts");
  }

  function say(text) {
    note.textContent = text;
    note.hidden = !text;
  }

  function keys(event) {
    if (completion.handles(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && !field.value && !thread) {
      const mine = inOrder(state.conversations.get(channel)?.messages ?? new Map())
        .filter((message) => message.user === state.me && !message.bot_id && !message.subtype && !message.ephemeral)
        .at(-1);
      if (!mine) return;
      event.preventDefault();
      startEditing(mine, redraw);
    }
  }

  async function send() {
    const text = field.value.trim();
    if (!text || box.getAttribute("aria-busy") === "true") return;
    const command = /^\/[a-z][\w-]*/i.test(text);
    if (command && thread) {
      say("Slash commands work in the channel, not in a thread.");
      return;
    }
    const before = field.value;
    completion.close();
    box.setAttribute("aria-busy", "true");
    field.value = "";
    typed();
    try {
      if (command) await run(text);
      else sent(await api.send(channel, text, thread));
    } catch (refusal) {
      if (!field.value) {
        field.value = before;
        typed();
      }
      say(refusal.offline ? "Not sent: the sandbox does not answer. Your text is kept." : refusal.message);
    } finally {
      box.removeAttribute("aria-busy");
    }
  }

  async function run(text) {
    const [name, ...rest] = text.split(/\s+/);
    const own = BUILT_IN.some((one) => one.command === name) && !state.commands.some((one) => one.command === name);
    if (!own) {
      await api.command(channel, text);
      return;
    }
    const said = rest.join(" ").replace(/^[@#]/, "").trim().toLowerCase();
    const person = [...state.people.values()].find((one) =>
      [one.name, one.real_name, handleOf(one)].some((each) => each?.toLowerCase() === said),
    );
    if (["/invite", "/remove", "/dm"].includes(name) && !person)
      throw new Error(
        said
          ? `Nobody here is called “${said}”. Choose a name from the list that opens after @.`
          : `Say whom: ${name} @someone`,
      );
    if (name === "/invite") await api.invite(channel, person.id);
    else if (name === "/remove") await api.kick(channel, person.id);
    else if (name === "/leave") await api.leave(channel);
    else if (name === "/dm")
      field.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail: { dm: [person.id] } }));
    else {
      const found = [...state.channels.values()].find((one) => one.name === said);
      if (!found) throw new Error(`There is no channel #${said} that you could join.`);
      await api.join(found.id);
      field.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail: { channel: found.id } }));
    }
  }

  function shortcuts(event) {
    const global = state.shortcuts.filter((shortcut) => shortcut.type === "global");
    openMenu(
      event.currentTarget,
      [
        global.length ? { heading: `Shortcuts of ${state.app?.name ?? "the app"}` } : null,
        ...global.map((shortcut) => ({
          label: shortcut.name,
          note: shortcut.description,
          lead: icon("bolt"),
          run: () => api.shortcut(shortcut.callback_id, channel).catch(explain),
        })),
        { heading: "Commands" },
        ...state.commands.map((one) => ({
          label: one.command,
          note: [one.usage_hint, one.description].filter(Boolean).join(" · "),
          lead: h("span.slash", null, "/"),
          run: () => set(`${one.command} `),
        })),
      ],
      { label: "Shortcuts and commands" },
    );
  }
}
