// One message: who, when, what, its reactions, its thread, and what can be done with it.
import { api } from "../api.js";
import { drawAttachments, drawBlocks } from "../blocks/blocks.js";
import { Form } from "../blocks/form.js";
import { picture } from "../blocks/pictures.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { keyOf, me, nameOf, now, onlyInThread, state } from "../store.js";
import { emojiNode, localUrl } from "../text/links.js";
import { mrkdwn, plain } from "../text/mrkdwn.js";
import { ago, clock, dateOf, fullMoment } from "../time.js";
import { avatar } from "./avatar.js";
import { editor, isEditing } from "./editor.js";
import { statusMark } from "./status.js";
import { explain } from "./toast.js";

const forms = new Map(); // "channel/ts" → Form: half-made choices survive a redraw

const QUIET = new Set([
  "channel_join",
  "channel_leave",
  "channel_topic",
  "channel_purpose",
  "channel_name",
  "channel_archive",
  "channel_unarchive",
  "group_join",
  "group_leave",
  "group_topic",
  "group_archive",
  "bot_add",
]);

/** Everything that decides how a message looks, as one string. */
export function versionOf(message, extra) {
  return JSON.stringify([message, extra, isEditing(message), me().tz, state.revision]);
}

/** Who speaks: {name, person, app}. */
export function authorOf(message) {
  const person = state.people.get(message.user);
  const isApp = Boolean(message.bot_id) || Boolean(person?.is_bot);
  const name =
    message.username ||
    (isApp ? message.app_name : null) ||
    (person ? person.real_name || person.name : null) ||
    message.app_name ||
    message.user ||
    "Somebody";
  return {
    name,
    isApp,
    person: person ?? { id: message.bot_id ?? message.user ?? name, name, real_name: name, is_bot: isApp },
  };
}

/** A message in one line, for previews and for reading aloud. */
export function gist(message, length = 140) {
  const words =
    plain(message.text) ||
    (message.files?.length ? message.files.map((file) => file.name ?? file.title).join(", ") : "a message");
  return words.length > length ? `${words.slice(0, length - 1)}…` : words;
}

/** True when a message may stand under the one before without a head of its own. */
export function continues(message, before) {
  return (
    Boolean(before) &&
    message.user === before.user &&
    message.bot_id === before.bot_id &&
    message.username === before.username &&
    !message.subtype &&
    !before.subtype &&
    Boolean(message.ephemeral) === Boolean(before.ephemeral) &&
    Number(message.ts) - Number(before.ts) < 300
  );
}

/** `inThread`: shown in the thread's pane. `grouped`: without a head. `redraw`: draws the list again. */
export function messageNode(message, { inThread = false, grouped = false, redraw }) {
  const { name, person, isApp } = authorOf(message);
  const at = dateOf(message.ts);
  const zone = me().tz;
  if (QUIET.has(message.subtype)) return quietLine(message, name, at, zone);
  const gone = message.subtype === "tombstone";
  const time = h(
    "a.time",
    {
      href: "#",
      title: fullMoment(at, zone),
      "aria-label": `${clock(at, zone)}, ${fullMoment(at, zone)}`,
      tabIndex: -1,
      onclick: (event) => {
        event.preventDefault();
      },
    },
    clock(at, zone),
  );
  const node = h("article.message", {
    class: [grouped ? "grouped" : "", message.ephemeral ? "ephemeral" : "", inThread ? "in-thread" : ""].join(" "),
    tabIndex: -1,
    "aria-label": `${name}, ${clock(at, zone)}${message.ephemeral ? ", only visible to you" : ""}: ${gist(message, 200)}`,
    data: { ts: message.ts, channel: message.channel },
  });
  const gutter = h("div.gutter", null, grouped ? time : avatar(person));
  const head = grouped
    ? null
    : h(
        "div.message-head",
        null,
        h(
          "button.author",
          {
            type: "button",
            tabIndex: -1,
            onclick: (event) => {
              if (person.id)
                event.currentTarget.dispatchEvent(
                  new CustomEvent("rowbot:go", {
                    bubbles: true,
                    detail: isApp ? { app: true } : { person: person.id },
                  }),
                );
            },
          },
          name,
        ),
        statusMark(person),
        isApp ? h("span.badge", null, "App") : null,
        person.is_external ? h("span.badge.badge-external", { title: "From another organisation" }, "External") : null,
        time,
        message.edited ? h("span.edited", { title: "Edited" }, "(edited)") : null,
      );
  const body = gone
    ? h("p.quiet-note", null, "This message was deleted.")
    : isEditing(message)
      ? editor(message, redraw)
      : content(message, inThread);
  node.append(
    gutter,
    h(
      "div.message-main",
      null,
      message.ephemeral ? h("p.only-you", null, icon("eye"), "Only visible to you") : null,
      message.subtype === "thread_broadcast" && !inThread
        ? h("p.only-you", null, icon("reply"), "Also sent to the channel, from a thread")
        : null,
      head,
      body,
      grouped && message.edited ? h("span.edited", null, "(edited)") : null,
      reactions(message),
      inThread ? null : threadBar(message),
    ),
  );
  return node;
}

function quietLine(message, name, at, zone) {
  return h(
    "article.message.quiet-line",
    {
      tabIndex: -1,
      data: { ts: message.ts, channel: message.channel },
      "aria-label": `${name} ${plain(message.text)}`,
    },
    h("div.gutter", null, h("span.quiet-dot")),
    h(
      "div.message-main",
      null,
      h("span.text", null, mrkdwn(message.text)),
      " ",
      h("span.time", { title: fullMoment(at, zone) }, clock(at, zone)),
    ),
  );
}

function content(message, inThread) {
  const surface = surfaceOf(message, inThread);
  // What a person typed is drawn from its text, which still has the marks (*bold*, `code`) that its rich_text block lost.
  const typed = !message.bot_id && (message.blocks ?? []).every((block) => block.type === "rich_text");
  const words =
    message.blocks?.length && !typed
      ? drawBlocks(message.blocks, surface)
      : message.text
        ? h("div.text", null, mrkdwn(message.text))
        : null;
  return h(
    "div.message-body",
    null,
    words,
    drawAttachments(message.attachments, surface),
    (message.files ?? []).map(fileNode),
  );
}

function surfaceOf(message) {
  const key = keyOf(message);
  if (!forms.has(key)) forms.set(key, new Form());
  const form = forms.get(key);
  const container = {
    type: "message",
    channel: message.channel,
    ts: message.ts,
    ...(message.thread_ts && message.thread_ts !== message.ts ? { thread_ts: message.thread_ts } : {}),
  };
  return {
    kind: "message",
    form,
    viewer: () => state.me,
    conversation: () => message.channel,
    act: (action) => api.action(container, action, form.values).catch(explain),
    options: (action, block, query) => api.options(container, action, block, query),
  };
}

function fileNode(file) {
  const address = localUrl(file.url ?? `/sandbox/file/${encodeURIComponent(file.id)}`);
  const size = file.size
    ? file.size < 1024
      ? `${file.size} B`
      : file.size < 1048576
        ? `${Math.round(file.size / 1024)} kB`
        : `${(file.size / 1048576).toFixed(1)} MB`
    : "";
  const shown = /^image\/(png|jpe?g|gif|webp)$/.test(file.mimetype ?? "")
    ? picture({ address, alt: file.alt_txt || file.title || file.name, className: "picture" })
    : null;
  return h(
    "div.file",
    null,
    h(
      "a.file-name",
      { href: address, download: file.name ?? "", target: "_blank" },
      icon("file"),
      h(
        "span",
        null,
        h("strong", null, file.title || file.name),
        h("small", null, [file.name !== file.title ? file.name : "", size].filter(Boolean).join(" · ")),
      ),
    ),
    shown,
  );
}

function reactions(message) {
  const list = message.reactions ?? [];
  if (!list.length) return null;
  return h(
    "div.reactions",
    { role: "group", "aria-label": "Reactions" },
    list.map(({ name, count, users = [] }) => {
      const mine = users.includes(state.me);
      const who = users.map((id) => (id === state.me ? "you" : nameOf(id))).join(", ");
      return h(
        "button.reaction",
        {
          type: "button",
          class: mine ? "mine" : "",
          "aria-pressed": String(mine),
          "aria-label": `${name.replaceAll("_", " ")}, ${count}: ${who}`,
          title: `${who} reacted with :${name}:`,
          data: { focus: `reaction/${message.ts}/${name}` },
          onclick: () => react(message, name),
        },
        emojiNode(name),
        h("span", null, String(count ?? users.length)),
      );
    }),
    h(
      "button.reaction.reaction-add",
      { type: "button", "aria-label": "Add a reaction", data: { react: "1", focus: `react/${message.ts}` } },
      icon("smile"),
    ),
  );
}

/** Adds the acting person's reaction, or takes it back. */
export function react(message, name) {
  const mine = (message.reactions ?? []).some((one) => one.name === name && (one.users ?? []).includes(state.me));
  return api.react(message.channel, message.ts, name, mine).catch(explain);
}

function threadBar(message) {
  if (!message.reply_count || onlyInThread(message)) return null;
  const faces = (message.reply_users ?? [])
    .slice(0, 4)
    .map((id) => avatar(state.people.get(id) ?? botFace(id), "tiny"));
  return h(
    "button.thread-bar",
    { type: "button", data: { thread: "1", focus: `thread/${message.ts}` } },
    h("span.faces", null, faces),
    h("strong", null, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`),
    message.latest_reply ? h("span.thread-last", null, `Last reply ${ago(dateOf(message.latest_reply), now())}`) : null,
  );
}

function botFace(id) {
  return { id, name: state.app?.name ?? id, real_name: state.app?.name ?? id, is_bot: true };
}
