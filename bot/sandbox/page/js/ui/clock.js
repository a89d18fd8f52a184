// What time it is in the workspace for the acting person, moving it on, and what happened meanwhile.
import { api } from "../api.js";
import { setting } from "../drafts.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { channelName, me, nameOf, now, on, state } from "../store.js";
import { clock, place, shortMoment, span, today } from "../time.js";
import { avatar } from "./avatar.js";
import { footButton, openDialog } from "./dialog.js";
import { closeMenu, openMenu } from "./menu.js";
import { announce, explain, toast } from "./toast.js";

const MOVED = 60; // seconds from which on the clock counts as moved
const SHOWN = 6; // conversations with news that are listed

const STEPS = {
  hour: "An hour",
  morning: "To the next morning",
  monday: "To next Monday",
  week: "A week",
  month: "A month (four weeks)",
};

const button = () => document.getElementById("clock");

function share(trip) {
  return Math.max(0, Math.min(1, (now() / 1000 - trip.start) / (trip.end - trip.start)));
}

function draw() {
  if (!state.me) return;
  const { trip, moved } = state.clock;
  const zone = me().tz;
  const node = button();
  const moment = shortMoment(now(), zone);
  const percent = trip ? `${Math.round(share(trip) * 100)} %` : "";
  const ahead = moved > MOVED ? `${span(moved)} ahead` : "";
  const second = trip ? `${trip.stopping ? "Stopping" : "Moving on"}… ${percent}` : [place(zone), ahead].filter(Boolean).join(" · ");
  node.classList.toggle("moved", Boolean(ahead));
  node.classList.toggle("travelling", Boolean(trip));
  node.style.setProperty("--share", trip ? String(share(trip)) : "0");
  node.setAttribute("aria-busy", trip ? "true" : "false");
  node.setAttribute(
    "aria-label",
    trip
      ? `Time is moving on: ${moment}, ${percent}. Stop`
      : `It is ${moment} in ${place(zone)}${ahead ? `, ${ahead} of your own clock` : ""}. Move time on`,
  );
  node.title = trip ? "Stop" : "Move time on";
  fill(node, icon("clock"), h("span.clock-words", null, h("strong", null, moment), h("small", null, second)));
}

async function open() {
  const { trip } = state.clock;
  if (trip) {
    openMenu(
      button(),
      [
        {
          label: "Stop here",
          note: `On the way to ${shortMoment(new Date(trip.end * 1000), me().tz)}`,
          lead: icon("close"),
          run: () => api.stopTravelling().catch(explain),
        },
      ],
      { label: "Time is moving on" },
    );
    return;
  }
  try {
    const { steps } = await api.steps();
    openMenu(button(), items(steps), { label: "Move time on" });
  } catch (refusal) {
    explain(refusal);
  }
}

function items(steps) {
  const zone = me().tz;
  return [
    { heading: "Move time on" },
    ...steps.map(({ step, end }) => ({
      label: STEPS[step] ?? step,
      end: h("span.step-end", null, shortMoment(new Date(end * 1000), zone)),
      run: () => travel(step),
    })),
    state.clock.lives ? { divider: true } : null,
    state.clock.lives
      ? {
          label: "Let the others answer",
          note: `Everybody but ${nameOf(state.me)}`,
          toggle: othersAnswer(),
          run: (chosen) => setting("others", chosen ? null : "silent"),
        }
      : null,
    { remark: "It never runs backwards. Starting over comes back to the present." },
  ];
}

function othersAnswer() {
  return setting("others") !== "silent";
}

async function travel(step) {
  try {
    await api.travel(step, othersAnswer());
    announce("Time is moving on.");
  } catch (refusal) {
    explain(refusal);
  }
}

/** Time has arrived: tells what happened meanwhile, with the way to it. */
export function arrived(trip) {
  closeMenu();
  const later = `${trip.stopped ? "Stopped " : ""}${span(trip.end - trip.start)} later`;
  const title = later[0].toUpperCase() + later.slice(1);
  if (trip.fault) explain({ message: trip.fault });
  const mine = trip.news.filter((one) => state.channels.has(one.channel));
  if (!trip.happened.length && !mine.length && !trip.elsewhere.length) {
    toast(`${title}: nothing happened that you would see.`);
    return;
  }
  const dialog = openDialog({
    title,
    className: "dialog-small meanwhile",
    body: [
      h("p", null, `It is ${today(now(), me().tz)}, ${clock(now(), me().tz)} in ${place(me().tz)}.`),
      trip.happened.length ? h("ul.meanwhile-done", null, trip.happened.map((line) => h("li", null, line))) : null,
      part("New for you", mine.slice(0, SHOWN).map((one) => row(icon(LEADS[state.channels.get(one.channel).kind] ?? "reply"), channelName(state.channels.get(one.channel)), `${one.count} new`, { channel: one.channel }))),
      mine.length > SHOWN ? h("p.quiet-note", null, `And ${mine.length - SHOWN} more conversations.`) : null,
      part("Through other eyes", trip.elsewhere.map((one) => row(avatar(state.people.get(one.user), "tiny"), `Act as ${nameOf(one.user)}`, `${one.count} direct ${one.count === 1 ? "message" : "messages"}`, { as: one.user, channel: one.channel }))),
    ],
    foot: [footButton("Done", () => dialog.close(), "button-primary")],
  });
  announce(`${title}. ${trip.happened.join(", ")}`);

  function row(lead, label, note, detail) {
    const run = () => {
      dialog.close();
      document.body.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail }));
    };
    return h(
      "li",
      null,
      h("button.menu-item", { type: "button", onclick: run }, lead, h("span.option-text", null, label), h("small", null, note)),
    );
  }
}

const LEADS = { public: "hash", private: "lock", mpim: "people" };

function part(title, rows) {
  return rows.length ? h("section", null, h("h3.menu-heading", null, title), h("ul.meanwhile-list", null, rows)) : null;
}

export function startClock() {
  button().addEventListener("click", open);
  for (const topic of ["state", "clock"]) on(topic, draw);
  setInterval(draw, 5000);
}
