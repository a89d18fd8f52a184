// The inspector: what went between the app and Slack, newest at the bottom, and the faults that are on.
import { api } from "../api.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { channelName, me, nameOf, state } from "../store.js";
import { clock } from "../time.js";
import { announce, explain } from "./toast.js";

const ROW = 30; // pixels, as in inspector.css
const KEPT = 5000; // rows; older ones fall out
const KINDS = [
  ["", "Everything"],
  ["call", "Web API"],
  ["events_api", "Events"],
  ["interactive", "Interactivity"],
  ["slash_commands", "Commands"],
  ["response_url", "Response URLs"],
  ["socket", "Socket Mode"],
];
const FAULTS = [
  ["rate_limit", "Rate limit (429)"],
  ["error_500", "Error 500"],
  ["accept_then_drop", "Done, but no answer"],
  ["drop", "Not done, no answer"],
  ["slow", "Slow: 2 seconds"],
  ["redeliver", "Events arrive twice"],
  ["disconnect", "Socket Mode: renew the connection"],
  ["cut", "Socket Mode: cut the connection"],
];
const PLACE = { redeliver: "events", disconnect: "socket", cut: "socket" };

let rows = new Map(); // n → row
let shown = [];
let since = 0;
let place = null; // {channel, ts}: only what touches this message
let paused = false;
let chosen = null;
let asking = null;
let again = false;

const host = () => document.getElementById("inspector");
const toggle = () => document.getElementById("inspect");
const isOpen = () => !host().hidden;

const search = h("input.field", {
  type: "search",
  placeholder: "Filter",
  "aria-label": "Filter by text",
  oninput: () => sift(),
});
const kind = h(
  "select.field",
  { "aria-label": "Kind", onchange: () => sift() },
  KINDS.map(([value, label]) => h("option", { value }, label)),
);
const errors = h("input", { type: "checkbox", onchange: () => sift() });
const pause = h("button.button.button-small", { type: "button", "aria-pressed": "false", onclick: hold }, "Pause");
const only = h("button.button.button-small", { type: "button", hidden: true, onclick: () => about(null) });
// By the press and here, not by a click on each row: rows are drawn anew when the list scrolls, also between a press and its release, and no
// browser makes a click of these two then. Screen readers click without pressing.
let pressed = null;
const sheet = h("div.traffic-sheet", {
  onpointerdown: (event) => {
    pressed = event.button === 0 ? rowOf(event) : null;
  },
  onpointercancel: () => {
    pressed = null; // it was the list that was moved
  },
  onpointerup: () => {
    if (pressed) choose(pressed);
    pressed = null;
  },
  onclick: (event) => {
    if (event.detail === 0 && rowOf(event)) choose(rowOf(event));
  },
});
const list = h(
  "div.traffic-list",
  { tabIndex: 0, role: "listbox", "aria-label": "Traffic", onscroll: () => draw(), onkeydown: keys },
  sheet,
);
const detail = h("div.traffic-detail", { tabIndex: 0, role: "region", "aria-label": "Request and answer" });
const plans = h("ul.fault-list", { role: "list" });

function who(row) {
  const channel = row.where ? state.channels.get(row.where) : null;
  return [row.who ? nameOf(row.who) : "", row.where ? (channel ? channelName(channel) : row.where) : ""]
    .filter(Boolean)
    .join(" · ");
}

function result(row) {
  if (row.kind === "socket") return "";
  if (row.direction === "in") return row.error || String(row.status);
  return row.outcome === "acknowledged" ? (row.error ? "heard at last" : "heard") : (row.error || row.outcome);
}

/** The number of the row that an event is about. */
function rowOf(event) {
  return Number(event.target.closest(".traffic-row")?.id.slice("traffic-".length));
}

function sift() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const end = list.scrollTop + list.clientHeight >= list.scrollHeight - ROW;
  shown = [...rows.values()].filter(
    (row) =>
      (!kind.value || row.kind === kind.value) &&
      (!errors.checked || row.failed || row.fault) &&
      words.every((word) => `${row.method} ${who(row)} ${result(row)} ${row.fault}`.toLowerCase().includes(word)),
  );
  sheet.style.height = `${shown.length * ROW}px`;
  if (end) list.scrollTop = list.scrollHeight;
  draw();
}

function draw() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 5);
  const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / ROW) + 10);
  fill(
    sheet,
    shown.slice(first, last).map((row, index) =>
      h(
        "div.traffic-row",
        {
          id: `traffic-${row.n}`,
          role: "option",
          class: row.failed || row.fault ? "failed" : "",
          "aria-selected": String(row.n === chosen),
          style: { top: `${(first + index) * ROW}px` },
        },
        h("span.traffic-time", null, clock(new Date(row.at * 1000), me().tz)),
        h("span", { title: row.direction === "in" ? "From the app" : "To the app" }, row.direction === "in" ? "→" : "←"),
        h("strong", null, row.method),
        h("span.traffic-who", null, who(row)),
        h("span", null, [result(row), row.fault].filter(Boolean).join(" · ")),
        h("span", null, row.tries > 1 ? `try ${row.direction === "in" ? "" : "× "}${row.tries}` : ""),
        h("span.traffic-ms", null, row.kind === "socket" ? "" : `${Math.round(row.ms)} ms`),
      ),
    ),
  );
  list.setAttribute("aria-activedescendant", chosen ? `traffic-${chosen}` : "");
}

async function choose(n) {
  chosen = n;
  draw();
  try {
    const { entry } = await api.trafficEntry(n);
    if (chosen !== n) return;
    const [channel, ts] = entry.messages[0] ?? [];
    fill(
      detail,
      h(
        "div.actions",
        null,
        h("strong", null, entry.method),
        channel && state.channels.has(channel)
          ? h(
              "button.button.button-small",
              {
                type: "button",
                onclick: (event) =>
                  event.currentTarget.dispatchEvent(
                    new CustomEvent("rowbot:go", { bubbles: true, detail: { channel, ts } }),
                  ),
              },
              "Show the message",
            )
          : null,
      ),
      part("Request", entry.request),
      entry.answer === null ? null : part("Answer", entry.answer),
      entry.attempts ? part("Tries", entry.attempts) : null,
    );
  } catch (refusal) {
    explain(refusal);
  }
}

function part(title, json) {
  const text = JSON.stringify(json, null, 2);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce("Copied.");
    } catch {
      explain(new Error("The browser did not let the page copy that."));
    }
  };
  return h(
    "section",
    null,
    h(
      "div.traffic-part",
      null,
      h("h3", null, title),
      h("button.button.button-small", { type: "button", "aria-label": `Copy: ${title}`, onclick: copy }, "Copy"),
    ),
    h("pre", { tabIndex: 0 }, text),
  );
}

function keys(event) {
  const here = shown.findIndex((row) => row.n === chosen);
  const to = { ArrowDown: here + 1, ArrowUp: here < 0 ? shown.length - 1 : here - 1, Home: 0, End: shown.length - 1 }[
    event.key
  ];
  if (to === undefined || !shown[to]) return;
  event.preventDefault();
  if (to * ROW < list.scrollTop) list.scrollTop = to * ROW;
  if ((to + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (to + 1) * ROW - list.clientHeight;
  choose(shown[to].n);
}

async function ask() {
  if (asking) {
    again = true;
    return;
  }
  const asked = place;
  const from = since;
  asking = api.traffic(from, place);
  try {
    const reply = await asking;
    if (asked !== place || from !== since) {
      again = true; // meanwhile another message was asked for, or everything anew
      return;
    }
    if (reply.cleared > since) forget(); // in this tab or in another
    for (const row of reply.traffic) rows.set(row.n, row);
    for (const n of rows.keys()) {
      if (rows.size <= KEPT) break;
      rows.delete(n);
    }
    since = reply.last;
    sift();
  } catch {
    // the next hint asks again
  } finally {
    asking = null;
    if (again) {
      again = false;
      await ask();
    }
  }
}

function hold() {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Go on" : "Pause";
  if (!paused) ask();
}

async function clear() {
  await api.clearTraffic().catch(explain);
  await ask();
}

function forget() {
  rows = new Map();
  chosen = null;
  fill(detail, h("p.quiet-note", null, "Choose a line to see what it carried."));
}

/** Begins anew: the sandbox started over, or more was missed than is remembered. */
function reload() {
  forget();
  since = 0;
  sift();
  if (asking) again = true;
  else if (isOpen() && !paused) ask();
  loadFaults();
}

async function about(message) {
  place = message;
  only.hidden = !message;
  only.textContent = "Only one message ×";
  rows = new Map();
  since = 0;
  while (asking) await new Promise((resolve) => setTimeout(resolve, 20));
  await ask();
}

/** Opens the inspector at the call that made a message. */
export async function whereFrom(message) {
  show(true);
  await about({ channel: message.channel, ts: message.ts });
  const all = [...rows.values()];
  const row = all.find((one) => one.made) ?? all[0];
  if (row) {
    await choose(row.n);
    list.focus();
  } else announce("Nothing is kept of how this message came about.");
}

function show(want) {
  host().hidden = !want;
  toggle().setAttribute("aria-expanded", String(want));
  document.body.classList.toggle("has-inspector", want);
  if (want) {
    ask();
    loadFaults();
  }
}

/** The live line told that there is traffic, or which faults are on. */
export function hinted(event) {
  if (event.type === "resync") reload();
  else if (event.type === "faults") loadFaults();
  else if (isOpen() && !paused) ask();
}

async function loadFaults() {
  const { faults } = await api.faults().catch(() => ({ faults: [] }));
  const mark = document.getElementById("faults-mark");
  mark.hidden = !faults.length;
  fill(
    plans,
    faults.map((one) =>
      h(
        "li",
        null,
        `${FAULTS.find(([id]) => id === one.fault)?.[1] ?? one.fault} · ${one.method === "*" ? "all methods" : one.method} · ${one.left === null ? "until off" : `next ${one.left}`}${one.share < 100 ? ` · ${one.share} %` : ""} · hit ${one.hits}`,
        h(
          "button.icon-button",
          {
            type: "button",
            "aria-label": "Take this fault back",
            onclick: () => api.stopFaults(one.number).catch(explain),
          },
          icon("close"),
        ),
      ),
    ),
  );
}

function faultForm() {
  const fault = h(
    "select.field",
    { "aria-label": "What goes wrong" },
    FAULTS.map(([value, label]) => h("option", { value }, label)),
  );
  const method = h("input.field", { "aria-label": "Methods", value: "*", title: "* for all; several with commas" });
  const times = h(
    "select.field",
    { "aria-label": "How often" },
    [
      ["1", "once"],
      ["3", "next 3"],
      ["10", "next 10"],
      ["", "until off"],
    ].map(([value, label]) => h("option", { value }, label)),
  );
  const share = h(
    "select.field",
    { "aria-label": "Of which calls" },
    [100, 50, 20].map((value) => h("option", { value }, value === 100 ? "every call" : `${value} % of calls`)),
  );
  fault.addEventListener("change", () => {
    method.disabled = fault.value in PLACE;
  });
  const on = () =>
    api
      .planFault({
        fault: fault.value,
        method: PLACE[fault.value] ?? (method.value.trim() || "*"),
        times: times.value ? Number(times.value) : null,
        share: Number(share.value),
        ...(fault.value === "slow" ? { seconds: 2 } : {}),
      })
      .catch(explain);
  return h(
    "details.faults",
    null,
    h("summary", null, "Faults"),
    h(
      "div.actions",
      null,
      fault,
      method,
      times,
      share,
      h("button.button.button-small.button-primary", { type: "button", onclick: on }, "Switch on"),
    ),
    plans,
  );
}

export function startInspector() {
  toggle().append(icon("traffic"));
  toggle().addEventListener("click", () => show(!isOpen()));
  document.getElementById("faults-mark").addEventListener("click", () => api.stopFaults(null).catch(explain));
  fill(
    host(),
    h(
      "div.traffic-bar",
      null,
      h("h2", null, "Traffic"),
      search,
      kind,
      h("label.choice", null, errors, h("span", null, "Only errors")),
      only,
      pause,
      h("button.button.button-small", { type: "button", onclick: clear }, "Clear"),
      h(
        "button.icon-button",
        {
          type: "button",
          "aria-label": "Close the inspector",
          onclick: () => {
            show(false);
            toggle().focus();
          },
        },
        icon("close"),
      ),
    ),
    faultForm(),
    h("div.traffic-panes", null, list, detail),
  );
  fill(detail, h("p.quiet-note", null, "Choose a line to see what it carried."));
  new ResizeObserver(() => draw()).observe(list);
  loadFaults();
}
