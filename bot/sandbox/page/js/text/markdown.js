// The Markdown of a `markdown` block, as nodes: headings, lists, task lists, quotes, fences, tables, rules and the inline marks.
// Pictures become links, as in Slack; HTML stays the text it is. https://docs.slack.dev/reference/block-kit/blocks/markdown-block
import { h } from "../dom.js";
import { emojiNode, link } from "./links.js";

const LIST = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const DEEPEST = 20; // quotes and lists inside each other; beyond that the marks are shown as they are

const INLINE = [
  [/`{2}(.+?)`{2}|`([^`\n]+)`/, (hit) => h("code", null, hit[1] ?? hit[2])],
  [/\\([\\`*_{}[\]()#+\-.!~|<>])/, (hit) => hit[1]],
  [
    /!?\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)?)>?(?:\s+"[^"]*")?\s*\)/,
    (hit, inner) => link(hit[2], hit[1] ? inner(hit[1]) : hit[2]),
  ],
  [/<(https?:\/\/[^<>\s]+|mailto:[^<>\s]+)>/, (hit) => link(hit[1], hit[1])],
  [/\*\*\*(?=\S)(.+?)(?<=\S)\*\*\*/, (hit, inner) => h("strong", null, h("em", null, inner(hit[1])))],
  [
    /\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<![\p{L}\p{N}])__(?=\S)(.+?)(?<=\S)__(?![\p{L}\p{N}])/u,
    (hit, inner) => h("strong", null, inner(hit[1] ?? hit[2])),
  ],
  [
    /\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?!\*)|(?<![\p{L}\p{N}_])_(?=[^\s_])(.+?)(?<=[^\s_])_(?![\p{L}\p{N}_])/u,
    (hit, inner) => h("em", null, inner(hit[1] ?? hit[2])),
  ],
  [/~~(?=\S)(.+?)(?<=\S)~~/, (hit, inner) => h("s", null, inner(hit[1]))],
  [/\bhttps?:\/\/[^\s<>]+[^\s<>.,;:!?)\]}'"]/, (hit) => link(hit[0], hit[0])],
  [/:([a-z0-9_+-]+):/, (hit) => emojiNode(hit[1])],
];

/** Markdown as nodes. */
export function markdown(source) {
  return blocks(
    String(source ?? "")
      .replaceAll("\r\n", "\n")
      .split("\n"),
    0,
  );
}

function blocks(rows, depth) {
  const nodes = [];
  let at = 0;
  while (at < rows.length) {
    const row = rows[at];
    const fence = /^\s{0,3}(`{3,}|~{3,})/.exec(row);
    const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(row);
    if (!row.trim()) at += 1;
    else if (fence) {
      let end = at + 1;
      while (end < rows.length && !rows[end].trim().startsWith(fence[1])) end += 1;
      nodes.push(h("pre", { tabIndex: 0 }, h("code", null, rows.slice(at + 1, end).join("\n"))));
      at = end + 1;
    } else if (heading) {
      nodes.push(h(`h${Math.min(6, heading[1].length + 2)}.md-h${heading[1].length}`, null, inline(heading[2])));
      at += 1;
    } else if (RULE.test(row)) {
      nodes.push(h("hr"));
      at += 1;
    } else if (/^\s{0,3}>/.test(row) && depth < DEEPEST) {
      let end = at;
      while (end < rows.length && /^\s{0,3}>/.test(rows[end])) end += 1;
      nodes.push(
        h(
          "blockquote",
          null,
          blocks(
            rows.slice(at, end).map((line) => line.replace(/^\s{0,3}>\s?/, "")),
            depth + 1,
          ),
        ),
      );
      at = end;
    } else if (
      row.includes("|") &&
      at + 1 < rows.length &&
      TABLE_RULE.test(rows[at + 1]) &&
      rows[at + 1].includes("-")
    ) {
      let end = at + 2;
      while (end < rows.length && rows[end].includes("|")) end += 1;
      nodes.push(table(rows.slice(at, end)));
      at = end;
    } else if (LIST.test(row) && depth < DEEPEST) {
      let end = at;
      while (end < rows.length && (LIST.test(rows[end]) || (/^\s{2,}\S/.test(rows[end]) && rows[end].trim()))) end += 1;
      nodes.push(list(rows.slice(at, end), depth));
      at = end;
    } else {
      let end = at;
      while (
        end < rows.length &&
        rows[end].trim() &&
        (end === at || !/^\s{0,3}(#{1,6}\s|>|`{3}|~{3})/.test(rows[end])) &&
        (end === at || !LIST.test(rows[end]))
      )
        end += 1;
      nodes.push(
        h(
          "p",
          null,
          rows.slice(at, end).map((line, index) => [index ? h("br") : null, inline(line.trim())]),
        ),
      );
      at = end;
    }
  }
  return nodes;
}

function list(rows, depth) {
  const [, indent, mark] = LIST.exec(rows[0]);
  const ordered = /\d/.test(mark);
  const node = h(ordered ? "ol" : "ul", {
    class: "md-list",
    start: ordered && Number.parseInt(mark, 10) !== 1 ? Number.parseInt(mark, 10) : null,
  });
  let item = null;
  const finish = () => {
    if (!item) return;
    const task = /^\[([ xX])\]\s+(.*)$/.exec(item.first);
    const content = task
      ? [
          h("input", {
            type: "checkbox",
            disabled: true,
            checked: task[1] !== " ",
            "aria-label": task[1] === " " ? "open" : "done",
          }),
          inline(task[2]),
        ]
      : inline(item.first);
    node.append(h("li", { class: task ? "md-task" : "" }, content, blocks(item.rest, depth + 1)));
  };
  for (const row of rows) {
    const hit = LIST.exec(row);
    if (hit && hit[1].length <= indent.length + 1) {
      finish();
      item = { first: hit[3], rest: [] };
    } else item?.rest.push(row.replace(/^\s{1,4}/, ""));
  }
  finish();
  return node;
}

function cells(row) {
  return row
    .trim()
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function table([head, rule, ...body]) {
  const align = cells(rule).map((mark) => (/^:-+:$/.test(mark) ? "center" : mark.endsWith(":") ? "right" : "left"));
  const cell = (tag) => (text, index) =>
    h(tag, { class: `align-${align[index] ?? "left"}`, scope: tag === "th" ? "col" : null }, inline(text));
  return h(
    "div.table-scroll",
    { tabIndex: 0, role: "region", "aria-label": "Table" },
    h(
      "table",
      null,
      h("thead", null, h("tr", null, cells(head).map(cell("th")))),
      h(
        "tbody",
        null,
        body.map((row) => h("tr", null, cells(row).map(cell("td")))),
      ),
    ),
  );
}

function inline(text) {
  let best = null;
  for (const [pattern, make] of INLINE) {
    const hit = pattern.exec(text);
    if (hit && (!best || hit.index < best.hit.index)) best = { hit, make };
  }
  if (!best) return text ? [text] : [];
  const { hit, make } = best;
  return [text.slice(0, hit.index), make(hit, inline), ...inline(text.slice(hit.index + hit[0].length))];
}
