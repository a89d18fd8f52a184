// The only place that makes elements. Text enters the page as text nodes; no string is ever parsed as HTML
// (index.html also forbids it with a Trusted Types policy).

const SVG = "http://www.w3.org/2000/svg";
const AS_PROPERTY = new Set([
  "value",
  "checked",
  "disabled",
  "hidden",
  "tabIndex",
  "textContent",
  "htmlFor",
  "required",
  "readOnly",
  "popover",
  "colSpan",
  "open",
  "indeterminate",
]);

/** Puts children (nodes, strings, numbers, arrays; null and false are skipped) at the end of a node. */
export function append(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/**
 * An element: `h("button.quiet", { onclick, "aria-label": "Close" }, "×")`.
 * Properties that start with "on" are listeners, `data` is a dataset, `style` an object; null and false are left out.
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.classList.add(...String(value).split(/\s+/).filter(Boolean));
    else if (key === "data")
      for (const [k, v] of Object.entries(value)) {
        if (v !== undefined && v !== null) node.dataset[k] = v;
      }
    else if (key === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (AS_PROPERTY.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  return append(node, children);
}

/** An SVG element; attributes only. */
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(key, String(value));
  }
  return append(node, children);
}

/** Replaces everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

/**
 * Redraws `node` by calling `draw` and gives the focus, with its selection, back to the element that carries the same `data-focus`
 * (else the same id): a live update must never throw a person out of what they are typing.
 */
export function redraw(node, draw) {
  const active = document.activeElement;
  const inside = active && node.contains(active) && active !== node;
  const key = inside ? active.closest("[data-focus]")?.dataset.focus : null;
  const id = inside ? active.id : null;
  const selection = inside && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  draw();
  if (!inside || node.contains(document.activeElement)) return;
  let next = key ? node.querySelector(`[data-focus="${CSS.escape(key)}"]`) : null;
  next ??= id ? node.querySelector(`#${CSS.escape(id)}`) : null;
  if (!next) return;
  next.focus({ preventScroll: true });
  if (selection && selection[0] !== null && next.setSelectionRange) next.setSelectionRange(...selection);
}

/**
 * Brings a list's children in line with `items` ({key, version, make}): a node whose version is the same stays untouched, so that
 * focus, open menus and half-made choices survive a live update of its neighbours.
 */
export function reconcile(list, items) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let cursor = list.firstElementChild;
  for (const { key, version, make } of items) {
    let node = old.get(key);
    old.delete(key);
    if (node && node.dataset.version !== version) {
      const fresh = prepared(make(), key, version);
      if (cursor === node) cursor = fresh;
      const holder = { node: fresh };
      swapKeepingFocus(node, holder);
      node = fresh;
    }
    node ??= prepared(make(), key, version);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else list.insertBefore(node, cursor);
  }
  for (const node of old.values()) node.remove();
}

function prepared(node, key, version) {
  node.dataset.key = key;
  node.dataset.version = version;
  return node;
}

function swapKeepingFocus(node, { node: fresh }) {
  const active = document.activeElement;
  const had = active && node.contains(active);
  const key = had ? active.closest("[data-focus]")?.dataset.focus : null;
  const whole = active === node;
  if (node.tabIndex === 0 && node.hasAttribute("tabindex")) fresh.tabIndex = 0;
  node.replaceWith(fresh);
  if (!had) return;
  const next = (!whole && key && fresh.querySelector(`[data-focus="${CSS.escape(key)}"]`)) || fresh;
  next.focus({ preventScroll: true });
}

let counter = 0;
/** An id that no other element of this page has. */
export function uid(prefix = "x") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Moves the focus among `items` with the arrow keys, Home and End; one of them is in the tab order at a time. */
export function roving(container, selector, { horizontal = false } = {}) {
  const items = () => [...container.querySelectorAll(selector)].filter((item) => item.offsetParent !== null);
  const [back, forward] = horizontal ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  container.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const here = event.target.closest?.(selector);
    if (!here || here !== event.target) return;
    const all = items();
    const index = all.indexOf(here);
    const next = { [back]: all[index - 1], [forward]: all[index + 1], Home: all[0], End: all.at(-1) }[event.key];
    if (!next) return;
    event.preventDefault();
    focusOne(container, selector, next);
  });
  container.addEventListener("focusin", (event) => {
    const here = event.target.closest?.(selector);
    if (here) markOne(container, selector, here);
  });
}

function markOne(container, selector, chosen) {
  for (const item of container.querySelectorAll(selector)) item.tabIndex = item === chosen ? 0 : -1;
}

/** Puts one item of a roving group in the tab order and focuses it. */
export function focusOne(container, selector, chosen) {
  markOne(container, selector, chosen);
  chosen.focus();
}

/** Sees to it that exactly one item of a roving group can be reached with Tab; called after a redraw. */
export function settleRoving(container, selector, preferred) {
  const all = [...container.querySelectorAll(selector)];
  const chosen =
    all.find((item) => item === document.activeElement) ??
    preferred ??
    all.find((item) => item.tabIndex === 0) ??
    all[0];
  for (const item of all) item.tabIndex = item === chosen ? 0 : -1;
}
