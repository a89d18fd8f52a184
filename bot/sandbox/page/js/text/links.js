// Links, mentions and emoji: the pieces that mrkdwn, Markdown and rich text share.
import { h } from "../dom.js";
import { emoji } from "../emoji.js";
import { channelName, me, nameOf, now, state } from "../store.js";
import { fullMoment, slackDate } from "../time.js";

const SAFE = /^(https?:|mailto:|tel:)/i;

/** The address if a person may be sent there, else null: `javascript:` and its kin never become links. */
export function safeUrl(address) {
  const text = String(address ?? "").trim();
  if (!SAFE.test(text)) return null;
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}

/**
 * An address of this very server without its host, so that pictures and files load whichever name (localhost, 127.0.0.1) the page was
 * opened by; null for any other host: the sandbox never reaches outside.
 */
export function localUrl(address) {
  try {
    const url = new URL(String(address), location.href);
    const ours = ["localhost", "127.0.0.1", "[::1]", location.hostname].includes(url.hostname);
    if (url.protocol === "data:" && url.href.startsWith("data:image/")) return url.href;
    return ours && /^https?:$/.test(url.protocol) ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

/** The message or channel inside this workspace that an address means, or null. */
export function insideWorkspace(address) {
  const permalink = /\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?(?:\?(.*))?$/.exec(address);
  if (permalink && state.channels.has(permalink[1])) {
    const [, channel, seconds, fraction, query] = permalink;
    return {
      channel,
      ts: seconds ? `${seconds}.${fraction}` : null,
      thread: new URLSearchParams(query ?? "").get("thread_ts"),
    };
  }
  const deep = /^slack:\/\/(channel|user|app)\?(.*)$/.exec(address);
  if (!deep) return null;
  const query = new URLSearchParams(deep[2]);
  if (deep[1] === "app") return { home: true };
  if (deep[1] === "user") return { person: query.get("id") };
  return { channel: query.get("id"), ts: query.get("message"), thread: query.get("thread_ts") };
}

/** Tells the rest of the page where a person wants to go; main.js listens. */
function go(detail) {
  return (event) => {
    event.preventDefault();
    event.currentTarget.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail }));
  };
}

/** A link with its label (nodes or text); a plain label when the address is not safe. */
export function link(address, label) {
  const inside = insideWorkspace(String(address));
  if (inside) return h("a.link", { href: "#", onclick: go(inside), title: "Opens in this workspace" }, label);
  const href = safeUrl(address);
  if (!href) return h("span", { title: `Not a link Slack would open: ${address}` }, label);
  return h("a.link", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

export function personMention(id, label) {
  const known = state.people.has(id);
  const name = known ? nameOf(id) : (label ?? id);
  return h(
    "button.mention",
    { type: "button", class: id === state.me ? "mention-me" : "", onclick: go({ person: id }) },
    `@${String(name).replace(/^@/, "")}`,
  );
}

export function channelMention(id, label) {
  const channel = state.channels.get(id);
  const name = channel ? channelName(channel) : label;
  if (!channel)
    return h("span.mention", { title: "You are not in this channel" }, name ? `#${name}` : "a private channel");
  return h("button.mention", { type: "button", onclick: go({ channel: id }) }, `#${name}`);
}

export function broadcastMention(range) {
  return h("span.mention.mention-me", null, `@${range}`);
}

export function groupMention(id, label) {
  return h("span.mention", null, label ? `@${label.replace(/^@/, "")}` : `@${id}`);
}

export function emojiNode(name, { unicode = null } = {}) {
  const point = unicode
    ? String.fromCodePoint(...unicode.split("-").map((part) => Number.parseInt(part, 16)))
    : emoji(name);
  return point
    ? h("span.emoji", { role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, point)
    : `:${name}:`;
}

/** A moment in the reader's own zone; the fallback when the number is no moment. */
export function dateNode(seconds, template, { url = null, fallback = "" } = {}) {
  const zone = me().tz;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return document.createTextNode(fallback || String(seconds));
  const text = slackDate(seconds, template || "{date}", { zone, now: now() });
  const node = h("time", { datetime: date.toISOString(), title: fullMoment(date, zone) }, text);
  return url ? link(url, node) : node;
}
