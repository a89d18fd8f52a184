// Editing one's own message where it stands.
import { api } from "../api.js";
import { h } from "../dom.js";
import { keyOf } from "../store.js";
import { asTyped } from "../typed.js";
import { explain } from "./toast.js";

let editing = null; // {key, text}: one message at a time

/** Whether a message is being edited. */
export function isEditing(message) {
  return editing?.key === keyOf(message);
}

/** Starts editing a message of one's own. */
export function startEditing(message, redraw) {
  editing = { key: keyOf(message), text: asTyped(message.text) };
  redraw();
}

function stopEditing(redraw) {
  editing = null;
  redraw();
}

/** The field in place of the message. */
export function editor(message, redraw) {
  const field = h("textarea.field", {
    rows: Math.min(10, editing.text.split("\n").length + 1),
    value: editing.text,
    "aria-label": "Edit your message",
    data: { focus: "editor" },
    oninput: () => {
      editing.text = field.value;
    },
    onkeydown: (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        stopEditing(redraw);
      }
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        save();
      }
    },
  });
  queueMicrotask(() => {
    if (!document.activeElement?.matches?.("[data-focus=editor]")) {
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    }
  });
  return h(
    "div.editor",
    null,
    field,
    h(
      "div.actions",
      null,
      h("button.button.button-small", { type: "button", onclick: () => stopEditing(redraw) }, "Cancel"),
      h("button.button.button-small.button-primary", { type: "button", onclick: save }, "Save"),
      h("span.quiet-note", null, "Enter saves, Esc leaves it as it was"),
    ),
  );

  async function save() {
    const text = field.value.trim();
    if (!text || text === asTyped(message.text)) {
      stopEditing(redraw);
      return;
    }
    try {
      await api.edit(message.channel, message.ts, text);
      stopEditing(redraw);
    } catch (refusal) {
      explain(refusal);
    }
  }
}
