// What the page knows. One plain object, changed only here, and a list of topics that parts of the page listen to.

/** Everything shown on the page comes from here; `now()` is the sandbox's clock, which may differ from the laptop's. */
export const state = {
  team: null,
  me: null,
  people: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  app: null,
  clock: { moved: 0, lives: false, trip: null }, // how far time was moved (seconds), whether something lives through it, the way under way
  place: { kind: "channel", channel: null },
  thread: null,
  conversations: new Map(), // channel id → {messages: Map ts → message, hasMore, loaded}
  threads: new Map(), // "channel/ts" → Map ts → message
  home: undefined, // undefined: not asked yet; null: the app has published nothing
  revision: 0, // rises when a person or a channel is called something else, so that what mentions them is drawn again
  link: "connecting", // "online" | "connecting" | "offline"
  firstUnread: new Map(), // channel id → ts of the first message that was unread when the channel was opened
};

const LEAP = 30000; // milliseconds
let clockOffset = 0;
let names = "";
const listeners = new Map();

/** Calls `heard` whenever `topic` changes. */
export function on(topic, heard) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(heard);
}

const waiting = new Map();

/** Says that `topic` changed. Several changes within one frame reach the listeners as one. */
export function changed(topic, detail) {
  if (waiting.has(topic)) return;
  waiting.set(topic, detail);
  queueMicrotask(() => {
    const told = waiting.get(topic);
    waiting.delete(topic);
    for (const heard of listeners.get(topic) ?? []) heard(told);
  });
}

/** The sandbox's present moment. */
export function now() {
  return new Date(Date.now() + clockOffset);
}

/** Takes over a reply of /sandbox/state. */
export function takeState(reply) {
  state.team = reply.team;
  state.me = reply.me;
  state.people = new Map(reply.people.map((person) => [person.id, person]));
  state.channels = new Map(reply.channels.map((channel) => [channel.id, channel]));
  const called = JSON.stringify([
    reply.me,
    ...reply.people.map((person) => [person.id, person.real_name, person.status]),
    ...reply.channels.map((channel) => [channel.id, channel.name]),
  ]);
  if (called !== names) {
    names = called;
    state.revision += 1;
  }
  state.commands = reply.commands ?? [];
  state.shortcuts = reply.shortcuts ?? [];
  state.app = reply.app ?? null;
  takeClock(reply.clock);
  changed("state");
}

/** Takes over what time it is; dates on the page are drawn again when it has leapt and stays. */
export function takeClock({ now: at, moved, lives, trip }) {
  const before = clockOffset;
  const offset = at * 1000 - Date.now();
  clockOffset = Math.abs(offset) < 1500 ? 0 : offset;
  const leapt = Math.abs(clockOffset - before) > LEAP || state.clock.trip;
  state.clock = { moved, lives, trip };
  changed("clock");
  if (leapt && !trip) {
    state.revision += 1;
    for (const topic of ["messages", "thread", "home"]) changed(topic);
  }
}

/** Forgets what belonged to the person who acted until now. */
export function forgetConversations() {
  state.conversations.clear();
  state.threads.clear();
  state.firstUnread.clear();
  state.home = undefined;
}

/** The acting person, or a stand-in while the state is on its way. */
export function me() {
  return state.people.get(state.me) ?? { id: state.me, name: "", real_name: "", tz: "UTC" };
}

/** The name people read for an id; the id itself when nobody here knows it. */
export function nameOf(id) {
  const person = state.people.get(id);
  return person ? person.real_name || person.name : id;
}

/** A channel's name without its sign; a conversation with people carries their names. */
export function channelName(channel) {
  if (!channel) return "a conversation you cannot see";
  if (channel.kind === "im")
    return channel.with === state.me
      ? `${nameOf(channel.with)} (you)`
      : nameOf(channel.with ?? channel.members?.find((id) => id !== state.me) ?? channel.name);
  if (channel.kind === "mpim")
    return (
      (channel.members ?? [])
        .filter((id) => id !== state.me)
        .map((id) => nameOf(id).split(" ")[0])
        .join(", ") || channel.name
    );
  return channel.name;
}

/** The conversation of a channel, empty until it is loaded. */
export function conversation(channel) {
  if (!state.conversations.has(channel))
    state.conversations.set(channel, { messages: new Map(), hasMore: false, loaded: false });
  return state.conversations.get(channel);
}

/** What tells a message from all others. */
export function keyOf(message) {
  return `${message.channel}/${message.ts}`;
}

/** The replies of a thread (its first message included), or undefined when it was never opened. */
export function threadOf(channel, ts) {
  return state.threads.get(`${channel}/${ts}`);
}

/** In the order they were said. */
export function inOrder(messages) {
  return [...messages.values()].sort((a, b) => Number(a.ts) - Number(b.ts) || String(a.ts).localeCompare(String(b.ts)));
}

/** True for a reply that is shown only inside its thread. */
export function onlyInThread(message) {
  return (
    Boolean(message.thread_ts) &&
    message.thread_ts !== message.ts &&
    message.subtype !== "thread_broadcast" &&
    !message.ephemeral_in_channel
  );
}

/** Takes over one page of a channel's history. */
export function takeHistory(channel, reply, { replace = false } = {}) {
  const held = conversation(channel);
  if (replace) held.messages.clear();
  for (const message of reply.messages) {
    if (!onlyInThread(message)) held.messages.set(message.ts, { ...message, channel });
  }
  held.hasMore = Boolean(reply.has_more);
  held.loaded = true;
  changed("messages");
}

/** Takes over a thread. */
export function takeThread(channel, ts, reply) {
  state.threads.set(
    `${channel}/${ts}`,
    new Map(reply.messages.map((message) => [message.ts, { ...message, channel }])),
  );
  changed("thread");
}

/** A new or changed message; true when it was not known before. */
export function takeMessage(message) {
  const held = state.conversations.get(message.channel);
  let fresh = false;
  if (held?.loaded && !onlyInThread(message)) {
    fresh = !held.messages.has(message.ts);
    held.messages.set(message.ts, message);
    changed("messages");
  }
  const root = message.thread_ts || message.ts;
  const replies = threadOf(message.channel, root);
  if (replies) {
    fresh ||= !replies.has(message.ts);
    replies.set(message.ts, message);
    changed("thread");
  }
  return fresh;
}

/** Takes a message away wherever it is shown. */
export function dropMessage(channel, ts) {
  if (state.conversations.get(channel)?.messages.delete(ts)) changed("messages");
  for (const [key, replies] of state.threads) {
    if (key.startsWith(`${channel}/`) && replies.delete(ts)) changed("thread");
  }
}

/** Every copy of one message that is on the page. */
export function copiesOf(channel, ts) {
  const copies = [];
  const direct = state.conversations.get(channel)?.messages.get(ts);
  if (direct) copies.push(direct);
  for (const [key, replies] of state.threads) {
    if (key.startsWith(`${channel}/`) && replies.has(ts)) copies.push(replies.get(ts));
  }
  return copies;
}
