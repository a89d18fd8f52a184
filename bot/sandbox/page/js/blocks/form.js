// What people have filled in on one surface (a form, a message, the Home), in the shape of Slack's `view.state.values`,
// and the checks that Slack's own client makes before it sends a form.

/** The parts of a value that mean "nothing chosen". */
function isEmpty(value) {
  return Object.entries(value ?? {}).every(
    ([key, part]) =>
      key === "type" ||
      key === "timezone" ||
      part === null ||
      part === undefined ||
      part === "" ||
      (Array.isArray(part) && part.length === 0),
  );
}

export class Form {
  constructor() {
    this.values = {};
    this.fields = new Map(); // block_id → {block, node}
  }

  /** Forgets which fields exist before a redraw; the values stay, as Slack keeps them for equal ids. */
  begin() {
    this.fields.clear();
    this.seen = new Set();
  }

  /** Drops the values of fields that the newest view no longer has. */
  end() {
    for (const [block, actions] of Object.entries(this.values)) {
      for (const action of Object.keys(actions)) if (!this.seen.has(`${block}\n${action}`)) delete actions[action];
      if (!Object.keys(actions).length) delete this.values[block];
    }
  }

  /** The present value of a field: what was filled in before, else `initial`. */
  take(block, action, initial) {
    this.seen?.add(`${block}\n${action}`);
    const held = this.values[block]?.[action];
    if (held && held.type === initial.type) return held;
    this.set(block, action, initial);
    return initial;
  }

  set(block, action, value) {
    (this.values[block] ??= {})[action] = value;
  }

  /** Remembers an input block and where its sentence of error is shown. */
  field(block, node) {
    this.fields.set(block.block_id, { block, node });
  }

  /** Sentences by block for what is missing or out of bounds; empty when the form may be sent. */
  problems() {
    const found = {};
    for (const [id, { block, node }] of this.fields) {
      const value = this.values[id]?.[block.element.action_id];
      const sentence = problem(block, value, node);
      if (sentence) found[id] = sentence;
    }
    return found;
  }

  /** Shows sentences beside their fields and moves the focus to the first; returns those whose block is not on the page. */
  showErrors(errors) {
    const left = { ...errors };
    let first = null;
    for (const [id, { node }] of this.fields) {
      const sentence = left[id];
      delete left[id];
      const place = node.querySelector(".field-error");
      place.textContent = sentence ?? "";
      place.hidden = !sentence;
      node.classList.toggle("has-error", Boolean(sentence));
      const control = node.querySelector("[role=textbox], input, textarea, [role=combobox], select");
      for (const each of node.querySelectorAll("[role=textbox], input, textarea, [role=combobox]")) {
        if (sentence) each.setAttribute("aria-invalid", "true");
        else each.removeAttribute("aria-invalid");
      }
      if (sentence) first ??= control;
    }
    first?.focus();
    first?.scrollIntoView({ block: "center" });
    return left;
  }
}

function problem(block, value, node) {
  const element = block.element;
  if (isEmpty(value)) {
    const typed = node.querySelector("input:not([type=checkbox]):not([type=radio])");
    if (typed?.validity?.badInput) return "That is not a number or date.";
    return block.optional ? null : "Fill this in to continue.";
  }
  const text = value.value;
  const length = typeof text === "string" ? [...text].length : 0;
  switch (element.type) {
    case "plain_text_input":
      if (element.min_length && length < element.min_length)
        return `Write at least ${element.min_length} characters (now ${length}).`;
      if (length > (element.max_length ?? 3000))
        return `Keep it to ${element.max_length ?? 3000} characters (now ${length}).`;
      return null;
    case "email_text_input":
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
        ? null
        : "That does not look like an e-mail address (name@example.com).";
    case "url_text_input":
      return /^https?:\/\/[^\s]+\.?[^\s]*$/i.test(text) ? null : "That does not look like a link (https://…).";
    case "number_input": {
      const number = Number(text);
      if (Number.isNaN(number)) return "That is not a number.";
      if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Whole numbers only.";
      if (element.min_value !== undefined && number < Number(element.min_value))
        return `At least ${element.min_value}.`;
      if (element.max_value !== undefined && number > Number(element.max_value)) return `At most ${element.max_value}.`;
      return null;
    }
    default:
      return null;
  }
}
