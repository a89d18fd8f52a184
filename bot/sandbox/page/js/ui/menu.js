// Menus: arrow keys, Home, End, first letters, Esc; the focus returns to where it came from.
import { h } from "../dom.js";
import { showNear } from "./near.js";

let shut = null;

/** Closes the open menu, if any. */
export function closeMenu() {
  shut?.();
}

/**
 * Opens a menu at `anchor`. `items` are {label, note, icon, lead, danger, href, run, checked} or {heading} or {remark} or {divider: true}; with `toggle` (true or false)
 * the menu stays, and `run` is told what is chosen now.
 */
export function openMenu(anchor, items, { label, end = false } = {}) {
  closeMenu();
  const menu = h(
    "div.popover.menu",
    { popover: "manual", role: "menu", "aria-label": label, onkeydown: keys, onfocusout: left },
    items.filter(Boolean).map(row),
  );
  // Within a landmark where one stays as it is; lists are drawn anew under an open menu.
  (anchor.closest("dialog, #topbar") ?? document.body).append(menu);
  menu.showPopover();
  const stop = showNear(menu, anchor, { end });
  anchor.setAttribute("aria-expanded", "true");
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  document.addEventListener("pointerdown", outside, true);
  shut = () => close(false);
  menu.querySelector("[role^=menuitem]")?.focus();

  function row(item) {
    if (item.divider) return h("hr");
    if (item.remark) return h("p.menu-remark", { role: "presentation" }, item.remark);
    if (item.heading) return h("div.menu-heading", { role: "presentation" }, item.heading);
    if (item.toggle !== undefined) return switchRow(item);
    const attributes = {
      role: item.checked === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": item.checked === undefined ? null : String(item.checked),
      tabIndex: -1,
      class: item.danger ? "danger" : "",
    };
    const inside = [
      item.lead ?? null,
      h("span.option-text", null, h("span", null, item.label), item.note ? h("small", null, item.note) : null),
      item.end ?? null,
    ];
    const act = () => {
      close(true);
      item.run?.();
    };
    return item.href
      ? h(
          "a.menu-item",
          { ...attributes, href: item.href, target: "_blank", rel: "noopener noreferrer nofollow", onclick: act },
          inside,
        )
      : h("button.menu-item", { ...attributes, type: "button", onclick: act }, inside);
  }

  function switchRow(item) {
    let chosen = item.toggle;
    const mark = h("span.switch", { "aria-hidden": "true" });
    const node = h(
      "button.menu-item",
      {
        type: "button",
        role: "menuitemcheckbox",
        "aria-checked": String(chosen),
        tabIndex: -1,
        onclick: () => {
          chosen = !chosen;
          node.setAttribute("aria-checked", String(chosen));
          item.run(chosen);
        },
      },
      h("span.option-text", null, h("span", null, item.label), item.note ? h("small", null, item.note) : null),
      mark,
    );
    return node;
  }

  function close(giveBack) {
    if (!menu.isConnected) return;
    stop();
    shut = null;
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute("aria-expanded", "false");
    const had = menu.contains(document.activeElement);
    menu.remove();
    if ((giveBack || had) && anchor.isConnected) anchor.focus();
  }

  function left(event) {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(false);
  }

  function keys(event) {
    const all = [...menu.querySelectorAll("[role^=menuitem]")];
    const here = all.indexOf(document.activeElement);
    const to = (index) => {
      event.preventDefault();
      all[(index + all.length) % all.length]?.focus();
    };
    if (event.key === "ArrowDown") to(here + 1);
    else if (event.key === "ArrowUp") to(here - 1);
    else if (event.key === "Home") to(0);
    else if (event.key === "End") to(all.length - 1);
    else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
      const found = [...all.slice(here + 1), ...all.slice(0, here + 1)].find((item) =>
        item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()),
      );
      found?.focus();
    }
  }
}
