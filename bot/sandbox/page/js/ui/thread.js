// The pane at the right: one thread.
import { api } from "../api.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { channelName, inOrder, on, state, takeThread, threadOf } from "../store.js";
import { composer } from "./composer.js";
import { messageList } from "./list.js";

const host = () => document.getElementById("thread");
let shown = null;

export async function loadThread(channel, ts) {
  takeThread(channel, ts, await api.thread(channel, ts));
}

function close() {
  host().dispatchEvent(
    new CustomEvent("rowbot:go", { bubbles: true, detail: { channel: state.place.channel, thread: null } }),
  );
}

function draw() {
  const open = state.thread;
  document.body.classList.toggle("has-thread", Boolean(open));
  host().hidden = !open;
  if (!open) {
    shown = null;
    fill(host());
    return;
  }
  const channel = state.channels.get(open.channel);
  const key = `${open.channel}/${open.ts}/${state.me}/${channel?.is_member}`;
  if (shown?.key !== key) {
    const list = messageList({ label: "Thread", inThread: true, openThread: () => {}, redraw: draw });
    const writer =
      channel?.is_member && !channel.is_archived
        ? composer({
            channel: open.channel,
            thread: open.ts,
            label: "Reply in the thread",
            redraw: draw,
            sent: () => list.toEnd(),
          })
        : null;
    shown = { key, list, composer: writer, fresh: true };
    fill(
      host(),
      h(
        "header.place-head",
        null,
        h(
          "div.place-title",
          null,
          h("h2", null, "Thread"),
          h(
            "p.topic",
            null,
            channel ? `${channel.kind === "im" || channel.kind === "mpim" ? "" : "#"}${channelName(channel)}` : "",
          ),
        ),
        h("button.icon-button", { type: "button", "aria-label": "Close the thread", onclick: close }, icon("close")),
      ),
      list.node,
      writer ? writer.node : h("div.join-bar", null, h("p", null, "Join the channel to reply.")),
    );
  }
  const replies = threadOf(open.channel, open.ts);
  const messages = replies ? inOrder(replies) : [];
  const count = messages.filter((message) => message.ts !== open.ts).length;
  const words = count === 1 ? "1 reply" : count ? `${count} replies` : "No replies yet";
  const divider = { key: "replies", version: words, make: () => h("div.replies-line", null, h("span", null, words)) };
  shown.list.draw(messages, {
    lead: replies
      ? []
      : [{ key: "loading", version: "1", make: () => h("p.quiet-note.loading", { role: "status" }, "Loading…") }],
    after: (message) => (message.ts === open.ts ? [divider] : []),
    fresh: shown.fresh,
    fromTop: count <= 2,
  });
  if (replies) shown.fresh = false;
}

export const threadView = {
  composer: () => shown?.composer ?? null,
  reveal: (ts) => shown?.list.reveal(ts) ?? false,
  focusMessages: () => shown?.list.focusLast() ?? false,
  close,
};

export function startThread() {
  for (const topic of ["thread", "place", "state", "channels"]) on(topic, draw);
  host().addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      close();
    }
  });
}
