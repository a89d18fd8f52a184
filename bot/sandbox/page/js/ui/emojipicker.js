// The small emoji picker: the most used ones at hand, all others by name.
import { fill, h } from "../dom.js";
import { QUICK, emoji, findEmoji } from "../emoji.js";
import { showNear } from "./near.js";

let shut = null;

/** Opens at `anchor` and calls `chosen(name)`. */
export function openEmojiPicker(anchor, chosen) {
  shut?.();
  const grid = h("div.emoji-grid", { role: "listbox", "aria-label": "Emoji" });
  const field = h("input.field", {
    type: "text",
    inputmode: "search",
    placeholder: "Find an emoji by name",
    "aria-label": "Find an emoji by name",
    oninput: () => draw(field.value.trim()),
  });
  const sheet = h(
    "div.popover.emoji-picker",
    { popover: "manual", role: "dialog", "aria-label": "Pick an emoji", onkeydown: keys },
    field,
    grid,
  );
  (anchor.closest("dialog") ?? document.body).append(sheet);
  draw("");
  sheet.showPopover();
  const stop = showNear(sheet, anchor, { end: true });
  const outside = (event) => {
    if (!sheet.contains(event.target)) close(false);
  };
  document.addEventListener("pointerdown", outside, true);
  shut = () => close(false);
  field.focus();

  function draw(word) {
    const names = word ? findEmoji(word.replaceAll(":", "").replaceAll(" ", "_")) : QUICK;
    fill(
      grid,
      names.length
        ? names.map((name) =>
            h(
              "button.emoji-choice",
              {
                type: "button",
                role: "option",
                title: `:${name}:`,
                "aria-label": name.replaceAll("_", " "),
                onclick: () => {
                  close(true);
                  chosen(name);
                },
              },
              emoji(name),
            ),
          )
        : h("p.quiet-note", null, "No emoji of that name here."),
    );
  }

  function close(giveBack) {
    stop();
    shut = null;
    document.removeEventListener("pointerdown", outside, true);
    sheet.remove();
    if (giveBack && anchor.isConnected) anchor.focus();
  }

  function keys(event) {
    const all = [...grid.querySelectorAll("button")];
    const here = all.indexOf(document.activeElement);
    const to = (index) => {
      event.preventDefault();
      (index < 0 ? field : all[Math.min(index, all.length - 1)])?.focus();
    };
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key === "Enter" && document.activeElement === field) {
      event.preventDefault();
      all[0]?.click();
    } else if (event.key === "ArrowDown") to(here < 0 ? 0 : here + 8);
    else if (event.key === "ArrowUp") to(here < 0 ? -1 : here - 8);
    else if (event.key === "ArrowRight" && here >= 0) to(here + 1);
    else if (event.key === "ArrowLeft" && here >= 0) to(here - 1);
  }
}
