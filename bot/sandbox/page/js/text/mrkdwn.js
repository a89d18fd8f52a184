// Slack's mrkdwn, as nodes. https://docs.slack.dev/messaging/formatting-message-text
import { h } from "../dom.js";
import { broadcastMention, channelMention, dateNode, emojiNode, groupMention, link, personMention } from "./links.js";

// Finished pieces are set aside while the styles around them are found; each leaves a pair of private-use characters behind.
const OPEN = "\uE000";
const CLOSE = "\uE001";
const HELD = /\uE000(\d+)\uE001/;

const STYLES = [
  ["strong", /(?<![\p{L}\p{N}*])\*(?=[^\s*])([^\n*]*?[^\s*])\*(?![\p{L}\p{N}*])/u],
  ["em", /(?<![\p{L}\p{N}_])_(?=[^\s_])([^\n]*?[^\s_])_(?![\p{L}\p{N}_])/u],
  ["s", /(?<![\p{L}\p{N}~])~(?=[^\s~])([^\n~]*?[^\s~])~(?![\p{L}\p{N}~])/u],
];
const BARE_LINK = /\bhttps?:\/\/[^\s<>\uE000\uE001]+[^\s<>\uE000\uE001.,;:!?)\]}'"»”]/u;
const EMOJI = /:([a-z0-9_+-]+(?:::skin-tone-[2-6])?):/;
const BULLET = /^(\s*)(•|◦|▪︎?|-|\d{1,3}[.)])\s+(.*)$/;

/** `&amp;`, `&lt;` and `&gt;` as the characters they stand for; Slack knows no others. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** The words of a mrkdwn text without its marks, for notices and previews. */
export function plain(text) {
  const words = String(text ?? "").replaceAll(/<([^<>]+)>/g, (whole, inside) => pieceOf(inside).textContent);
  return unescape(words.replaceAll(/[*_~`]+(?=\S)|(?<=\S)[*_~`]+/g, ""))
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** A plain_text's nodes: emoji names become emoji unless the app said otherwise, nothing else is read into it. */
export function plainText(text, { withEmoji = true } = {}) {
  return withEmoji
    ? splitBy(
        String(text ?? ""),
        EMOJI,
        (hit) => emojiNode(hit[1]),
        (rest) => [rest],
      )
    : [String(text ?? "")];
}

/** A text object ({type, text, verbatim, emoji}) as nodes. */
export function textObject(object) {
  if (!object) return [];
  if (typeof object === "string") return plainText(object);
  return object.type === "mrkdwn"
    ? mrkdwn(object.text, { verbatim: object.verbatim === true })
    : plainText(object.text, { withEmoji: object.emoji !== false });
}

/** mrkdwn as an array of nodes. With `verbatim`, bare addresses stay words. */
export function mrkdwn(source, { verbatim = false } = {}) {
  const text = String(source ?? "")
    .replaceAll(/[\uE000\uE001]/g, "")
    .replaceAll("\r\n", "\n");
  const nodes = [];
  const parts = text.split("```");
  if (parts.length % 2 === 0) parts.splice(-2, 2, `${parts.at(-2)}\`\`\`${parts.at(-1)}`); // one fence too many is only text
  parts.forEach((part, index) => {
    if (index % 2)
      nodes.push(h("pre", { tabIndex: 0 }, h("code", null, codeText(part.replace(/^\n/, "").replace(/\n$/, "")))));
    else nodes.push(...lines(index ? part.replace(/^\n/, "") : part, { verbatim }));
  });
  return nodes;
}

function codeText(part) {
  return unescape(part.replaceAll(/<([^<>|\s]+)\|([^<>]+)>/g, "$2").replaceAll(/<((?:https?|mailto):[^<>]+)>/g, "$1"));
}

function lines(part, options) {
  if (part === "") return [];
  const nodes = [];
  let group = null;
  const flush = () => {
    if (!group) return;
    if (group.kind === "quote") nodes.push(h("blockquote", null, lines(group.rows.join("\n"), options)));
    if (group.kind === "list")
      nodes.push(
        h(
          "ul.marked",
          { role: "list" },
          group.rows.map((row) => listRow(row, options)),
        ),
      );
    if (group.kind === "text") nodes.push(...inline(group.rows.join("\n"), options));
    group = null;
  };
  for (const row of part.split("\n")) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(row);
    const kind = quote ? "quote" : BULLET.test(row) ? "list" : "text";
    if (group?.kind !== kind) flush();
    group ??= { kind, rows: [] };
    group.rows.push(quote ? quote[1] : row);
  }
  flush();
  return nodes;
}

function listRow(row, options) {
  const [, indent, mark, rest] = BULLET.exec(row);
  return h(
    "li",
    { style: { "--level": Math.min(4, Math.floor(indent.length / 2)) } },
    h("span.mark", { "aria-hidden": "true" }, mark),
    h("span", null, inline(rest, options)),
  );
}

function inline(text, options) {
  const held = [];
  const hold = (node) => `${OPEN}${held.push(node) - 1}${CLOSE}`;
  let rest = text.replaceAll(/`([^`\n]+)`/g, (_, code) => hold(h("code", null, codeText(code))));
  rest = rest.replaceAll(/<([^<>\n]+)>/g, (whole, inside) => hold(pieceOf(inside)));
  if (!options.verbatim)
    rest = rest.replaceAll(new RegExp(BARE_LINK, "gu"), (address) => hold(link(unescape(address), unescape(address))));
  return styled(rest, held, 0);
}

function styled(text, held, from) {
  if (from >= STYLES.length) return leaf(text, held);
  const [tag, pattern] = STYLES[from];
  return splitBy(
    text,
    pattern,
    (hit) => h(tag, null, styled(hit[1], held, 0)),
    (rest) => styled(rest, held, from + 1),
  );
}

function leaf(text, held) {
  return splitBy(
    text,
    HELD,
    (hit) => held[Number(hit[1])] ?? "",
    (rest) =>
      splitBy(
        rest,
        EMOJI,
        (hit) => emojiNode(hit[1]),
        (words) => [unescape(words)],
      ),
  );
}

function splitBy(text, pattern, found, between) {
  const nodes = [];
  let rest = text;
  for (let hit = pattern.exec(rest); hit; hit = pattern.exec(rest)) {
    if (hit.index) nodes.push(...between(rest.slice(0, hit.index)));
    nodes.push(found(hit));
    rest = rest.slice(hit.index + hit[0].length);
  }
  if (rest) nodes.push(...between(rest));
  return nodes;
}

function pieceOf(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : unescape(inside.slice(bar + 1));
  if (target.startsWith("@")) return personMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, seconds, template, url] = target.split("^");
    return dateNode(seconds, unescape(template ?? ""), { url: url ? unescape(url) : null, fallback: label ?? "" });
  }
  if (target.startsWith("!subteam^")) return groupMention(target.split("^")[1], label);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcastMention(target.slice(1));
  if (target.startsWith("!")) return document.createTextNode(label ?? `<${unescape(inside)}>`);
  const address = unescape(target);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(address)) return document.createTextNode(`<${unescape(inside)}>`);
  return link(address, label ? plainText(label) : address.replace(/^mailto:/, ""));
}
