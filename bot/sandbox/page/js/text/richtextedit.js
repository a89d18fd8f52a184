// Between a rich_text block and what a person edits: the block as editable nodes, and those nodes read as a block again.
import { h } from "../dom.js";
import { piece } from "./richtext.js";

const STYLES = {
  B: "bold",
  STRONG: "bold",
  I: "italic",
  EM: "italic",
  S: "strike",
  STRIKE: "strike",
  DEL: "strike",
  CODE: "code",
  U: "underline",
};
const MARKS = { bold: "b", italic: "i", strike: "s", code: "code", underline: "u" };

/** A rich_text block as nodes for an editor; mentions, emoji and dates are kept whole. */
export function richTextNodes(block) {
  return (block?.elements ?? []).map((element) => {
    const inside = (part) => (part.elements ?? []).map(editable);
    if (element.type === "rich_text_list") return listNodes(element, inside);
    if (element.type === "rich_text_quote") return h("blockquote", null, inside(element));
    if (element.type === "rich_text_preformatted") return h("pre", null, inside(element));
    return h("div", null, inside(element));
  });
}

function listNodes(element, inside) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  let node = h(tag, null, (element.elements ?? []).map((item) => h("li", null, inside(item))));
  for (let level = 0; level < (element.indent ?? 0); level += 1) node = h(tag, null, node);
  return node;
}

function editable(part) {
  if (part.type !== "text" && part.type !== "link")
    return h("span", { contenteditable: "false", data: { piece: JSON.stringify(part) } }, piece(part));
  const lines = (part.text ?? part.url ?? "").split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line]));
  let node = part.type === "link" ? [h("a.link", { data: { url: part.url } }, lines)] : lines;
  for (const [name, tag] of Object.entries(MARKS)) if (part.style?.[name]) node = [h(tag, null, node)];
  return node;
}

/** What stands in an editor, as a rich_text block; null when there is nothing to read. */
export function readRichText(root) {
  const rows = new Reader().read(root);
  const blank = (row) => row.type === "line" && !row.pieces.some((one) => one.type !== "text" || one.text.trim());
  while (rows.length && blank(rows[0])) rows.shift();
  while (rows.length && blank(rows.at(-1))) rows.pop();
  if (!rows.length) return null;
  const elements = [];
  let lines = null; // the section that following lines go on with
  for (const row of rows) {
    if (row.type === "line") {
      if (lines) lines.push({ type: "text", text: "\n" }, ...row.pieces);
      else elements.push({ type: "rich_text_section", elements: (lines = [...row.pieces]) });
    } else {
      lines = null;
      elements.push(row.element);
    }
  }
  for (const element of elements)
    if (element.type === "rich_text_section") element.elements = merged(element.elements);
  return { type: "rich_text", elements: elements.filter((one) => one.elements.length) };
}

/** Neighbouring texts of one style are one text. */
function merged(pieces) {
  const found = [];
  for (const one of pieces) {
    const last = found.at(-1);
    const alike = last && last.type === "text" && one.type === "text" && sameStyle(last.style, one.style);
    if (alike) found[found.length - 1] = { ...last, text: last.text + one.text };
    else found.push(one);
  }
  return found;
}

function sameStyle(a, b) {
  return Object.keys(MARKS).every((name) => Boolean(a?.[name]) === Boolean(b?.[name]));
}

class Reader {
  read(root) {
    this.rows = [];
    this.line = null;
    this.inside(root, {});
    return this.rows;
  }

  inside(node, style) {
    for (const child of node.childNodes) this.node(child, style);
  }

  push(piece) {
    if (!this.line) this.rows.push((this.line = { type: "line", pieces: [] }));
    this.line.pieces.push(piece);
  }

  node(node, style) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replaceAll("\u200b", "").replaceAll("\u00a0", " ");
      if (text) this.push({ type: "text", text, ...styled(style) });
      return;
    }
    if (!(node instanceof Element)) return;
    const tag = node.tagName;
    if (node.dataset.piece) this.push(JSON.parse(node.dataset.piece));
    else if (tag === "BR") {
      if (!this.line) this.rows.push({ type: "line", pieces: [] });
      this.line = null;
    } else if (tag === "A") this.link(node, style);
    else if (tag === "UL" || tag === "OL") this.block(() => this.list(node, 0));
    else if (tag === "BLOCKQUOTE") this.block(() => this.whole("rich_text_quote", node));
    else if (tag === "PRE") this.block(() => this.whole("rich_text_preformatted", node));
    else if (tag === "DIV" || tag === "P") this.block(() => this.inside(node, style));
    else this.inside(node, STYLES[tag] ? { ...style, [STYLES[tag]]: true } : style);
  }

  block(read) {
    this.line = null;
    read();
    this.line = null;
  }

  link(node, style) {
    const url = node.dataset.url ?? node.getAttribute("href");
    const within = node.querySelector("b, strong, i, em, s, strike, del, code, u");
    const own = { ...style };
    for (let at = within; at && at !== node; at = at.parentElement) if (STYLES[at.tagName]) own[STYLES[at.tagName]] = true;
    const text = node.textContent.replaceAll("\u200b", "");
    if (text) this.push({ type: "link", url, ...(text === url ? {} : { text }), ...styled(own) });
  }

  whole(type, node) {
    const elements = piecesOf(node);
    if (elements.length) this.rows.push({ type: "block", element: { type, border: 0, elements } });
  }

  list(node, indent) {
    const style = node.tagName === "OL" ? "ordered" : "bullet";
    let count = 0;
    let open = null;
    const item = (pieces) => {
      if (!open) {
        open = { type: "rich_text_list", style, indent, border: 0, elements: [] };
        if (style === "ordered" && count) open.offset = count;
        this.rows.push({ type: "block", element: open });
      }
      open.elements.push({ type: "rich_text_section", elements: pieces });
      count += 1;
    };
    for (const child of node.children) {
      if (child.tagName === "UL" || child.tagName === "OL") {
        open = null;
        this.list(child, indent + 1);
        continue;
      }
      const own = child.cloneNode(true);
      const deeper = [...child.children].filter((one) => one.tagName === "UL" || one.tagName === "OL");
      for (const one of [...own.children]) if (one.tagName === "UL" || one.tagName === "OL") one.remove();
      const pieces = piecesOf(own);
      if (pieces.length) item(pieces);
      for (const one of deeper) {
        open = null;
        this.list(one, indent + 1);
      }
    }
  }
}

function piecesOf(node) {
  const rows = new Reader().read(node);
  return merged(
    rows.flatMap((row, at) => [
      ...(at ? [{ type: "text", text: "\n" }] : []),
      ...(row.pieces ?? row.element.elements.flatMap((one) => one.elements ?? [one])),
    ]),
  );
}

function styled(style) {
  return Object.keys(style).length ? { style: { ...style } } : {};
}
