// The guided tour: short stories, told by the demo, that a newcomer clicks through or does by hand.
import { api } from "../api.js";
import { fill, h } from "../dom.js";
import { keepDraft, setting } from "../drafts.js";
import { icon } from "../icons.js";
import { go } from "../navigation.js";
import { now, on, state } from "../store.js";
import { openDialog } from "../ui/dialog.js";
import { announce, explain } from "../ui/toast.js";
import { clearAway, doAll } from "./acts.js";
import { appConversation, channelOf, happened, kept, personOf, Stuck } from "./facts.js";
import { sentenceList } from "./sentences.js";

const LOOK = 700; // milliseconds between two looks at whether a step has happened
let stories = [];
let sentences = [];
let run = null; // {id, at, memory, since, furthest}: what survives a reload
let sign = ""; // "" | "done" | "busy" | a sentence that says why the story cannot go on
let trouble = "";
let timer = 0;
let entered = 0;

const toggle = () => document.getElementById("tour-toggle");
const story = () => stories.find((one) => one.id === run?.id) ?? null;
const step = () => story()?.steps[run.at] ?? null;
const card = h("section.tour", { id: "tour", popover: "manual", role: "region", "aria-label": "Guided tour", tabIndex: -1 });

function keep() {
  setting("tour", run ? JSON.stringify(run) : null);
}

function finished() {
  return (setting("tour.done") ?? "").split(" ").filter(Boolean);
}

/** Offers the stories; the first time by itself. */
export async function startTour() {
  const [told, single] = await Promise.all([
    api.tours().catch(() => ({ stories: [] })),
    api.suggestions().catch(() => ({ suggestions: [] })),
  ]);
  stories = told.stories;
  sentences = single.suggestions.filter((one) => one.text);
  toggle().hidden = !stories.length && !sentences.length;
  if (toggle().hidden) return;
  toggle().addEventListener("click", choose);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "g" && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (run) (card.querySelector(".button-primary:not(:disabled)") ?? card.querySelector("button"))?.focus();
      else choose();
    }
  });
  document.body.append(card);
  new MutationObserver(settle).observe(document.body, { childList: true, subtree: true });
  new ResizeObserver(() => document.documentElement.style.setProperty("--tour", `${card.offsetHeight}px`)).observe(card);
  for (const topic of ["messages", "thread", "clock"]) on(topic, () => look());
  try {
    run = JSON.parse(setting("tour"));
  } catch {
    run = null;
  }
  if (run && story()) await enter({ focus: false });
  else {
    run = null;
    if (stories.length && setting("tour.offered") !== "yes" && !finished().length) offer();
  }
}

/** The first visit: one quiet line, which goes away for good. */
function offer() {
  fill(
    card,
    h(
      "div.tour-words",
      null,
      h("h2", null, "New here?"),
      h("p", null, "Four short stories show what Rowbot does. Each takes a few minutes and leaves something real behind."),
    ),
    h(
      "div.tour-buttons",
      null,
      button("Not now", () => leave(), { key: "leave" }),
      button("Take the tour", choose, { primary: true }),
    ),
  );
  show();
}

function choose() {
  setting("tour.offered", "yes");
  if (!run) hide();
  const done = finished();
  const dialog = openDialog({
    title: "Guided tour",
    className: "dialog-small tour-stories",
    body: [
      stories.length ? h("p", null, "Each story happens in this workspace, and what it makes stays. Do a step yourself, or have it done.") : null,
      h(
        "ol",
        { role: "list" },
        stories.map((one) => {
          const here = run?.id === one.id;
          const words = here ? `Go on, step ${Math.min(run.at + 1, one.steps.length)} of ${one.steps.length}` : done.includes(one.id) ? "Done. Begin again" : `${one.minutes} minutes`;
          return h(
            "li",
            null,
            h(
              "button.tour-story",
              { type: "button", onclick: () => (dialog.close(), here ? enter({ focus: true }) : begin(one)) },
              h("strong", null, done.includes(one.id) ? icon("check") : null, one.title),
              h("span", null, one.for),
              h("small", null, words),
            ),
          );
        }),
      ),
      stories.length ? h("p.quiet-note", null, "Beginning again deletes what the story announced before. Alt + G comes back to the tour.") : null,
      sentences.length
        ? [
            h("h3", null, "Or send one message"),
            h("p.quiet-note", null, "Its text is put into the message box of whoever would write it; you send it."),
            sentenceList(sentences, () => dialog.close()),
          ]
        : null,
      h("p.quiet-note", null, "The ", h("a.link", { href: "/gallery" }, "gallery"), " has everything the app can show."),
    ],
    closed: () => (run ? null : hide()),
  });
  dialog.body.querySelector("button")?.focus();
}

async function begin(one) {
  trouble = "";
  sign = "";
  run = { id: one.id, at: 0, furthest: 0, memory: {}, since: "" };
  keep();
  try {
    fill(card, words("Guided tour", one.title, h("p", { role: "status" }, "Setting the scene…")));
    show();
    await clearAway(one, (as) => go({ as }));
    run.since = String(now().getTime() / 1000);
    keep();
    await enter({ focus: true });
  } catch (refusal) {
    stop(refusal);
  }
}

/** Goes where a step happens, as whoever it is about. */
async function enter({ focus }) {
  const mine = ++entered;
  sign = "";
  trouble = "";
  const at = step() ?? story().end;
  try {
    if (step() && !at.place?.modal) await closeDialogs();
    await goTo(at);
    if (mine !== entered) return;
    const draft = (at.do ?? []).find((act) => act.say || act.command);
    if (draft && run.at === run.furthest) suggest(at, draft);
    if (!step()) {
      setting("tour.done", [...new Set([...finished(), run.id])].join(" "));
      keep();
    }
    draw();
    show();
    announce(step() ? `Step ${run.at + 1} of ${story().steps.length}. ${at.title}. ${at.text}` : `The story ends. ${at.text}`);
    if (focus) card.querySelector(".tour-words h2")?.focus({ preventScroll: true });
    await look();
  } catch (refusal) {
    if (mine === entered) stop(refusal);
  }
}

async function goTo(at) {
  const as = at.as ? personOf(at.as) : state.me;
  const place = at.place ?? {};
  const detail = { as };
  if (place.channel) detail.channelName = place.channel;
  else if (place.app) detail.app = true;
  else if (place.home) detail.home = true;
  if (as !== state.me) await go({ as });
  const root = place.thread ? run.memory[place.thread] : null;
  if (place.thread) {
    await kept(run.memory, place.thread);
    Object.assign(detail, { channel: root.channel, thread: root.ts });
  }
  if (Object.keys(place).length) await go(detail);
}

/** Puts the words of a step into the message box, for those who send them by hand. */
function suggest(at, act) {
  const thread = at.place.thread ? run.memory[at.place.thread].ts : null;
  const channel = at.place.thread ? run.memory[at.place.thread].channel : at.place.app ? appConversation(state.me) : channelOf(at.place.channel);
  if (!channel) return;
  const field = document.querySelector(`${thread ? "#thread" : "#channel"} .composer textarea`);
  if (!field) {
    keepDraft(state.me, channel, thread, act.say ?? act.command);
    return;
  }
  field.value = act.say ?? act.command;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Looks whether the step has happened, however it came about. */
async function look() {
  clearTimeout(timer);
  const at = step();
  if (!at || sign === "done" || trouble) return;
  if (at.as && state.people.get(state.me)?.real_name !== at.as) {
    timer = setTimeout(look, LOOK); // somebody else's eyes are used for a while
    return;
  }
  const mine = entered;
  try {
    const found = at.until ? await happened(at.until, run.memory, run.since) : run.at < run.furthest || true;
    if (mine !== entered || at !== step() || sign === "done") return;
    if (found) {
      if (at.until?.keep) run.memory[at.until.keep] = { channel: found.message.channel, ts: found.message.ts };
      const was = sign;
      sign = "done";
      run.furthest = Math.max(run.furthest, run.at + 1);
      keep();
      draw();
      if (at.until) announce("Done. Go on when you are ready.");
      if (was === "busy") card.querySelector(".button-primary")?.focus();
      return;
    }
  } catch (refusal) {
    if (mine === entered && refusal instanceof Stuck) stop(refusal);
  }
  if (run) timer = setTimeout(look, LOOK);
}

async function doIt() {
  const mine = entered;
  sign = "busy";
  draw();
  try {
    if (state.people.get(state.me)?.real_name !== step().as) await goTo(step());
    clearBox();
    await doAll(step(), run.memory);
    await look();
  } catch (refusal) {
    if (mine !== entered) return;
    if (refusal instanceof Stuck) stop(refusal);
    else {
      sign = "";
      draw();
      explain(refusal);
    }
  }
}

function clearBox() {
  const field = document.querySelector(`${step().place.thread ? "#thread" : "#channel"} .composer textarea`);
  if (!field || !(step().do ?? []).some((act) => act.say || act.command)) return;
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function stop(refusal) {
  if (!run) return;
  trouble = refusal.message;
  draw();
  show();
  announce(trouble);
}

async function move(by) {
  run.at += by;
  keep();
  await enter({ focus: true });
}

function leave() {
  clearTimeout(timer);
  entered += 1;
  run = null;
  setting("tour.offered", "yes");
  keep();
  hide();
  toggle().focus();
}

function button(label, press, { primary = false, key = label, disabled = false } = {}) {
  return h("button.button", { type: "button", class: primary ? "button-primary" : "", data: { focus: `tour/${key}` }, disabled, onclick: press }, label);
}

function draw() {
  const active = card.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const all = story();
  const at = step();
  if (trouble) {
    fill(
      card,
      words(all.title, all.title, h("p", null, trouble)),
      h("div.tour-buttons", null, button("Leave the tour", leave), button("Start over", () => begin(all), { primary: true })),
    );
  } else if (!at) {
    const next = stories.find((one) => !finished().includes(one.id));
    fill(
      card,
      words(`${all.title} · the end`, "This is what you made", h("p", null, all.end.text), h("p.tour-links", null, all.end.links.map((link) => button(link.label, () => follow(link))))),
      h(
        "div.tour-buttons",
        null,
        button("Back", () => move(-1)),
        button("Leave the tour", leave),
        next ? button(`Next: ${next.title}`, () => begin(next), { primary: true }) : button("Begin again", () => begin(all), { primary: true }),
      ),
    );
  } else {
    const done = sign === "done";
    fill(
      card,
      words(
        `${all.title} · step ${run.at + 1} of ${all.steps.length}`,
        at.title,
        h("p", null, at.text),
        at.until && done ? h("p.tour-done", null, icon("check"), "Done") : null,
        sign === "busy" ? h("p.tour-done", { role: "status" }, "On it…") : null,
      ),
      h(
        "div.tour-buttons",
        null,
        button("Leave the tour", leave),
        run.at ? button("Back", () => move(-1), { disabled: sign === "busy" }) : null,
        at.do && !done ? button("Do it for me", doIt, { disabled: sign === "busy", primary: true }) : null,
        button("Next", () => move(1), { primary: done, disabled: !done }),
      ),
    );
  }
  settle();
  if (active) (card.querySelector(`[data-focus="${CSS.escape(active)}"]:not(:disabled)`) ?? card.querySelector("h2"))?.focus({ preventScroll: true });
}

function words(over, title, ...rest) {
  return h("div.tour-words", null, h("p.tour-over", null, over), h("h2", { tabIndex: -1, data: { focus: "tour/title" } }, title), rest);
}

async function follow(link) {
  try {
    const name = link.thread ?? link.message;
    if (name) {
      await kept(run.memory, name);
      const one = run.memory[name];
      await go(link.thread ? { as: personOf(story().end.as), channel: one.channel, thread: one.ts } : { as: personOf(story().end.as), channel: one.channel, ts: one.ts });
    } else await goTo({ as: story().end.as, place: link });
  } catch (refusal) {
    stop(refusal);
  }
}

/** Shuts what lies over the place where the story goes on. */
async function closeDialogs() {
  for (const open of [...document.querySelectorAll("dialog[open]")].reverse()) open.querySelector(".dialog-head > .icon-button")?.click();
  const { views } = await api.views();
  for (const view of views.reverse()) await api.closeView(view.id).catch(() => {});
}

function show() {
  document.body.classList.add("touring");
  settle();
}

function hide() {
  document.body.classList.remove("touring");
  if (card.matches(":popover-open")) card.hidePopover();
  document.documentElement.style.setProperty("--tour", "0px");
  mark(null);
}

/** Keeps the card usable above an open dialog (the rest of the page is inert then), and the mark on what the step speaks of. */
function settle() {
  if (!document.body.classList.contains("touring")) return;
  const host = (run && [...document.querySelectorAll("dialog[open]")].at(-1)) || document.body; // the offer lies beneath dialogs
  if (card.parentElement !== host) {
    const had = card.contains(document.activeElement) ? document.activeElement : null;
    host.append(card);
    had?.focus({ preventScroll: true });
  }
  if (!card.matches(":popover-open")) card.showPopover();
  mark(run && !trouble ? target(step()) : null);
}

function target(at) {
  const wanted = at?.target;
  if (!wanted || (at.until && sign === "done")) return null;
  if (typeof wanted === "string") return document.querySelector(wanted);
  if (wanted.message) return [...document.querySelectorAll("#channel .message, #thread .message")].findLast((node) => node.textContent.includes(wanted.message)) ?? null;
  const places = [...document.querySelectorAll("dialog[open], #thread, #channel")].sort((a, b) => Number(b.matches("dialog")) - Number(a.matches("dialog")));
  for (const place of places) {
    const found = [...place.querySelectorAll("[data-action]")].filter((node) => node.dataset.action === wanted.button && (!wanted.value || node.dataset.focus?.endsWith(`/${wanted.value}`)));
    if (found.length) return place.id === "channel" ? found.at(-1) : found[0];
  }
  return null;
}

function mark(node) {
  for (const old of document.querySelectorAll(".tour-target")) if (old !== node) old.classList.remove("tour-target");
  if (node && !node.classList.contains("tour-target")) {
    node.classList.add("tour-target");
    node.scrollIntoView({ block: "nearest" });
  }
}
