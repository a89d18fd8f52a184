// Two dialogs for the keyboard: jump to a place by name, and the list of keys.
import { fill, h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { channelName, state } from "../store.js";
import { avatar } from "./avatar.js";
import { openDialog } from "./dialog.js";

function go(detail) {
  document.body.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail }));
}

/** Jump to a channel or a person by name. */
export function openJump() {
  const listId = uid("jump");
  let active = 0;
  let found = [];
  const field = h("input.field", {
    type: "text",
    inputmode: "search",
    placeholder: "Channel or person",
    "aria-label": "Jump to a channel or person",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": listId,
    autocomplete: "off",
    oninput: draw,
    onkeydown: keys,
  });
  const list = h("ul.picker-list.jump-list", { id: listId, role: "listbox", "aria-label": "Places" });
  const dialog = openDialog({ title: "Jump to", className: "dialog-small", body: [field, list] });
  draw();
  field.focus();

  function draw() {
    const typed = field.value.trim().toLowerCase();
    const places = [
      { label: `${state.app?.name ?? "Rowbot"} Home`, lead: icon("home"), detail: { home: true } },
      ...[...state.channels.values()].map((channel) => ({
        label: channelName(channel),
        note: channel.is_archived ? "archived" : channel.topic,
        lead: icon({ private: "lock", im: "reply", mpim: "people" }[channel.kind] ?? "hash"),
        detail: { channel: channel.id },
      })),
      ...[...state.people.values()]
        .filter(
          (person) =>
            !person.is_bot &&
            !person.deleted &&
            person.id !== state.me &&
            ![...state.channels.values()].some((channel) => channel.kind === "im" && channel.with === person.id),
        )
        .map((person) => ({
          label: person.real_name || person.name,
          note: person.title,
          lead: avatar(person, "tiny"),
          detail: { dm: [person.id] },
        })),
    ];
    found = places.filter((one) => `${one.label} ${one.note ?? ""}`.toLowerCase().includes(typed)).slice(0, 30);
    fill(
      list,
      found.map((one, index) =>
        h(
          "li.option",
          { id: `${listId}-${index}`, role: "option", onclick: () => take(index), onmousemove: () => mark(index) },
          one.lead,
          h("span.option-text", null, h("span", null, one.label), one.note ? h("small", null, one.note) : null),
        ),
      ),
    );
    mark(0);
  }

  function mark(index) {
    if (!found.length) return;
    active = (index + found.length) % found.length;
    [...list.children].forEach((row, at) => {
      row.classList.toggle("active", at === active);
      row.setAttribute("aria-selected", String(at === active));
    });
    list.children[active].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", `${listId}-${active}`);
  }

  function take(index) {
    const one = found[index];
    if (!one) return;
    dialog.close();
    go({ ...one.detail, focus: true });
  }

  function keys(event) {
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1);
    else if (event.key === "Enter") take(active);
    else return;
    event.preventDefault();
  }
}

const KEYS = [
  ["Ctrl or ⌘ + K", "Jump to a channel or person"],
  ["F6", "Next part of the page: channels, messages, composer, thread"],
  ["↑ ↓", "Through channels, messages, menus"],
  ["Enter or T on a message", "Open its thread"],
  ["R on a message", "Add a reaction"],
  ["E on a message", "Edit, if it is yours"],
  ["M on a message", "Its menu"],
  ["↑ in an empty composer", "Edit your last message"],
  ["Enter / Shift + Enter", "Send / new line"],
  ["Alt + G", "The guided tour"],
  ["Esc", "Close what is open"],
  ["?", "This list"],
];

export function openKeys() {
  openDialog({
    title: "Keyboard",
    className: "dialog-small",
    body: h(
      "dl.keys",
      null,
      KEYS.map(([keys, what]) => [h("dt", null, h("kbd", null, keys)), h("dd", null, what)]),
    ),
  });
}
