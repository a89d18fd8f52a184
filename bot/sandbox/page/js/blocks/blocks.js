// Block Kit blocks as nodes. https://docs.slack.dev/reference/block-kit/blocks
// Nothing is dropped in silence: what this page cannot draw is shown as such, with its JSON.
import { h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../text/links.js";
import { markdown } from "../text/markdown.js";
import { mrkdwn, plain, plainText, textObject } from "../text/mrkdwn.js";
import { richText } from "../text/richtext.js";
import { chart } from "./chart.js";
import { element, unknown } from "./elements.js";
import { picture, pictureOf } from "./pictures.js";
import { dataTable, simpleTable } from "./tables.js";

/** Draws blocks for a surface (see elements.js). */
export function drawBlocks(blocks, surface) {
  surface.form.begin();
  const nodes = (blocks ?? []).map((block) => drawBlock(block, surface));
  surface.form.end();
  return nodes;
}

function drawBlock(block, surface) {
  const draw = BLOCKS[block?.type];
  try {
    const node = draw ? draw(block, surface) : unknown(block);
    node.classList.add("block");
    if (block.block_id) node.dataset.block = block.block_id;
    return node;
  } catch (cause) {
    console.error("A block could not be drawn", block, cause);
    return unknown(block);
  }
}

function at(surface, block, more = {}) {
  return { surface, block, dispatch: true, ...more };
}

function text(object, tag = "div.text") {
  return h(tag, null, textObject(object));
}

function section(block, surface) {
  const words = [
    block.text ? text(block.text) : null,
    block.fields
      ? h(
          "div.fields",
          null,
          block.fields.map((field) => text(field, "div.text")),
        )
      : null,
  ];
  const label = block.text ? plain(block.text.text).slice(0, 80) : null;
  const side = block.accessory
    ? block.accessory.type === "image"
      ? pictureOf(block.accessory, "accessory-image")
      : element(block.accessory, at(surface, block, { label }))
    : null;
  const wide = block.accessory && /select|picker|checkboxes|radio/.test(block.accessory.type);
  return h(
    "div.section",
    null,
    h("div.section-words", null, words),
    side ? h("div.section-side", { class: wide ? "section-side-wide" : "" }, side) : null,
  );
}

function header(block) {
  const level = Math.min(6, (block.level ?? 1) + 1);
  return h(`h${level}.block-header`, { class: `level-${block.level ?? 1}` }, plainText(block.text?.text));
}

function context(block) {
  return h(
    "div.context",
    null,
    (block.elements ?? []).map((item) =>
      item.type === "image" ? pictureOf(item, "context-image") : text(item, "span.text"),
    ),
  );
}

function actions(block, surface) {
  return h(
    "div.actions",
    null,
    (block.elements ?? []).map((item) => element(item, at(surface, block))),
  );
}

function image(block) {
  return h(
    "figure.image-block",
    null,
    block.title ? h("figcaption", null, plainText(block.title.text)) : null,
    pictureOf(block, "picture"),
  );
}

function input(block, surface) {
  const id = uid("field");
  const errorId = uid("error");
  const hintId = block.hint ? uid("hint") : null;
  const control = element(
    block.element,
    at(surface, block, {
      id,
      label: block.label?.text,
      dispatch: block.dispatch_action === true,
      describedBy: [hintId, errorId].filter(Boolean).join(" "),
    }),
  );
  const grouped = ["checkboxes", "radio_buttons"].includes(block.element?.type);
  const label = h(
    grouped ? "div.label" : "label.label",
    { htmlFor: grouped ? null : id },
    plainText(block.label?.text),
    block.optional ? h("span.optional", null, " (optional)") : null,
  );
  const node = h(
    "div.input-block",
    null,
    label,
    control,
    block.hint ? h("p.hint", { id: hintId }, plainText(block.hint.text)) : null,
    h("p.field-error", { id: errorId, role: "alert", hidden: true }),
  );
  if (surface.kind !== "message" || block.element) surface.form.field(block, node);
  return node;
}

function alert(block) {
  const level = block.level ?? "default";
  const sign = { warning: "warning", error: "warning", success: "check" }[level] ?? "info";
  return h(
    "div.alert",
    { class: `alert-${level}`, role: level === "error" ? "alert" : "note" },
    icon(sign),
    text(block.text),
  );
}

function card(block, surface) {
  return h(
    "article.card",
    null,
    block.hero_image ? pictureOf(block.hero_image, "card-hero") : null,
    h(
      "div.card-body",
      null,
      block.icon || block.title || block.subtitle
        ? h(
            "div.card-head",
            null,
            block.icon ? pictureOf(block.icon, "card-icon") : null,
            h(
              "div",
              null,
              block.title ? text(block.title, "div.card-title.text") : null,
              block.subtitle ? text(block.subtitle, "div.card-subtitle.text") : null,
            ),
          )
        : null,
      block.body ? text(block.body) : null,
      block.subtext ? text(block.subtext, "div.card-subtitle.text") : null,
      block.actions?.length
        ? h(
            "div.actions",
            null,
            block.actions.map((item) => element(item, at(surface, block))),
          )
        : null,
    ),
  );
}

function carousel(block, surface) {
  return h(
    "div.carousel",
    { tabIndex: 0, role: "group", "aria-label": "Cards" },
    (block.elements ?? []).map((item) => card({ ...item, block_id: item.block_id ?? block.block_id }, surface)),
  );
}

function container(block, surface) {
  const title = h(
    "div.container-title",
    null,
    block.icon ? pictureOf(block.icon, "card-icon") : null,
    h(
      "div",
      null,
      block.rich_text_title ? richText(block.rich_text_title) : h("strong", null, plainText(block.title?.text)),
      block.subtitle ? text(block.subtitle, "div.card-subtitle.text") : null,
    ),
  );
  const body = h(
    "div.container-body",
    null,
    (block.child_blocks ?? []).map((child) => drawBlock(child, surface)),
  );
  if (!block.is_collapsible)
    return h(
      "section.container",
      { class: `${block.has_header_divider ? "ruled" : ""} width-${block.width ?? "standard"}` },
      title,
      body,
    );
  return h(
    "details.container",
    { open: !block.default_collapsed, class: `width-${block.width ?? "standard"}` },
    h("summary", null, title),
    body,
  );
}

const TASK = {
  pending: ["hourglass", "Pending"],
  in_progress: ["dots", "In progress"],
  complete: ["check", "Complete"],
  error: ["warning", "Error"],
};

function task(block) {
  const [sign, word] = TASK[block.status] ?? ["info", block.status];
  return h(
    "div.task",
    { class: `task-${block.status}` },
    h("div.task-head", null, icon(sign), h("strong", null, block.title), h("span.task-status", null, word)),
    block.details ? richText(block.details) : null,
    block.output ? richText(block.output) : null,
    block.sources?.length
      ? h(
          "div.context",
          null,
          block.sources.map((source) => link(source.url, source.text)),
        )
      : null,
  );
}

function plan(block) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((one) => one.status === "complete").length;
  return h(
    "section.container",
    null,
    h(
      "div.container-title",
      null,
      h("strong", null, block.title),
      h("span.task-status", null, `${done} of ${tasks.length}`),
    ),
    h("div.container-body", null, tasks.map(task)),
  );
}

function video(block) {
  return h(
    "div.card",
    null,
    h(
      "div.card-body",
      null,
      h("div.card-title", null, block.title_url ? link(block.title_url, block.title?.text) : block.title?.text),
      block.description ? h("div", null, plainText(block.description.text)) : null,
      h("div.card-subtitle", null, [block.author_name, block.provider_name].filter(Boolean).join(" · ")),
      link(block.video_url, block.alt_text || "Watch"),
    ),
  );
}

const BLOCKS = {
  section,
  header,
  context,
  actions,
  image,
  input,
  alert,
  card,
  carousel,
  container,
  plan,
  video,
  task_card: task,
  context_actions: (block, surface) =>
    h(
      "div.actions.context-actions",
      null,
      (block.elements ?? []).map((item) => element(item, at(surface, block))),
    ),
  divider: () => h("hr.divider"),
  markdown: (block) => h("div.markdown", null, markdown(block.text)),
  rich_text: (block) => h("div.rich-text.text", null, richText(block)),
  table: (block) => simpleTable(block),
  data_table: (block) => dataTable(block),
  data_visualization: (block) => chart(block),
  file: (block) => h("div.context", null, icon("file"), `A remote file (${block.external_id})`),
};

/** A message's legacy attachments. */
export function drawAttachments(attachments, surface) {
  return (attachments ?? []).map((one) => {
    const node = h(
      "div.attachment",
      null,
      one.pretext ? h("div.text", null, mrkdwn(one.pretext)) : null,
      one.author_name
        ? h("div.card-subtitle", null, one.author_link ? link(one.author_link, one.author_name) : one.author_name)
        : null,
      one.title ? h("strong", null, one.title_link ? link(one.title_link, one.title) : one.title) : null,
      one.blocks?.length
        ? one.blocks.map((block) => drawBlock(block, surface))
        : h("div.text", null, mrkdwn(one.text ?? one.fallback ?? "")),
      one.fields?.length
        ? h(
            "div.fields",
            null,
            one.fields.map((field) =>
              h("div", null, h("strong", null, field.title), h("div.text", null, mrkdwn(field.value))),
            ),
          )
        : null,
      one.image_url ? picture({ address: one.image_url, alt: one.fallback, className: "picture" }) : null,
      one.footer ? h("div.card-subtitle", null, one.footer) : null,
    );
    if (/^#?[0-9a-f]{6}$/i.test(one.color ?? "")) node.style.borderColor = `#${one.color.replace("#", "")}`;
    return node;
  });
}
