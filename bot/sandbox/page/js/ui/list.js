// Messages in order, with a line for each day and one for where the news begin; shared by channels and threads.
import { h, reconcile, roving, settleRoving } from "../dom.js";
import { keyOf, me, now } from "../store.js";
import { dateOf, dayKey, dayLabel } from "../time.js";
import { continues, messageNode, versionOf } from "./message.js";
import { withToolbar } from "./toolbar.js";

const NEAR = 60; // pixels from the end that still count as "at the end"

/** A scrolling list of messages. Returns {node, list, draw, toEnd, reveal, focusLast}. */
export function messageList({ label, inThread = false, openThread, redraw, reachedTop = null }) {
  const list = h("div.message-list", { role: "group", "aria-label": label });
  const newer = h("button.newer", { type: "button", hidden: true, onclick: () => toEnd(true) }, "New messages below ↓");
  const node = h("div.scroller", { onscroll: scrolled }, list);
  const frame = h("div.scroll-frame", null, node, newer);
  let pinned = true;
  let busy = false;
  roving(list, ".message");
  withToolbar(list, { openThread, redraw, inThread });
  new ResizeObserver(() => {
    if (pinned) node.scrollTop = node.scrollHeight;
  }).observe(list);

  function scrolled() {
    pinned = node.scrollTop + node.clientHeight >= node.scrollHeight - NEAR;
    if (pinned) newer.hidden = true;
    if (node.scrollTop < 80 && reachedTop && !busy) {
      busy = true;
      Promise.resolve(reachedTop()).finally(() => {
        busy = false;
      });
    }
  }

  function toEnd(smooth = false) {
    pinned = true;
    newer.hidden = true;
    node.scrollTo({ top: node.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  /**
   * `lead` are items that stand before the messages, `after(message)` items behind one, `unread` the ts where the news begin;
   * a `fresh` list starts at its end, or `fromTop`. */
  function draw(messages, { lead = [], after = () => [], unread = null, fresh = false, fromTop = false } = {}) {
    const zone = me().tz;
    const items = [...lead];
    let before = null;
    let dayBefore = null;
    let marked = !unread;
    const lastBefore = list.querySelector(".message:last-of-type")?.dataset.ts;
    const heightBefore = node.scrollHeight;
    const firstBefore = list.querySelector(".message")?.dataset.ts;
    for (const message of messages) {
      const day = dayKey(dateOf(message.ts), zone);
      const newDay = day !== dayBefore;
      if (newDay) {
        const text = dayLabel(dateOf(message.ts), now(), zone);
        items.push({
          key: `day/${day}`,
          version: text,
          make: () => h("div.day", { role: "separator", "aria-label": text }, h("span", null, text)),
        });
      }
      let broke = newDay;
      if (!marked && Number(message.ts) >= Number(unread)) {
        marked = true;
        broke = true;
        items.push({
          key: "unread",
          version: "1",
          make: () => h("div.unread-line", { role: "separator", "aria-label": "New messages" }, h("span", null, "New")),
        });
      }
      const grouped = !broke && continues(message, before);
      items.push({
        key: keyOf(message),
        version: versionOf(message, grouped),
        make: () => messageNode(message, { inThread, grouped, redraw }),
      });
      items.push(...after(message));
      before = message;
      dayBefore = day;
    }
    reconcile(list, items);
    settleRoving(
      list,
      ".message",
      list.contains(document.activeElement) ? null : [...list.querySelectorAll(".message")].at(-1),
    );
    const last = messages.at(-1)?.ts;
    const first = list.querySelector(".message")?.dataset.ts;
    if (fresh && fromTop) {
      node.scrollTop = 0;
      scrolled();
    } else if (pinned || fresh) toEnd();
    else if (firstBefore && first && Number(first) < Number(firstBefore))
      node.scrollTop += node.scrollHeight - heightBefore;
    else if (last && lastBefore && Number(last) > Number(lastBefore)) newer.hidden = false;
  }

  /** Scrolls to a message and lights it up; false when it is not in the list. */
  function reveal(ts) {
    const found = list.querySelector(`.message[data-ts="${CSS.escape(ts)}"]`);
    if (!found) return false;
    pinned = false;
    found.scrollIntoView({ block: "center" });
    found.classList.add("lit");
    setTimeout(() => found.classList.remove("lit"), 2400);
    return true;
  }

  function focusLast() {
    const chosen = list.querySelector(".message[tabindex='0']") ?? [...list.querySelectorAll(".message")].at(-1);
    chosen?.focus();
    return Boolean(chosen);
  }

  return { node: frame, list, draw, toEnd, reveal, focusLast };
}
