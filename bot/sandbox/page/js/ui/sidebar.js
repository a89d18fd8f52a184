// The left edge: Rowbot, channels, private channels, direct messages, and what is unread.
import { readDraft } from "../drafts.js";
import { h, redraw, roving, settleRoving } from "../dom.js";
import { icon } from "../icons.js";
import { channelName, on, state } from "../store.js";
import { avatar } from "./avatar.js";
import { statusMark } from "./status.js";
import { createChannelDialog, newMessageDialog } from "./channeldialogs.js";

const host = () => document.getElementById("sidebar-nav");

function go(node, detail) {
  node.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail }));
}

/** The direct conversation with the app, if it exists already. */
export function appConversation() {
  return (
    [...state.channels.values()].find(
      (channel) => channel.kind === "im" && state.app && channel.with === state.app.bot_user_id,
    ) ?? null
  );
}

function item({
  key,
  label,
  lead,
  current,
  unread = 0,
  mentions = 0,
  count = false,
  draft = false,
  dim = false,
  detail,
  note = null,
  mark = null,
}) {
  const bold = unread > 0 && !current;
  const number = count ? unread : mentions;
  const words = [
    label,
    number && !current ? `${number} unread` : bold ? "unread" : "",
    draft ? "draft" : "",
    note ?? "",
  ]
    .filter(Boolean)
    .join(", ");
  return h(
    "li",
    null,
    h(
      "button.nav-item",
      {
        type: "button",
        tabIndex: -1,
        "aria-label": words,
        "aria-current": current ? "page" : null,
        class: `${bold ? "unread" : ""} ${dim ? "dim" : ""}`,
        data: { focus: key, key },
        onclick: (event) => go(event.currentTarget, detail),
      },
      lead,
      h("span.nav-label", null, label, mark),
      draft && !current ? icon("edit") : null,
      number && !current ? h("span.count", null, String(number)) : bold ? h("span.dot") : null,
    ),
  );
}

function channelItem(channel) {
  const person = channel.kind === "im" ? state.people.get(channel.with) : null;
  const lead =
    channel.kind === "im"
      ? avatar(person ?? { id: channel.id, name: channelName(channel) }, "tiny")
      : icon({ private: "lock", mpim: "people" }[channel.kind] ?? "hash");
  return item({
    key: channel.id,
    label: channelName(channel),
    lead,
    current: state.place.kind === "channel" && state.place.channel === channel.id,
    unread: channel.unread ?? 0,
    mentions: channel.mentions ?? 0,
    count: channel.kind === "im" || channel.kind === "mpim",
    draft: Boolean(readDraft(state.me, channel.id, null)),
    dim: !channel.is_member,
    note: channel.is_shared ? "shared with another organisation" : null,
    mark: statusMark(person),
    detail: { channel: channel.id },
  });
}

function part(title, items, add = null) {
  if (!items.length && !add) return null;
  return h(
    "section.nav-part",
    null,
    h(
      "div.nav-head",
      null,
      h("h2", null, title),
      add
        ? h(
            "button.icon-button",
            {
              type: "button",
              "aria-label": add.label,
              title: add.label,
              data: { focus: `add/${title}` },
              onclick: add.run,
            },
            icon("plus"),
          )
        : null,
    ),
    h("ul", null, items),
  );
}

function draw() {
  const nav = host();
  const all = [...state.channels.values()].filter((channel) => !channel.is_archived);
  const byName = (a, b) => channelName(a).localeCompare(channelName(b));
  const app = appConversation();
  const mine = all.filter((channel) => channel.is_member);
  const of = (...kinds) => mine.filter((channel) => kinds.includes(channel.kind) && channel !== app).sort(byName);
  const others = all.filter((channel) => channel.kind === "public" && !channel.is_member).sort(byName);
  redraw(nav, () => {
    nav.replaceChildren(
      ...[
        part(state.app?.name ?? "App", [
          item({
            key: "home",
            label: "Home",
            lead: icon("home"),
            current: state.place.kind === "home",
            detail: { home: true },
          }),
          item({
            key: "app",
            label: "Messages",
            lead: icon("reply"),
            current: state.place.kind === "channel" && Boolean(app) && state.place.channel === app.id,
            unread: app?.unread ?? 0,
            count: true,
            detail: { app: true },
          }),
        ]),
        part("Channels", of("public").map(channelItem), { label: "Create a channel", run: createChannelDialog }),
        part("Private channels", of("private").map(channelItem)),
        part("Direct messages", of("im", "mpim").map(channelItem), {
          label: "Write to somebody",
          run: newMessageDialog,
        }),
        part("Channels you could join", others.map(channelItem)),
      ].filter(Boolean),
    );
  });
  settleRoving(nav, ".nav-item", nav.querySelector("[aria-current]"));
  const waiting = mine.reduce(
    (sum, channel) => sum + (["im", "mpim"].includes(channel.kind) ? (channel.unread ?? 0) : (channel.mentions ?? 0)),
    0,
  );
  const here =
    state.place.kind === "home"
      ? "Home"
      : state.channels.has(state.place.channel)
        ? channelName(state.channels.get(state.place.channel))
        : "";
  document.title = `${waiting ? `(${waiting}) ` : ""}${here ? `${here} · ` : ""}Rowbot sandbox`;
  document.getElementById("menu-dot").hidden = !mine.some(
    (channel) => channel.unread > 0 && channel.id !== state.place.channel,
  );
}

export function startSidebar() {
  roving(host(), ".nav-item");
  for (const topic of ["state", "channels", "place", "drafts"]) on(topic, draw);
}
