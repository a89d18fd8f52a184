// What people set beside their names: an emoji and some words, until a moment; as Slack's profile menu does.
import { api } from "../api.js";
import { fill, h, uid } from "../dom.js";
import { emoji } from "../emoji.js";
import { icon } from "../icons.js";
import { me, now, state } from "../store.js";
import { endOfDay, endOfWeek, instant, shortMoment, wallClock } from "../time.js";
import { footButton, openDialog } from "./dialog.js";
import { openEmojiPicker } from "./emojipicker.js";

const LONGEST = 100; // characters
const USUAL = [
  { emoji: "spiral_calendar_pad", text: "In a meeting", after: "3600" },
  { emoji: "mask", text: "Out sick", after: "today" },
  { emoji: "palm_tree", text: "Vacationing", after: "" },
  { emoji: "house", text: "Working remotely", after: "today" },
];
const AFTER = [
  ["", "Don't clear"],
  ["1800", "30 minutes"],
  ["3600", "1 hour"],
  ["14400", "4 hours"],
  ["today", "Today"],
  ["week", "This week"],
  ["at", "Choose a day and time"],
];

function face(name) {
  return emoji(name.replaceAll(":", "")) ?? "💬";
}

/** The emoji beside a name, with the words as its title; null for nobody's or no status. */
export function statusMark(person) {
  const status = person?.status;
  if (!status?.emoji) return null;
  const words = statusWords(person);
  return h("span.status-mark.emoji", { role: "img", "aria-label": words, title: words }, face(status.emoji));
}

/** "Vacationing, until Mon 7 Dec, 00:00"; "" without a status. */
export function statusWords(person) {
  const { text, until, emoji: mark } = person?.status ?? {};
  if (!mark) return "";
  const words = text || mark.replaceAll(":", "").replaceAll("_", " ");
  return until ? `${words}, until ${shortMoment(new Date(until * 1000), me().tz)}` : words;
}

/** The row of the profile menu that shows the status and changes it. */
export function statusRow(before) {
  const words = statusWords(me());
  return h(
    "button.status-row",
    {
      type: "button",
      onclick: () => {
        before();
        statusDialog();
      },
    },
    statusMark(me()) ?? icon("smile"),
    h("span", null, words || "Set a status"),
    words ? icon("edit") : null,
  );
}

/** Asks the acting person for their status. */
export function statusDialog() {
  const status = me().status ?? {};
  let chosen = status.emoji?.replaceAll(":", "") ?? "";
  const pick = h("button.icon-button.status-pick", {
    type: "button",
    onclick: () =>
      openEmojiPicker(pick, (name) => {
        chosen = name;
        drawPick();
      }),
  });
  const words = h("input.field", {
    type: "text",
    value: status.text ?? "",
    maxlength: LONGEST,
    placeholder: "What's your status?",
    "aria-label": "What's your status?",
    autocomplete: "off",
    onkeydown: (event) => {
      if (event.key === "Enter") save();
    },
  });
  const afterId = uid("after");
  const after = h(
    "select.field",
    { id: afterId, onchange: () => (at.hidden = after.value !== "at") },
    AFTER.map(([value, label]) => h("option", { value }, label)),
  );
  const at = h("input.field", { type: "datetime-local", "aria-label": "Day and time", hidden: true, value: wallClock(now() / 1000 + 86400, me().tz) });
  if (status.until) {
    after.value = "at";
    at.value = wallClock(status.until, me().tz);
    at.hidden = false;
  }
  drawPick();
  const trouble = h("p.form-banner", { role: "alert", hidden: true });
  const dialog = openDialog({
    title: "Set a status",
    className: "dialog-small",
    body: [
      trouble,
      h("div.status-line", null, pick, words),
      h("div.status-usual", { role: "group", "aria-label": "Usual ones" }, USUAL.map(usual)),
      h("label.status-label", { htmlFor: afterId }, "Clear after"),
      after,
      at,
    ],
    foot: [
      status.emoji ? footButton("Clear status", () => send({ text: "", emoji: "", until: 0 })) : null,
      footButton("Save", save, "button-primary"),
    ].filter(Boolean),
  });
  words.focus();

  function usual(one) {
    return h(
      "button.button.button-small",
      {
        type: "button",
        onclick: () => {
          chosen = one.emoji;
          words.value = one.text;
          after.value = one.after;
          at.hidden = true;
          drawPick();
        },
      },
      h("span.emoji", { "aria-hidden": "true" }, face(one.emoji)),
      one.text,
    );
  }

  function drawPick() {
    fill(pick, chosen ? h("span.emoji", null, face(chosen)) : icon("smile"));
    pick.setAttribute("aria-label", chosen ? `Emoji: ${chosen.replaceAll("_", " ")}. Pick another` : "Pick an emoji");
  }

  function until() {
    const zone = me().tz;
    if (after.value === "today") return endOfDay(now(), zone);
    if (after.value === "week") return endOfWeek(now(), zone);
    if (after.value === "at") return at.value ? instant(at.value, zone) : 0;
    return after.value ? Math.round(now() / 1000) + Number(after.value) : 0;
  }

  function save() {
    send({ text: words.value, emoji: chosen ? `:${chosen}:` : "", until: until() });
  }

  async function send(given) {
    try {
      await api.status(given);
      dialog.close();
    } catch (refusal) {
      trouble.textContent = refusal.message;
      trouble.hidden = false;
    }
  }
}
