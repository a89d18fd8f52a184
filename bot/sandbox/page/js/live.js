// What is heard on the live line, and what it changes on the page.
import { api } from "./api.js";
import { whenReleased } from "./press.js";
import { changed, copiesOf, dropMessage, onlyInThread, state, takeClock, takeMessage, takeState } from "./store.js";
import { openStream } from "./stream.js";
import { markRead } from "./ui/channel.js";
import { arrived } from "./ui/clock.js";
import { takeHome } from "./ui/home.js";
import { hinted } from "./ui/inspector.js";
import { authorOf, gist } from "./ui/message.js";
import { dropViews, hasView, showView } from "./ui/modals.js";
import { announce, explain, toast } from "./ui/toast.js";

let stream = null;
let again = null;

/**
 * Listens as the acting person, and no longer as whoever it was before. `from` is the id of the last event that is known;
 * `torn()` is called when the line is back after a gap, `again()` when everything must be asked for anew.
 */
export function openLine(from, calls) {
  const as = state.me;
  again = calls.again;
  stream?.close();
  stream = openStream(as, {
    from,
    heard: (event) =>
      whenReleased(() => {
        if (state.me === as) hear(event);
      }),
    link: (status, before) => {
      state.link = status;
      changed("link");
      if (status === "online" && before) calls.torn().catch(() => {});
    },
  });
}

/** Asks for people, channels and commands again. */
export async function refreshState() {
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
    case "clock":
      takeClock(event);
      break;
    case "travelled":
      arrived(event);
      break;
    case "resync": // more was missed than the server remembers, or the sandbox started over
      again().catch(explain);
      hinted(event);
      break;
    case "traffic":
    case "faults":
      hinted(event);
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
