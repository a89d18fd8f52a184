// Completion while typing: "/" commands with their hints, "@" people, "#" channels, ":" emoji.
import { fill, h, uid } from "../dom.js";
import { emoji, findEmoji } from "../emoji.js";
import { icon } from "../icons.js";
import { channelName, state } from "../store.js";
import { handleOf } from "../typed.js";
import { avatar } from "./avatar.js";
import { showNear } from "./near.js";
import { announce } from "./toast.js";

/** What the workspace itself understands; the app's commands come from its manifest. */
export const BUILT_IN = [
  { command: "/invite", usage_hint: "@someone", description: "Invite somebody, or Rowbot, to this channel" },
  { command: "/remove", usage_hint: "@someone", description: "Remove somebody from this channel" },
  { command: "/leave", usage_hint: "", description: "Leave this channel" },
  { command: "/join", usage_hint: "#channel", description: "Join a channel" },
  { command: "/dm", usage_hint: "@someone", description: "Open a direct message" },
];

/** The words a usage hint offers: "[announce | search WORDS | mine]" → ["announce", "search WORDS", "mine"]. */
export function wordsOfHint(hint) {
  const inside = String(hint ?? "").replaceAll(/[[\]]/g, "");
  const parts = inside
    .split(/\s*[|,·]\s*|\s+or\s+/)
    .map((part) => part.trim())
    .filter((part) => /^[a-z]/.test(part));
  return parts.length > 1 ? parts : [];
}

function candidates(before, inThread) {
  const command = /^\/(\S*)$/.exec(before);
  if (command && !inThread) {
    return [...state.commands, ...BUILT_IN]
      .filter((one) => one.command.startsWith(before))
      .map((one) => ({
        insert: `${one.command} `,
        from: 0,
        label: one.command,
        hint: one.usage_hint,
        note: one.description,
        lead: icon("bolt"),
      }));
  }
  const word = /^(\/\S+) +(.*)$/s.exec(before);
  const known = word && !inThread ? state.commands.find((one) => one.command === word[1]) : null;
  if (known && !/[@#]\S*$/.test(before)) {
    const typed = word[2].toLowerCase();
    const found = wordsOfHint(known.usage_hint).filter(
      (one) => one.toLowerCase().startsWith(typed) && literal(one).trim() !== typed.trim(),
    );
    if (found.length)
      return found.map((one) => ({
        insert: `${known.command} ${literal(one)}`,
        from: 0,
        label: `${known.command} ${literal(one).trim()}`,
        hint: one.slice(literal(one).length).trim(),
        lead: icon("bolt"),
      }));
  }
  const person = /(?:^|[\s(])@([\p{L}\p{N}_.'-]*(?: [\p{L}'-]*)?)$/u.exec(before);
  if (person) {
    const typed = person[1].toLowerCase();
    const from = before.length - person[1].length - 1;
    const here = state.place.channel ? (state.channels.get(state.place.channel)?.members ?? []) : [];
    const people = [...state.people.values()].filter(
      (one) =>
        `${one.real_name} ${one.name}`
          .toLowerCase()
          .split(/[\s.]+/)
          .some((part) => part.startsWith(typed)) || (one.real_name ?? "").toLowerCase().startsWith(typed),
    );
    people.sort(
      (a, b) =>
        Number(here.includes(b.id)) - Number(here.includes(a.id)) ||
        (a.real_name ?? "").localeCompare(b.real_name ?? ""),
    );
    const everyone = ["here", "channel"]
      .filter((name) => typed && name.startsWith(typed))
      .map((name) => ({
        insert: `@${name} `,
        from,
        label: `@${name}`,
        note: "Everyone in this channel",
        lead: icon("people"),
      }));
    return [
      ...people.slice(0, 8).map((one) => ({
        insert: `@${handleOf(one)} `,
        from,
        label: one.real_name || one.name,
        note: [one.title, here.length && !here.includes(one.id) ? "not in this channel" : ""]
          .filter(Boolean)
          .join(" · "),
        lead: avatar(one, "tiny"),
      })),
      ...everyone,
    ];
  }
  const channel = /(?:^|[\s(])#([a-z0-9_-]*)$/i.exec(before);
  if (channel) {
    const from = before.length - channel[1].length - 1;
    return [...state.channels.values()]
      .filter((one) => ["public", "private"].includes(one.kind) && one.name.includes(channel[1].toLowerCase()))
      .slice(0, 8)
      .map((one) => ({
        insert: `#${one.name} `,
        from,
        label: channelName(one),
        note: one.topic,
        lead: icon(one.kind === "private" ? "lock" : "hash"),
      }));
  }
  const sign = /(?:^|\s):([a-z0-9_+-]{2,})$/.exec(before);
  if (sign)
    return findEmoji(sign[1], 8).map((name) => ({
      insert: `${emoji(name)} `,
      from: before.length - sign[1].length - 1,
      label: `:${name}:`,
      lead: h("span.emoji", null, emoji(name)),
    }));
  return [];
}

/** The part of a hint's word that is typed as it stands: "search WORDS" → "search ". */
function literal(word) {
  const fixed = word
    .split(/\s+/)
    .filter((part) => /^[a-z]+$/.test(part))
    .join(" ");
  return fixed === word ? fixed : `${fixed} `;
}

/** Adds completion to a textarea. Returns {handles(event): true when the key was its own, close}. */
export function withCompletion(field, { inThread = false } = {}) {
  const listId = uid("complete");
  const list = h("ul.picker-list", { id: listId, role: "listbox", "aria-label": "Suggestions" });
  const sheet = h(
    "div.popover.complete",
    { popover: "manual", onpointerdown: (event) => event.preventDefault() },
    list,
  );
  field.after(sheet);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", listId);
  let items = [];
  let active = 0;
  let stop = null;
  let dismissed = null;

  const isOpen = () => sheet.matches(":popover-open");

  function update() {
    const before = field.value.slice(0, field.selectionStart);
    items =
      document.activeElement === field && field.selectionStart === field.selectionEnd && dismissed !== before
        ? candidates(before, inThread)
        : [];
    if (!items.length) {
      close();
      return;
    }
    fill(
      list,
      items.map((item, index) =>
        h(
          "li.option",
          { id: `${listId}-${index}`, role: "option", onclick: () => take(index), onmousemove: () => mark(index) },
          item.lead,
          h(
            "span.option-text",
            null,
            h("span", null, item.label, item.hint ? h("span.hint-words", null, ` ${item.hint}`) : null),
            item.note ? h("small", null, item.note) : null,
          ),
        ),
      ),
    );
    if (!isOpen()) {
      sheet.showPopover();
      stop = showNear(sheet, field, { sameWidth: true });
      announce(items.length === 1 ? "1 suggestion" : `${items.length} suggestions`);
    }
    stop.place();
    mark(0);
  }

  function mark(index) {
    active = (index + items.length) % items.length;
    [...list.children].forEach((row, at) => {
      row.classList.toggle("active", at === active);
      row.setAttribute("aria-selected", String(at === active));
    });
    list.children[active]?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", `${listId}-${active}`);
  }

  function take(index) {
    const item = items[index];
    const end = field.selectionStart;
    field.setRangeText(item.insert, item.from, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  function close() {
    if (isOpen()) sheet.hidePopover();
    stop?.();
    stop = null;
    field.removeAttribute("aria-activedescendant");
  }

  field.addEventListener("input", () => {
    dismissed = null;
    update();
  });
  field.addEventListener("click", update);
  field.addEventListener("blur", () =>
    setTimeout(() => {
      if (document.activeElement !== field) close();
    }, 0),
  );

  return {
    close,
    handles(event) {
      if (!isOpen() || event.isComposing) return false;
      if (event.key === "ArrowDown") mark(active + 1);
      else if (event.key === "ArrowUp") mark(active - 1);
      else if (event.key === "Enter" || event.key === "Tab") {
        // A command that is complete is sent, not completed once more.
        const whole = event.key === "Enter" && field.value.trim() === items[active].insert.trim();
        if (whole) {
          close();
          return false;
        }
        take(active);
      } else if (event.key === "Escape") {
        dismissed = field.value.slice(0, field.selectionStart);
        close();
      } else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
