// One searchable list for every kind of select: a combobox with its listbox, single or many, local or asked from the app.
import { fill, h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { showNear } from "../ui/near.js";

/**
 * `search(query)` gives groups, or with `hurry` (the pause after a key, in milliseconds) a promise of them: groups are [{label, options: [{key, label, note, lead, raw}]}].
 * `chosen` is an array of such options;
 * `changed(options)` may return false to take the choice back (a declined confirmation).
 */
export function picker({
  id,
  label,
  many = false,
  most = Infinity,
  placeholder,
  chosen = [],
  search,
  changed,
  describedBy,
  focusKey,
  hurry = 0,
  leastQuery = 0,
}) {
  let selected = [...chosen];
  let options = [];
  let active = -1;
  let timer = 0;
  let asked = 0;
  let stopFollowing = null;
  const listId = uid("list");
  const input = h("input.picker-input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-autocomplete": "list",
    "aria-label": id ? null : label,
    "aria-describedby": describedBy,
    placeholder: placeholder || "Choose…",
    data: { focus: focusKey },
    onfocus: () => {
      if (!many) input.select();
    },
    onclick: () => (isOpen() ? null : open()),
    oninput: () => open({ typed: true }),
    onkeydown: keys,
    onblur: () =>
      setTimeout(() => {
        if (!root.contains(document.activeElement)) close();
      }, 0),
  });
  const list = h("ul.picker-list", {
    id: listId,
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": many ? "true" : null,
  });
  const status = h("p.picker-status", { role: "status" });
  const sheet = h(
    "div.popover.picker-sheet",
    { popover: "manual", onmousedown: (event) => event.preventDefault() },
    list,
    status,
  );
  const chips = h("span.chips");
  const root = h(
    "div.picker",
    {
      class: many ? "picker-many" : "",
      onclick: (event) => {
        if (event.target === root) input.focus();
      },
    },
    many ? chips : null,
    input,
    h("span.picker-arrow", { "aria-hidden": "true" }, icon("down")),
    sheet,
  );
  show();
  return root;

  function isOpen() {
    return sheet.matches(":popover-open");
  }

  function show() {
    if (!many) {
      input.value = selected[0]?.label ?? "";
      return;
    }
    fill(
      chips,
      selected.map((option) =>
        h(
          "span.chip",
          null,
          option.label,
          h(
            "button.chip-x",
            {
              type: "button",
              "aria-label": `Remove ${option.label}`,
              onclick: () => choose(selected.filter((one) => one.key !== option.key)),
            },
            icon("close"),
          ),
        ),
      ),
    );
    input.value = "";
    input.placeholder = selected.length ? "" : placeholder || "Choose…";
  }

  function open({ typed = false } = {}) {
    if (!isOpen()) {
      sheet.showPopover();
      input.setAttribute("aria-expanded", "true");
      stopFollowing = showNear(sheet, root, { sameWidth: true });
    }
    const query = typed ? input.value.trim() : "";
    clearTimeout(timer);
    if (query.length < leastQuery) {
      options = [];
      fill(list);
      status.textContent = `Type at least ${leastQuery} ${leastQuery === 1 ? "letter" : "letters"}.`;
      return;
    }
    const round = ++asked;
    if (!hurry) {
      draw(search(query));
      return;
    }
    options = [];
    fill(list);
    status.textContent = "Looking…";
    timer = setTimeout(
      async () => {
        let groups;
        try {
          groups = await search(query);
        } catch (refusal) {
          if (round === asked) status.textContent = refusal.message;
          return;
        }
        if (round === asked && isOpen()) draw(groups);
      },
      typed ? hurry : 0,
    );
  }

  function draw(groups) {
    options = [];
    fill(
      list,
      groups
        .filter((group) => group.options.length)
        .map((group) => {
          const rows = group.options.map((option) => {
            const index = options.push(option) - 1;
            const on = selected.some((one) => one.key === option.key);
            return h(
              "li.option",
              {
                id: `${listId}-${index}`,
                role: "option",
                "aria-selected": String(on),
                onmousemove: () => mark(index),
                onclick: () => pick(index),
              },
              option.lead ?? null,
              h(
                "span.option-text",
                null,
                h("span", null, option.label),
                option.note ? h("small", null, option.note) : null,
              ),
              on ? icon("check") : null,
            );
          });
          return group.label ? [h("li.option-group", { role: "presentation" }, group.label), rows] : rows;
        }),
    );
    status.textContent = options.length ? "" : "Nothing found.";
    mark(Math.max(0, many ? 0 : options.findIndex((option) => option.key === selected[0]?.key)));
    stopFollowing?.place();
  }

  function mark(index) {
    list.querySelector(".active")?.classList.remove("active");
    active = options.length ? (index + options.length) % options.length : -1;
    const row = active >= 0 ? list.querySelector(`#${CSS.escape(`${listId}-${active}`)}`) : null;
    row?.classList.add("active");
    row?.scrollIntoView({ block: "nearest" });
    if (row) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function pick(index) {
    const option = options[index];
    if (!option) return;
    if (!many) {
      close();
      choose([option]);
      return;
    }
    const without = selected.filter((one) => one.key !== option.key);
    if (without.length === selected.length && selected.length >= most) {
      status.textContent = `At most ${most}.`;
      return;
    }
    choose(without.length === selected.length ? [...selected, option] : without);
    input.focus();
    if (isOpen()) open();
  }

  async function choose(next) {
    const before = selected;
    selected = next;
    show();
    if ((await changed(next)) === false) {
      selected = before;
      show();
    }
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    if (isOpen()) sheet.hidePopover();
    stopFollowing?.();
    stopFollowing = null;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    if (!many) input.value = selected[0]?.label ?? "";
  }

  function keys(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen()) open();
      else mark(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && isOpen()) {
      event.preventDefault();
      pick(active);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && many && !input.value && selected.length) {
      choose(selected.slice(0, -1));
    } else if (event.key === "Tab") close();
  }
}

/** A search over fixed groups: every word typed must occur in the label or the note. */
export function among(groups) {
  return (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (option) => words.every((word) => `${option.label} ${option.note ?? ""}`.toLowerCase().includes(word));
    return groups.map((group) => ({ ...group, options: group.options.filter(fits) }));
  };
}
