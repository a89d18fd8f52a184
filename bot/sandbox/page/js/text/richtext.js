// rich_text blocks, as nodes. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
import { h } from "../dom.js";
import { broadcastMention, channelMention, dateNode, emojiNode, groupMention, link, personMention } from "./links.js";

const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

/** A rich_text block (or any object with `elements`) as nodes. */
export function richText(block) {
  return (block?.elements ?? []).map((element) => part(element));
}

function part(element) {
  switch (element.type) {
    case "rich_text_section":
      return h("div.rt-section", null, (element.elements ?? []).map(piece));
    case "rich_text_list":
      return list(element);
    case "rich_text_quote":
      return h("blockquote", null, (element.elements ?? []).map(piece));
    case "rich_text_preformatted":
      return h("pre", { tabIndex: 0 }, h("code", null, (element.elements ?? []).map(piece)));
    default:
      return h("pre.unknown", null, JSON.stringify(element));
  }
}

function list(element) {
  const ordered = element.style === "ordered";
  const start = ordered && element.offset ? element.offset + 1 : null;
  const node = h(ordered ? "ol" : "ul", {
    class: `rt-list rt-level-${(element.indent ?? 0) % 3}`,
    style: { "--level": element.indent ?? 0 },
    start,
  });
  if (element.border) node.classList.add("bordered");
  for (const item of element.elements ?? []) node.append(h("li", null, (item.elements ?? []).map(piece)));
  return node;
}

/** One piece inside a section: a text, a link, a mention. */
export function piece(element) {
  return dressed(bare(element), element.style);
}

function bare(element) {
  switch (element.type) {
    case "text":
      return document.createTextNode(element.text ?? "");
    case "link":
      return link(element.url, element.text || element.url);
    case "user":
      return personMention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "usergroup":
      return groupMention(element.usergroup_id);
    case "broadcast":
      return broadcastMention(element.range);
    case "emoji":
      return emojiNode(element.name, { unicode: element.unicode });
    case "date":
      return dateNode(element.timestamp, element.format, { url: element.url, fallback: element.fallback });
    case "team":
      return h("span.mention", null, element.team_id);
    case "color": {
      const swatch = h("span.swatch", { "aria-hidden": "true" });
      if (/^#[0-9a-f]{3,8}$/i.test(element.value)) swatch.style.backgroundColor = element.value;
      return h("span", null, swatch, element.value);
    }
    default:
      return document.createTextNode(element.text ?? JSON.stringify(element));
  }
}

function dressed(node, style) {
  if (!style) return node;
  let outer = node instanceof Node ? node : document.createTextNode(String(node));
  for (const [name, tag] of Object.entries(TAGS)) if (style[name]) outer = h(tag, null, outer);
  return outer;
}
