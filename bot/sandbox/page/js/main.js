// Puts the page together: where one is (the address), what is heard on the live line, and the keys that work everywhere.
import { api } from "./api.js";
import { keepDraft, setting } from "./drafts.js";
import {
  changed,
  conversation,
  copiesOf,
  dropMessage,
  forgetConversations,
  nameOf,
  onlyInThread,
  state,
  takeMessage,
  takeState,
  threadOf,
} from "./store.js";
import { openStream } from "./stream.js";
import { insideWorkspace } from "./text/links.js";
import { channelView, loadChannel, markRead, startChannel } from "./ui/channel.js";
import { personDialog } from "./ui/channeldialogs.js";
import { loadHome, startHome, takeHome } from "./ui/home.js";
import { authorOf, gist } from "./ui/message.js";
import { dropViews, hasView, showView } from "./ui/modals.js";
import { appConversation, startSidebar } from "./ui/sidebar.js";
import { loadSuggestions, startSuggestions } from "./ui/suggestions.js";
import { loadThread, startThread, threadView } from "./ui/thread.js";
import { announce, explain, toast } from "./ui/toast.js";
import { openJump, openKeys, startTopbar } from "./ui/topbar.js";

let stream = null;
let lastChannel = null;

// — where one is ———————————————————————————————————————————————————————————————————————————————

/** The address carries the person and the place, so that a reload, a bookmark or a second tab shows the same. */
function readAddress() {
  const permalink = location.pathname === "/" ? null : insideWorkspace(location.href.split("#")[0]);
  if (permalink?.channel)
    return { as: setting("as"), channel: permalink.channel, thread: permalink.thread, ts: permalink.ts, home: false };
  const query = new URLSearchParams(location.hash.slice(1));
  return { as: query.get("as"), channel: query.get("c"), thread: query.get("t"), home: query.has("home") };
}

function writeAddress({ replace = false } = {}) {
  const query = new URLSearchParams({ as: state.me });
  if (state.place.kind === "home") query.set("home", "1");
  else if (state.place.channel) query.set("c", state.place.channel);
  if (state.thread) query.set("t", state.thread.ts);
  const address = `/#${query}`;
  if (address === location.pathname + location.hash) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}

function startingChannel(as) {
  const kept = state.channels.get(setting(`last.${as}`));
  if (kept) return kept.id;
  const mine = [...state.channels.values()].filter(
    (channel) => channel.is_member && channel.kind === "public" && !channel.is_archived,
  );
  return (
    (
      mine.find((channel) => /initiative/.test(channel.name)) ??
      mine.find((channel) => channel.is_general || channel.name === "general") ??
      mine[0] ??
      [...state.channels.values()][0]
    )?.id ?? null
  );
}

async function become(as) {
  stream?.close();
  stream = null;
  dropViews();
  forgetConversations();
  const reply = await api.state(as);
  takeState(reply);
  setting("as", state.me);
  listen(reply.last_event_id ?? null);
  await showOpenViews();
}

/** Modals that were open before a reload are open after it. */
async function showOpenViews() {
  const reply = await api.views().catch(() => ({ views: [] }));
  for (const view of reply.views) if (!hasView(view.id)) showView(view, "push");
}

async function showChannel(channel, { thread = null } = {}) {
  lastChannel = state.place.channel;
  if (lastChannel !== channel) state.firstUnread.delete(lastChannel);
  state.place = { kind: "channel", channel };
  state.thread = thread ? { channel, ts: thread } : null;
  setting(`last.${state.me}`, channel);
  changed("place");
  if (state.channels.has(channel)) await loadChannel(channel);
  if (thread && !threadOf(channel, thread)) await loadThread(channel, thread);
}

async function showHome() {
  state.place = { kind: "home", channel: null };
  state.thread = null;
  changed("place");
  await loadHome();
}

async function reveal(channel, ts) {
  for (let pages = 0; pages < 20; pages += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0)); // the list is drawn after this task
    if (channelView.reveal(ts)) return;
    const held = conversation(channel);
    if (!held.hasMore) return;
    await channelView.loadOlder(channel);
  }
}

/** Everything that moves about ends here: {as, channel, channelName, thread, ts, home, app, dm, person, text}. */
async function go(detail) {
  document.body.classList.remove("show-sidebar");
  if (detail.person) {
    personDialog(detail.person);
    return;
  }
  if (detail.as && detail.as !== state.me) {
    await become(detail.as);
    if (!detail.channel && !detail.channelName && !detail.home) await showChannel(startingChannel(detail.as));
    announce(`You are acting as ${nameOf(state.me)}.`);
  }
  if (detail.channelName)
    detail.channel =
      [...state.channels.values()].find((one) => one.name === detail.channelName || one.id === detail.channelName)
        ?.id ?? state.place.channel;
  if (detail.app || detail.dm) {
    const known = detail.app ? appConversation() : null;
    const users = detail.dm ?? [state.app?.bot_user_id];
    const reply = known ? { channel: known.id } : await api.dm(users);
    detail.channel = reply.channel?.id ?? reply.channel;
    if (!state.channels.has(detail.channel)) await refreshState();
  }
  if (detail.home) await showHome();
  else if (detail.channel) {
    if (!state.channels.has(detail.channel)) await refreshState();
    const back = state.thread && !detail.thread ? state.thread.ts : null;
    await showChannel(detail.channel, { thread: detail.thread ?? null });
    if (detail.ts && detail.ts !== detail.thread)
      await (detail.thread ? threadView.reveal(detail.ts) : reveal(detail.channel, detail.ts));
    if (back) document.querySelector(`#channel .message[data-ts="${CSS.escape(back)}"]`)?.focus();
  }
  writeAddress();
  if (detail.text !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const writer = channelView.composer();
    if (writer) writer.set(detail.text);
    else {
      keepDraft(state.me, state.place.channel, null, detail.text);
      toast("Join the channel first; the text is kept as your draft.");
    }
  } else if (detail.thread) setTimeout(() => threadView.composer()?.field.focus(), 0);
  else if (detail.focus) setTimeout(() => channelView.composer()?.field.focus(), 0);
}

async function followAddress() {
  const wanted = readAddress();
  if (wanted.as && wanted.as !== state.me) await become(wanted.as);
  if (wanted.home) await showHome();
  else {
    const channel = wanted.channel && state.channels.has(wanted.channel) ? wanted.channel : startingChannel(state.me);
    if (channel) await showChannel(channel, { thread: channel === wanted.channel ? wanted.thread : null });
    else changed("place");
    if (wanted.ts && channel === wanted.channel) await reveal(channel, wanted.ts);
  }
  writeAddress({ replace: true });
}

// — what is heard ——————————————————————————————————————————————————————————————————————————————

async function refreshState() {
  const as = state.me;
  const reply = await api.state(as);
  if (as === state.me) takeState(reply);
  return reply;
}

let refreshTimer = 0;
function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(() => refreshState().catch(() => {}), 60);
}

/** After a torn line: what is on the screen is asked for again, in case more was missed than the server remembers. */
async function catchUp() {
  await refreshState();
  const kept = state.place.channel;
  for (const id of [...state.conversations.keys()]) if (id !== kept) state.conversations.delete(id);
  if (state.place.kind === "channel" && state.channels.has(kept)) await loadChannel(kept, { again: true });
  if (state.thread) await loadThread(state.thread.channel, state.thread.ts);
  if (state.place.kind === "home") await loadHome();
  const open = await api.views();
  if (!open.views.some((view) => hasView(view.id))) dropViews();
  await showOpenViews();
}

/** The workspace may be another one now: everything is asked for again, as the same person if they still exist. */
async function startAgain() {
  const reply = await api.state(state.me).catch(() => api.state(null));
  const same = reply.me === state.me;
  if (!same) {
    await become(reply.me);
    await showChannel(startingChannel(state.me));
    writeAddress();
    return;
  }
  forgetConversations();
  dropViews();
  takeState(reply);
  await showOpenViews();
  if (state.place.kind === "home") await showHome();
  else await showChannel(state.channels.has(state.place.channel) ? state.place.channel : startingChannel(state.me));
  writeAddress({ replace: true });
  loadSuggestions();
}

function listen(from) {
  const as = state.me;
  stream = openStream(as, {
    from,
    heard: (event) => {
      if (state.me === as) hear(event);
    },
    link: (status, again) => {
      state.link = status;
      changed("link");
      if (status === "online" && again) catchUp().catch(() => {});
    },
  });
}

function messageIn(event) {
  const message = event.message ?? event;
  return { ...message, channel: message.channel ?? event.channel };
}

function hear(event) {
  switch (event.type) {
    case "message":
    case "ephemeral": {
      const message = messageIn(event);
      if (event.type === "ephemeral") message.ephemeral = true;
      newMessage(message);
      break;
    }
    case "message_changed":
      takeMessage(messageIn(event));
      break;
    case "message_deleted":
      dropMessage(event.channel, event.ts ?? event.deleted_ts ?? event.message?.ts);
      break;
    case "reaction":
      takeReactions(event);
      break;
    case "view":
      if (event.view?.type === "home") takeHome(event.view);
      else showView(event.view, event.action ?? event.how ?? "open");
      break;
    case "view_closed":
      dropViews(event.view_ids ?? (event.view_id ? [event.view_id] : null));
      if (event.top && !hasView(event.top.id)) showView(event.top, "open");
      break;
    case "home":
      takeHome(event.view ?? null);
      break;
    case "channels":
    case "people":
      refreshSoon();
      break;
    case "unread":
      takeUnread(event);
      break;
    case "resync": // more was missed than the server remembers, or the sandbox started over
      startAgain().catch(explain);
      break;
    case "notice":
      toast(event.text);
      break;
    default:
      break;
  }
}

function newMessage(message) {
  const known = copiesOf(message.channel, message.ts).length > 0;
  const fresh = takeMessage(message);
  if (!state.channels.has(message.channel)) refreshSoon();
  const here =
    (state.place.channel === message.channel && !onlyInThread(message)) ||
    (state.thread && state.thread.channel === message.channel && state.thread.ts === message.thread_ts);
  if (here && (fresh || !known) && message.user !== state.me)
    announce(`${authorOf(message).name}${message.ephemeral ? ", only to you" : ""}: ${gist(message)}`);
  if (here) markRead();
}

function takeReactions(event) {
  if (event.message) {
    takeMessage(messageIn(event));
    return;
  }
  for (const message of copiesOf(event.channel, event.ts)) message.reactions = event.reactions ?? [];
  changed("messages");
  changed("thread");
}

function takeUnread(event) {
  for (const [id, counts] of Object.entries(event.channels ?? { [event.channel]: event })) {
    const channel = state.channels.get(id);
    if (!channel) continue;
    const seen = state.place.kind === "channel" && state.place.channel === id && document.visibilityState === "visible";
    channel.unread = seen ? 0 : (counts.unread ?? 0);
    channel.mentions = seen ? 0 : (counts.mentions ?? 0);
    if (seen && counts.unread) {
      channel.unread = counts.unread;
      markRead(channel);
    }
  }
  changed("channels");
}

// — keys that work everywhere ——————————————————————————————————————————————————————————————————

function nextPart(back) {
  const parts = [
    () => document.querySelector("#sidebar-nav .nav-item[tabindex='0']"),
    () => document.querySelector("#channel .message[tabindex='0']") ?? document.querySelector("#channel .home"),
    () => channelView.composer()?.field,
    () => document.querySelector("#thread:not([hidden]) .message[tabindex='0']"),
    () => threadView.composer()?.field,
    () => document.querySelector("#try:not([hidden]) .try"),
    () => document.getElementById("acting"),
  ]
    .map((find) => find())
    .filter((node) => node?.isConnected && node.offsetParent !== null);
  const owners = parts.map((node) => node.closest("#sidebar-nav, .scroll-frame, .home, .composer, #try, #topbar"));
  const here = owners.findIndex((owner) => owner?.contains(document.activeElement));
  parts[(here + (back ? -1 : 1) + parts.length) % parts.length]?.focus();
}

function keys(event) {
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (event.key === "F6") {
    event.preventDefault();
    nextPart(event.shiftKey);
  } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
    event.preventDefault();
    openJump();
  } else if (event.key === "?" && !typing) {
    event.preventDefault();
    openKeys();
  } else if (event.key === "Escape" && !event.defaultPrevented) {
    if (document.body.classList.contains("show-sidebar")) document.body.classList.remove("show-sidebar");
    else if (state.thread && !typing) threadView.close();
  }
}

// — beginning ——————————————————————————————————————————————————————————————————————————————————

async function start() {
  startTopbar();
  startSidebar();
  startChannel();
  startThread();
  startHome();
  startSuggestions();
  document.addEventListener("rowbot:go", (event) => go({ ...event.detail }).catch(explain));
  document.addEventListener("keydown", keys);
  document
    .getElementById("sidebar-shade")
    .addEventListener("click", () => document.body.classList.remove("show-sidebar"));
  window.addEventListener("popstate", () => followAddress().catch(explain));
  for (let pause = 400; ; pause = Math.min(pause * 2, 5000)) {
    try {
      await become(readAddress().as ?? setting("as"));
      break;
    } catch (refusal) {
      if (!refusal.offline) {
        if (readAddress().as) {
          history.replaceState(null, "", "#");
          setting("as", null);
        } // that person is gone: begin as the first one
        else {
          explain(refusal);
          document.getElementById("boot-words").textContent = refusal.message;
        }
      } else document.getElementById("boot-words").textContent = refusal.message;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  document.getElementById("boot").remove();
  await followAddress().catch(explain);
  loadSuggestions();
  document.documentElement.dataset.ready = "1";
  if (!("ontouchstart" in window) || window.matchMedia("(min-width: 800px)").matches)
    channelView.composer()?.field.focus();
}

start().catch((cause) => {
  console.error(cause);
  explain(cause);
});
