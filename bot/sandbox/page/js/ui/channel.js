// The middle: a channel's head, its messages and its composer.
import { api } from "../api.js";
import { fill, h, redraw as redrawKeepingFocus } from "../dom.js";
import { icon } from "../icons.js";
import { changed, channelName, conversation, inOrder, nameOf, on, state, takeHistory } from "../store.js";
import { avatar } from "./avatar.js";
import { channelMenu, membersDialog } from "./channeldialogs.js";
import { composer } from "./composer.js";
import { messageList } from "./list.js";
import { explain } from "./toast.js";

const host = () => document.getElementById("channel");
let shown = null; // {id, member, list, composer}
let readTimer = 0;

/** Loads a channel's newest messages unless they are here; `again` asks in any case. */
export async function loadChannel(id, { again = false } = {}) {
  const held = conversation(id);
  const channel = state.channels.get(id);
  if (!again && channel?.unread) held.wantUnread = channel.unread;
  if (!held.loaded || again) takeHistory(id, await api.messages(id), { replace: true });
  if (held.wantUnread) {
    const others = inOrder(conversation(id).messages).filter(
      (message) => message.user !== state.me && !message.ephemeral,
    );
    const first = others.at(-held.wantUnread) ?? others[0];
    if (first) state.firstUnread.set(id, first.ts);
    held.wantUnread = 0;
  }
}

async function loadOlder(id) {
  const held = conversation(id);
  const oldest = inOrder(held.messages).find((message) => !message.ephemeral);
  if (!held.hasMore || !oldest) return;
  try {
    takeHistory(id, await api.messages(id, oldest.ts));
  } catch (refusal) {
    explain(refusal);
  }
}

function openThread(message) {
  host().dispatchEvent(
    new CustomEvent("rowbot:go", {
      bubbles: true,
      detail: { channel: message.channel, thread: message.thread_ts || message.ts },
    }),
  );
}

function head(channel) {
  const person = channel.kind === "im" ? state.people.get(channel.with) : null;
  const sign = person ? avatar(person, "small") : icon({ private: "lock", mpim: "people" }[channel.kind] ?? "hash");
  const count = (channel.members ?? []).length;
  return h(
    "header.place-head",
    null,
    h(
      "button.icon-button.only-narrow",
      { type: "button", "aria-label": "Channels", onclick: () => document.body.classList.add("show-sidebar") },
      icon("back"),
    ),
    h(
      "div.place-title",
      null,
      h(
        "h1",
        null,
        sign,
        h("span", null, channelName(channel)),
        channel.is_shared
          ? h("span.badge.badge-external", { title: "Shared with another organisation" }, icon("shared"), "Shared")
          : null,
      ),
      h("p.topic", { title: channel.topic || null }, channel.topic || (person ? person.title : "")),
    ),
    channel.kind === "im"
      ? null
      : h(
          "button.button.button-small.members",
          { type: "button", "aria-label": `${count} members`, onclick: () => membersDialog(channel.id) },
          icon("people"),
          String(count),
        ),
    channel.kind === "im"
      ? null
      : h(
          "button.icon-button",
          {
            type: "button",
            "aria-label": "Channel menu",
            "aria-haspopup": "menu",
            onclick: (event) => channelMenu(event.currentTarget, channel),
          },
          icon("dots"),
        ),
  );
}

function empty(channel) {
  if (channel.kind === "im") {
    const person = state.people.get(channel.with);
    const app = person?.is_bot;
    return h(
      "div.empty",
      null,
      person ? avatar(person) : icon("reply"),
      h("h2", null, app ? `This is where ${channelName(channel)} writes to you` : `You and ${channelName(channel)}`),
      h(
        "p",
        null,
        app
          ? "Check-ins and questions that are only for you arrive here. You can also ask: type “who works on feature stores?”"
          : "Nothing has been said here yet.",
      ),
    );
  }
  if (channel.kind === "mpim")
    return h(
      "div.empty",
      null,
      icon("people"),
      h("h2", null, channelName(channel)),
      h("p", null, "This group has not said anything yet."),
    );
  const name = state.app?.name ?? "Rowbot";
  return h(
    "div.empty",
    null,
    icon(channel.kind === "private" ? "lock" : "hash"),
    h("h2", null, `Welcome to ${channel.name}`),
    h(
      "p",
      null,
      channel.topic ||
        (channel.kind === "private" ? "Only its members see what is said here." : "Nothing has been said here yet."),
    ),
    h(
      "p.quiet-note",
      null,
      channel.members?.includes(state.app?.bot_user_id)
        ? `Announce something: “We’re kicking off a feature store for ranking.” ${name} tells you who already works on it.`
        : `${name} is not in this channel. Bring it in with /invite @${name}.`,
    ),
  );
}

function foot(channel) {
  if (channel.is_archived) {
    const restore = () => api.archive(channel.id, true).catch(explain);
    return h(
      "div.join-bar",
      null,
      h("p", null, "This channel is archived."),
      h("button.button", { type: "button", onclick: restore }, "Restore it"),
    );
  }
  if (!channel.is_member) {
    const join = h(
      "button.button.button-primary",
      {
        type: "button",
        onclick: () => {
          join.setAttribute("aria-busy", "true");
          api
            .join(channel.id)
            .catch(explain)
            .finally(() => join.removeAttribute("aria-busy"));
        },
      },
      "Join the channel",
    );
    return h(
      "div.join-bar",
      null,
      h("p", null, "You are looking at ", h("strong", null, `#${channel.name}`), " without being a member."),
      join,
    );
  }
  shown.composer = composer({
    channel: channel.id,
    redraw: draw,
    label:
      channel.kind === "im" || channel.kind === "mpim" ? `Message ${channelName(channel)}` : `Message #${channel.name}`,
    sent: () => {
      shown?.list.toEnd();
      state.firstUnread.delete(channel.id);
    },
  });
  return shown.composer.node;
}

function draw() {
  const channel = state.channels.get(state.place.channel);
  if (state.place.kind !== "channel") {
    shown = null;
    return;
  }
  if (!channel) {
    shown = null;
    fill(
      host(),
      h(
        "div.empty",
        null,
        icon("lock"),
        h("h2", null, "Nothing to see here"),
        h(
          "p",
          null,
          `${nameOf(state.me)} is not in this conversation, or it no longer exists. Choose another on the left.`,
        ),
      ),
    );
    return;
  }
  const held = conversation(channel.id);
  const writable = `${channel.is_member}/${channel.is_archived}/${state.me}`;
  if (shown?.id !== channel.id || shown.as !== state.me) {
    const list = messageList({
      label: `Messages in ${channelName(channel)}`,
      openThread,
      redraw: draw,
      reachedTop: () => loadOlder(channel.id),
    });
    shown = {
      id: channel.id,
      as: state.me,
      list,
      head: h("div.head-slot"),
      foot: h("div.foot-slot"),
      writable: null,
      fresh: true,
    };
    fill(host(), shown.head, list.node, shown.foot);
  }
  redrawKeepingFocus(shown.head, () => fill(shown.head, head(channel)));
  if (shown.writable !== writable) {
    shown.writable = writable;
    shown.composer = null;
    fill(shown.foot, foot(channel));
  }
  const messages = inOrder(held.messages);
  const lead = !held.loaded
    ? [{ key: "loading", version: "1", make: () => h("p.quiet-note.loading", { role: "status" }, "Loading…") }]
    : held.hasMore
      ? [
          {
            key: "older",
            version: "1",
            make: () =>
              h(
                "div.older",
                null,
                h(
                  "button.button.button-small",
                  { type: "button", onclick: () => loadOlder(channel.id) },
                  "Earlier messages",
                ),
              ),
          },
        ]
      : [
          {
            key: "empty",
            version: `${channelName(channel)}/${channel.topic}/${channel.members?.includes(state.app?.bot_user_id)}`,
            make: () => empty(channel),
          },
        ];
  shown.list.draw(messages, { lead, unread: state.firstUnread.get(channel.id) ?? null, fresh: shown.fresh });
  if (held.loaded) shown.fresh = false;
  markRead(channel, messages);
}

/** Says that what is on the screen was seen, once the window is looked at. */
export function markRead(channel = state.channels.get(state.place.channel), messages = null) {
  if (!channel || state.place.kind !== "channel" || document.visibilityState !== "visible" || !channel.is_member)
    return;
  const held = conversation(channel.id);
  const last = (messages ?? inOrder(held.messages)).filter((message) => !message.ephemeral).at(-1);
  if (!held.loaded || !last || (held.readTo && Number(held.readTo) >= Number(last.ts) && !channel.unread)) return;
  held.readTo = last.ts;
  clearTimeout(readTimer);
  const as = state.me;
  readTimer = setTimeout(() => {
    if (state.me !== as) return;
    api.read(channel.id, last.ts).catch(() => {});
    if (channel.unread || channel.mentions) {
      channel.unread = 0;
      channel.mentions = 0;
      changed("channels");
    }
  }, 250);
}

export const channelView = {
  /** The composer of the channel on the screen, if one may write there. */
  composer: () => shown?.composer ?? null,
  reveal: (ts) => shown?.list.reveal(ts) ?? false,
  focusMessages: () => shown?.list.focusLast() ?? false,
  loadOlder,
};

export function startChannel() {
  for (const topic of ["state", "channels", "messages", "place"]) on(topic, draw);
  document.addEventListener("visibilitychange", () => markRead());
}
