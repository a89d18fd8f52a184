// Interactive elements. https://docs.slack.dev/reference/block-kit/block-elements
// Each builder gets (element, at) with at = {surface, block, dispatch, id, label, describedBy} and returns a node. A surface offers
// `form`, `act(action)` and `options(action_id, block_id, query)`; `dispatch` says whether a change is told to the app at once.
import { h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { plainText, textObject } from "../text/mrkdwn.js";
import { safeUrl } from "../text/links.js";
import { askConfirm } from "../ui/confirm.js";
import { openMenu } from "../ui/menu.js";
import { dateField, dateTimeField, fileField, numberField, richTextField, textField, timeField } from "./inputs.js";
import { channelSelect, conversationSelect, externalSelect, staticSelect, userSelect } from "./selects.js";

const STYLE = { primary: "button-primary", danger: "button-danger" };

/** Tells the app about an element after its confirmation; false when the person declined. The control shows that it waits. */
export async function tell(element, at, values, control) {
  if (element.confirm && !(await askConfirm(element.confirm))) return false;
  const action = { type: element.type, action_id: element.action_id, block_id: at.block.block_id, ...values };
  control?.setAttribute("aria-busy", "true");
  try {
    await at.surface.act(action);
  } finally {
    control?.removeAttribute("aria-busy");
  }
  return true;
}

function focusKey(element, at, extra = "") {
  return `${at.block.block_id}/${element.action_id}${extra}`;
}

function button(element, at) {
  const address = element.url ? safeUrl(element.url) : null;
  const label = plainText(element.text?.text, { withEmoji: element.text?.emoji !== false });
  const options = {
    class: STYLE[element.style] ?? "",
    "aria-label": element.accessibility_label,
    data: { focus: focusKey(element, at, `/${element.value ?? ""}`), action: element.action_id },
  };
  if (address) {
    return h(
      "a.button",
      {
        ...options,
        href: address,
        target: "_blank",
        rel: "noopener noreferrer nofollow",
        onclick: () => {
          tell(element, at, { text: element.text, value: element.value }, null);
        },
      },
      label,
      icon("window"),
    );
  }
  const node = h(
    "button.button",
    {
      ...options,
      type: "button",
      onclick: async () => {
        if (node.getAttribute("aria-busy") !== "true")
          await tell(
            element,
            at,
            { text: element.text, ...(element.value === undefined ? {} : { value: element.value }) },
            node,
          );
      },
    },
    label,
  );
  return node;
}

function iconButton(element, at) {
  const shown = element.visible_to_user_ids;
  if (shown?.length && !shown.includes(at.surface.viewer())) return null;
  const node = h(
    "button.icon-button",
    {
      type: "button",
      "aria-label": element.accessibility_label ?? element.text?.text,
      title: element.text?.text,
      data: { focus: focusKey(element, at) },
      onclick: () => tell(element, at, { value: element.value }, node),
    },
    icon(element.icon === "trash" ? "trash" : "dots"),
  );
  return node;
}

function feedback(element, at) {
  const one = (side, sign) => {
    if (!side) return null;
    const node = h(
      "button.icon-button",
      {
        type: "button",
        "aria-label": side.accessibility_label ?? side.text?.text,
        title: side.text?.text,
        data: { focus: focusKey(element, at, sign) },
        onclick: () => tell(element, at, { text: side.text, value: side.value }, node),
      },
      sign,
    );
    return node;
  };
  return h("span.feedback", { role: "group" }, one(element.positive_button, "👍"), one(element.negative_button, "👎"));
}

function overflow(element, at) {
  const node = h(
    "button.icon-button.overflow",
    {
      type: "button",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      data: { focus: focusKey(element, at), action: element.action_id },
      onclick: () =>
        openMenu(
          node,
          element.options.map((option) => ({
            label: plainText(option.text?.text),
            note: option.description?.text,
            href: option.url ? safeUrl(option.url) : null,
            run: () => tell(element, at, { selected_option: option }, node),
          })),
          { label: "More actions" },
        ),
    },
    icon("dots"),
  );
  return node;
}

function choices(element, at) {
  const many = element.type === "checkboxes";
  const same = (a, b) => a.value === b.value;
  const initial = many
    ? { type: element.type, selected_options: element.initial_options ?? [] }
    : { type: element.type, selected_option: element.initial_option ?? null };
  const value = at.surface.form.take(at.block.block_id, element.action_id, initial);
  const name = uid("choice");
  const boxes = element.options.map((option, index) => {
    const box = h("input", {
      type: many ? "checkbox" : "radio",
      name,
      checked: many
        ? value.selected_options.some((one) => same(one, option))
        : Boolean(value.selected_option && same(value.selected_option, option)),
      data: { focus: focusKey(element, at, `/${index}`) },
      onchange: changed,
    });
    return { box, option };
  });
  let before = boxes.map(({ box }) => box.checked);
  const group = h(
    "fieldset.choices",
    { "aria-describedby": at.describedBy },
    h("legend.sr", null, at.label ?? "Choices"),
    boxes.map(({ box, option }) =>
      h(
        "label.choice",
        null,
        box,
        h(
          "span",
          null,
          h("span", null, textObject(option.text)),
          option.description ? h("small", null, textObject(option.description)) : null,
        ),
      ),
    ),
  );
  return group;

  async function changed() {
    const picked = boxes.filter(({ box }) => box.checked).map(({ option }) => option);
    const next = many ? { selected_options: picked } : { selected_option: picked[0] ?? null };
    at.surface.form.set(at.block.block_id, element.action_id, { type: element.type, ...next });
    if (!at.dispatch) return;
    if ((await tell(element, at, next, group)) === false)
      boxes.forEach(({ box }, index) => {
        box.checked = before[index];
      });
    else before = boxes.map(({ box }) => box.checked);
  }
}

function workflowButton(element) {
  return h(
    "button.button",
    { type: "button", disabled: true, title: "Workflows run in Slack only" },
    plainText(element.text?.text),
  );
}

const BUILDERS = {
  button,
  icon_button: iconButton,
  feedback_buttons: feedback,
  overflow,
  checkboxes: choices,
  radio_buttons: choices,
  workflow_button: workflowButton,
  plain_text_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  number_input: numberField,
  rich_text_input: richTextField,
  file_input: fileField,
  datepicker: dateField,
  timepicker: timeField,
  datetimepicker: dateTimeField,
  static_select: staticSelect,
  multi_static_select: staticSelect,
  external_select: externalSelect,
  multi_external_select: externalSelect,
  users_select: userSelect,
  multi_users_select: userSelect,
  conversations_select: conversationSelect,
  multi_conversations_select: conversationSelect,
  channels_select: channelSelect,
  multi_channels_select: channelSelect,
};

/** An interactive element as a node; one that is not known is shown as its JSON. */
export function element(spec, at) {
  const build = BUILDERS[spec?.type];
  if (!build) return unknown(spec);
  return build(spec, {
    ...at,
    tell: (values, control) => tell(spec, at, values, control),
    focusKey: focusKey(spec, at),
  });
}

/** What this page cannot draw, said plainly with its JSON. */
export function unknown(spec) {
  return h(
    "details.unknown",
    null,
    h("summary", null, `This block cannot be drawn: ${spec?.type ?? "nothing"}`),
    h("pre", null, JSON.stringify(spec, null, 2)),
  );
}
