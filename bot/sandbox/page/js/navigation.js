// Where one is: the acting person, the channel, the thread; kept in the address, so that a reload, a bookmark or a second tab shows the same.
import { api } from "./api.js";
import { keepDraft, setting } from "./drafts.js";
import { openLine, refreshState } from "./live.js";
import { changed, conversation, forgetConversations, nameOf, state, takeState, threadOf } from "./store.js";
import { insideWorkspace } from "./text/links.js";
import { channelView, loadChannel } from "./ui/channel.js";
import { personDialog } from "./ui/channeldialogs.js";
import { loadHome } from "./ui/home.js";
import { dropViews, hasView, showView } from "./ui/modals.js";
import { appConversation } from "./ui/sidebar.js";
import { loadThread, threadView } from "./ui/thread.js";
import { announce, toast } from "./ui/toast.js";

let lastChannel = null;

/** The address carries the person and the place, so that a reload, a bookmark or a second tab shows the same. */
export function readAddress() {
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

export async function become(as) {
  dropViews();
  forgetConversations();
  const reply = await api.state(as);
  takeState(reply);
  setting("as", state.me);
  openLine(reply.last_event_id ?? null, { torn: catchUp, again: startAgain });
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
export async function go(detail) {
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

export async function followAddress() {
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
}
