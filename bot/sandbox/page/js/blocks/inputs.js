// Typed inputs: text, numbers, dates and times.
import { api } from "../api.js";
import { h } from "../dom.js";
import { me, state } from "../store.js";
import { fromRichText, toRichText } from "../text/richtext.js";
import { instant, place, wallClock } from "../time.js";

const WAIT = 400; // milliseconds without a key before "on_character_entered" is told

function store(element, at, part) {
  at.surface.form.set(at.block.block_id, element.action_id, { type: element.type, ...part });
}

function common(element, at) {
  return {
    id: at.id,
    "aria-describedby": at.describedBy,
    "aria-label": at.id ? null : (at.label ?? element.placeholder?.text ?? "Value"),
    placeholder: element.placeholder?.text,
    data: { focus: at.focusKey, ...(element.focus_on_load ? { wanted: "1" } : {}) },
  };
}

function dispatching(element, at, node, read) {
  if (!at.dispatch) return;
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer = 0;
  node.addEventListener("input", () => {
    if (!when.includes("on_character_entered")) return;
    clearTimeout(timer);
    timer = setTimeout(() => at.tell(read(), node), WAIT);
  });
  node.addEventListener("keydown", (event) => {
    if (
      event.key !== "Enter" ||
      event.shiftKey ||
      !when.includes("on_enter_pressed") ||
      (node.tagName === "TEXTAREA" && !event.ctrlKey && !event.metaKey)
    )
      return;
    event.preventDefault();
    clearTimeout(timer);
    at.tell(read(), node);
  });
}

export function textField(element, at) {
  const value = at.surface.form.take(at.block.block_id, element.action_id, {
    type: element.type,
    value: element.initial_value || null,
  });
  const type = { email_text_input: "email", url_text_input: "url" }[element.type] ?? "text";
  const read = () => ({ value: node.value === "" ? null : node.value });
  const node = element.multiline
    ? h("textarea.field", { ...common(element, at), rows: 4, value: value.value ?? "" })
    : h("input.field", {
        ...common(element, at),
        type,
        inputmode: type === "text" ? null : type,
        autocomplete: "off",
        value: value.value ?? "",
      });
  const most = element.type === "plain_text_input" ? element.max_length : null;
  const count = most ? h("span.field-count", { "aria-hidden": "true" }) : null;
  const counted = () => {
    if (count) {
      const left = most - [...node.value].length;
      count.textContent = left <= Math.max(20, most / 5) ? String(left) : "";
      count.classList.toggle("over", left < 0);
    }
  };
  node.addEventListener("input", () => {
    store(element, at, read());
    counted();
  });
  counted();
  dispatching(element, at, node, read);
  return count ? h("span.field-with-count", null, node, count) : node;
}

export function numberField(element, at) {
  const value = at.surface.form.take(at.block.block_id, element.action_id, {
    type: element.type,
    value: element.initial_value ?? null,
  });
  const read = () => ({ value: node.value === "" ? null : node.value });
  const node = h("input.field", {
    ...common(element, at),
    type: "number",
    step: element.is_decimal_allowed ? "any" : "1",
    min: element.min_value,
    max: element.max_value,
    inputmode: element.is_decimal_allowed ? "decimal" : "numeric",
    value: value.value ?? "",
  });
  node.addEventListener("input", () => store(element, at, read()));
  dispatching(element, at, node, read);
  return node;
}

export function richTextField(element, at) {
  const value = at.surface.form.take(at.block.block_id, element.action_id, {
    type: element.type,
    rich_text_value: element.initial_value ?? null,
  });
  const read = () => ({ rich_text_value: toRichText(node.value) });
  const node = h("textarea.field", {
    ...common(element, at),
    rows: Math.min(element.min_lines ?? 4, 12),
    value: fromRichText(value.rich_text_value),
  });
  node.addEventListener("input", () => store(element, at, read()));
  dispatching(element, at, node, read);
  return node;
}

export function fileField(element, at) {
  const value = at.surface.form.take(at.block.block_id, element.action_id, { type: element.type, files: [] });
  const most = element.max_files ?? 10;
  const names = h("small", { role: "status" }, value.files.map((file) => file.name).join(", "));
  const node = h("input.field", {
    ...common(element, at),
    type: "file",
    multiple: most > 1,
    accept: element.filetypes?.map((kind) => `.${kind}`).join(","),
    onchange: async () => {
      try {
        const files = [];
        for (const file of [...node.files].slice(0, most)) files.push((await api.attach(file)).file);
        store(element, at, { files });
        names.textContent = files.map((file) => file.name).join(", ");
      } catch (refusal) {
        names.textContent = refusal.message;
      }
    },
  });
  return h("span.field-with-count", null, node, names);
}

function picked(element, at, type, part, initial) {
  const value = at.surface.form.take(at.block.block_id, element.action_id, {
    type: element.type,
    [part]: initial ?? null,
  });
  let before = value[part];
  const node = h("input.field.field-short", {
    ...common(element, at),
    type,
    value: value[part] ?? "",
    onchange: async () => {
      const next = { [part]: node.value || null };
      store(element, at, next);
      if (!at.dispatch) return;
      if ((await at.tell(next, node)) === false) node.value = before ?? "";
      else before = next[part];
    },
  });
  return node;
}

export function dateField(element, at) {
  return picked(element, at, "date", "selected_date", element.initial_date);
}

export function timeField(element, at) {
  const zone = element.timezone ?? me().tz;
  const node = picked(element, at, "time", "selected_time", element.initial_time);
  return h("span.field-zone", null, node, h("small", null, `${place(zone)} time`));
}

export function dateTimeField(element, at) {
  const zone = me().tz;
  const value = at.surface.form.take(at.block.block_id, element.action_id, {
    type: element.type,
    selected_date_time: element.initial_date_time ?? null,
  });
  let before = value.selected_date_time;
  const node = h("input.field.field-short", {
    ...common(element, at),
    type: "datetime-local",
    value: before ? wallClock(before, zone) : "",
    onchange: async () => {
      const next = { selected_date_time: node.value ? instant(node.value.slice(0, 16), zone) : null };
      store(element, at, next);
      if (!at.dispatch) return;
      if ((await at.tell(next, node)) === false) node.value = before ? wallClock(before, zone) : "";
      else before = next.selected_date_time;
    },
  });
  return h("span.field-zone", null, node, h("small", null, `${place(state.people.get(state.me)?.tz ?? zone)} time`));
}
