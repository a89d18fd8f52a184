// Dialogs: the browser's own modal <dialog>, which keeps the focus inside, makes the rest inert and gives the focus back.
import { h, uid } from "../dom.js";
import { icon } from "../icons.js";

/**
 * Opens a dialog. `body` and `foot` are nodes; `closing()` is called when a person asks to close it (Esc, the cross, a click beside it)
 * and may return false to keep it open. Returns {node, body, foot, close, title}.
 */
export function openDialog({
  title,
  body = [],
  foot = [],
  className = "",
  closing = null,
  closed = null,
  lead = null,
  beside = true,
}) {
  const titleId = uid("title");
  const heading = h("h2", { id: titleId }, title);
  const main = h("div.dialog-body", null, body);
  const bottom = h("div.dialog-foot", null, foot);
  const node = h(
    "dialog.dialog",
    { class: className, "aria-labelledby": titleId },
    h(
      "header.dialog-head",
      null,
      lead,
      heading,
      h("button.icon-button", { type: "button", "aria-label": "Close", onclick: ask }, icon("close")),
    ),
    main,
    bottom,
  );
  if (!foot.length) bottom.hidden = true;
  node.addEventListener("cancel", (event) => {
    event.preventDefault();
    ask();
  });
  node.addEventListener("pointerdown", (event) => {
    if (beside && event.target === node) ask();
  });
  document.body.append(node);
  node.showModal();

  function ask() {
    if (closing?.() === false) return;
    close();
  }

  function close() {
    if (!node.isConnected) return;
    node.close();
    node.remove();
    // Chromium gives a field its focus back while it is still inert, and then nothing can be typed into it.
    const back = document.activeElement;
    if (back?.matches("input, textarea")) {
      back.blur();
      back.focus({ preventScroll: true });
    }
    closed?.();
  }

  return { node, body: main, foot: bottom, heading, close };
}

/** A button of a dialog's foot. */
export function footButton(label, run, style = "") {
  return h("button.button", { type: "button", class: style, onclick: run }, label);
}
