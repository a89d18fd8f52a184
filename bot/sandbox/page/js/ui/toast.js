// Short notices at the edge of the window, read aloud, gone after a while unless someone is looking at them.
import { h } from "../dom.js";
import { icon } from "../icons.js";

const STAYS = 7000; // milliseconds
const region = () => document.getElementById("toasts");

/** Says a sentence. `kind` is "info" or "error". */
export function toast(text, kind = "info") {
  const host = region();
  if ([...host.children].some((one) => one.dataset.text === text)) return;
  const node = h(
    "div.toast",
    {
      class: `toast-${kind}`,
      data: { text },
      onmouseenter: stop,
      onmouseleave: start,
      onfocusin: stop,
      onfocusout: start,
    },
    icon(kind === "error" ? "warning" : "info"),
    h("p", null, text),
    h("button.icon-button", { type: "button", "aria-label": "Dismiss", onclick: gone }, icon("close")),
  );
  let timer = 0;
  host.append(node);
  announce(text); // the region itself is hidden while it is empty, and what was hidden is not always read
  // Toasts of the top layer stay readable above an open dialog.
  if (host.popover !== null) {
    if (host.matches(":popover-open")) host.hidePopover();
    host.showPopover();
  }
  start();

  function start() {
    clearTimeout(timer);
    timer = setTimeout(gone, STAYS);
  }
  function stop() {
    clearTimeout(timer);
  }
  function gone() {
    clearTimeout(timer);
    node.remove();
    if (!host.children.length && host.matches(":popover-open")) host.hidePopover();
  }
}

/** Shows why something did not work. */
export function explain(refusal) {
  if (refusal?.name === "AbortError") return;
  if (!refusal?.message) console.error(refusal);
  toast(refusal?.message || "That did not work.", "error");
}

let last = "";
/** Reads a sentence aloud without showing it. */
export function announce(text) {
  const node = document.getElementById("announcer");
  node.textContent = text === last ? `${text}\u00a0` : text;
  last = node.textContent;
}
