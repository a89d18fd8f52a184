// `table`, and `data_table` with its sorting and paging.
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { richText } from "../text/richtext.js";

function cell(spec) {
  if (!spec) return [];
  if (spec.type === "rich_text") return richText(spec);
  if (spec.type === "raw_text" || spec.type === "raw_number") return [spec.text ?? String(spec.value ?? "")];
  return [h("code", null, JSON.stringify(spec))]; // a cell of a kind that this page does not know
}

function words(spec) {
  const walk = (part) => part?.text ?? (part?.elements ?? []).map(walk).join(" ");
  return String(walk(spec) ?? "");
}

export function simpleTable(block) {
  const settings = block.column_settings ?? [];
  const [head, ...body] = block.rows ?? [];
  const draw = (tag, spec, index) =>
    h(
      tag,
      {
        scope: tag === "th" ? "col" : null,
        class: `align-${settings[index]?.align ?? "left"} ${settings[index]?.is_wrapped ? "wrapped" : ""}`,
      },
      cell(spec),
    );
  return h(
    "div.table-scroll",
    { tabIndex: 0, role: "region", "aria-label": "Table" },
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          (head ?? []).map((spec, index) => draw("th", spec, index)),
        ),
      ),
      h(
        "tbody",
        null,
        body.map((row) =>
          h(
            "tr",
            null,
            row.map((spec, index) => draw("td", spec, index)),
          ),
        ),
      ),
    ),
  );
}

export function dataTable(block) {
  const [head, ...body] = block.rows;
  const size = block.page_size ?? 5;
  const numeric = head.map((_, column) => body.length > 0 && body.every((row) => row[column]?.type === "raw_number"));
  const key = (row, column) => (numeric[column] ? row[column].value : words(row[column]));
  let page = 0;
  let sorted = null; // {column, down}
  const status = h("p.pager-status", { role: "status" });
  const table = h("table");
  const scroll = h("div.table-scroll", { tabIndex: 0, role: "region", "aria-label": block.caption }, table);
  const back = h("button.button.button-small", { type: "button", onclick: () => turn(-1) }, "Previous");
  const next = h("button.button.button-small", { type: "button", onclick: () => turn(1) }, "Next");
  const node = h("div.data-table", null, scroll, body.length > size ? h("div.pager", null, back, next, status) : null);
  draw();
  return node;

  function turn(by) {
    page += by;
    draw();
  }

  function sortBy(column) {
    sorted = sorted?.column === column ? (sorted.down ? null : { column, down: true }) : { column, down: false };
    page = 0;
    draw();
    table.querySelectorAll("th button")[column]?.focus();
  }

  function draw() {
    const rows = [...body];
    if (sorted) {
      const { column, down } = sorted;
      rows.sort((a, b) => {
        const [x, y] = [key(a, column), key(b, column)];
        return (numeric[column] ? x - y : x.localeCompare(y, "en", { numeric: true })) * (down ? -1 : 1);
      });
    }
    const pages = Math.max(1, Math.ceil(rows.length / size));
    page = Math.max(0, Math.min(page, pages - 1));
    const shown = rows.slice(page * size, (page + 1) * size);
    const headCell = (spec, column) => {
      const state = sorted?.column === column ? (sorted.down ? "descending" : "ascending") : "none";
      return h(
        "th",
        { scope: "col", "aria-sort": state, class: numeric[column] ? "align-right" : "align-left" },
        h(
          "button.sort",
          { type: "button", onclick: () => sortBy(column) },
          cell(spec),
          h("span.sort-sign", { class: `sort-${state}`, "aria-hidden": "true" }, icon("up")),
        ),
      );
    };
    const bodyCell = (spec, column) =>
      column === block.row_header_column_index
        ? h("th", { scope: "row", class: "align-left" }, cell(spec))
        : h("td", { class: numeric[column] ? "align-right number" : "align-left" }, cell(spec));
    fill(
      table,
      h("caption", null, block.caption),
      h("thead", null, h("tr", null, head.map(headCell))),
      h(
        "tbody",
        null,
        shown.map((row) => h("tr", null, row.map(bodyCell))),
      ),
    );
    back.disabled = page === 0;
    next.disabled = page >= pages - 1;
    status.textContent = `${page * size + 1}–${page * size + shown.length} of ${rows.length}`;
  }
}
