// The gallery: an example of everything the app draws, by the page's own renderer. It reads examples and nothing of the workspace.
import { api } from "./api.js";
import { drawBlocks } from "./blocks/blocks.js";
import { Form } from "./blocks/form.js";
import { fill, h } from "./dom.js";
import { setting } from "./drafts.js";
import { state } from "./store.js";
import { announce, explain, toast } from "./ui/toast.js";

const KINDS = { message: "Message", modal: "Form", home: "App Home" };
const INERT = "Nothing happens here: this is an example.";
let examples = [];
const $ = (id) => document.getElementById(id);

function nameOfFeature(feature) {
  const words = feature.replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

function idOf(one) {
  return `${one.feature}/${one.title}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function surfaceOf(kind) {
  return {
    kind,
    form: new Form(),
    viewer: () => state.me,
    conversation: () => null,
    act: async () => toast(INERT),
    options: async () => ({ options: [] }),
  };
}

async function copy(one) {
  const { kind, blocks, text, heading, submit, close } = one;
  const word = (value) => ({ type: "plain_text", text: value });
  const payload =
    kind === "message"
      ? { text, blocks }
      : {
          type: kind,
          ...(heading ? { title: word(heading) } : {}),
          blocks,
          ...(submit ? { submit: word(submit) } : {}),
          ...(close ? { close: word(close) } : {}),
        };
  try {
    await navigator.clipboard.writeText(JSON.stringify(payload, null, 2));
    toast("Copied. Slack's Block Kit Builder takes it.");
  } catch {
    toast("The browser does not let this page copy.", "error");
  }
}

function draw(one) {
  const blocks = h("div.blocks", null, drawBlocks(one.blocks, surfaceOf(one.kind)));
  return h(
    "article.example",
    { id: one.id, "aria-labelledby": `${one.id}-title`, data: { kind: one.kind } },
    h(
      "header.example-head",
      null,
      h("h3", { id: `${one.id}-title` }, h("a", { href: `#${one.id}` }, one.title)),
      h("p", null, `${KINDS[one.kind] ?? one.kind} · ${one.for}`),
      h("button.button.button-small", { type: "button", "aria-label": `Copy the JSON of ${one.title}`, onclick: () => copy(one) }, "Copy JSON"),
    ),
    h(
      "div.example-stage",
      null,
      one.heading ? h("p.example-heading", null, one.heading) : null,
      blocks,
      one.kind === "modal"
        ? h(
            "div.example-foot",
            null,
            h("button.button", { type: "button", onclick: () => toast(INERT) }, one.close ?? "Close"),
            one.submit ? h("button.button.button-primary", { type: "button", onclick: () => toast(INERT) }, one.submit) : null,
          )
        : null,
    ),
  );
}

/** Draws an example when it comes near the screen: there are hundreds. */
const near = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen)
      if (isIntersecting) {
        near.unobserve(target);
        reveal(target);
      }
  },
  { rootMargin: "800px" },
);

function reveal(place) {
  const one = examples.find((each) => each.id === place.dataset.example);
  if (one && place.isConnected) place.replaceWith(draw(one));
}

function show() {
  const typed = $("find").value.trim().toLowerCase();
  const found = examples.filter(
    (one) =>
      (!$("feature").value || one.feature === $("feature").value) &&
      (!$("kind").value || one.kind === $("kind").value) &&
      one.search.includes(typed),
  );
  near.disconnect();
  const groups = Map.groupBy(found, (one) => one.feature);
  fill(
    $("examples"),
    [...groups].map(([feature, members]) =>
      h(
        "section",
        { "aria-label": nameOfFeature(feature) },
        h("h2", null, nameOfFeature(feature), " ", h("small", null, String(members.length))),
        members.map((one) => h("div.example-place", { id: one.id, data: { example: one.id } }, one.title)),
      ),
    ),
    found.length ? null : h("p.gallery-none", null, "No example of that kind. Try fewer words."),
  );
  for (const place of document.querySelectorAll(".example-place")) near.observe(place);
  $("count").textContent = found.length === 1 ? "1 example" : `${found.length} examples`;
}

function follow() {
  const wanted = document.getElementById(location.hash.slice(1));
  if (!wanted) return;
  if (wanted.dataset.example) reveal(wanted);
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function theme() {
  const chosen = setting("theme");
  const dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("theme").setAttribute("aria-pressed", String(dark));
}

async function start() {
  theme();
  const given = await api.gallery();
  state.app = { name: "Rowbot" };
  state.people = new Map(Object.entries(given.people ?? {}).map(([id, name]) => [id, { id, name, real_name: name, tz: "UTC", title: "" }]));
  state.channels = new Map(Object.entries(given.channels ?? {}).map(([id, name]) => [id, { id, name, kind: "public", members: [] }]));
  state.me = [...state.people.keys()][0] ?? null;
  examples = (given.examples ?? []).map((one) => ({ ...one, id: idOf(one), search: `${one.feature} ${one.title} ${one.for} ${JSON.stringify(one.blocks)}`.toLowerCase() }));
  const option = (value, label) => h("option", { value }, label);
  fill($("feature"), option("", "All features"), [...new Set(examples.map((one) => one.feature))].map((one) => option(one, nameOfFeature(one))));
  fill($("kind"), option("", "All kinds"), Object.entries(KINDS).map(([key, label]) => option(key, label)));
  for (const id of ["find", "feature", "kind"]) $(id).addEventListener("input", show);
  $("phone").addEventListener("click", () => {
    const narrow = document.body.classList.toggle("phone");
    $("phone").setAttribute("aria-pressed", String(narrow));
  });
  $("theme").addEventListener("click", () => {
    setting("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    theme();
  });
  window.addEventListener("hashchange", follow);
  // Mentions and links lead into a workspace, and there is none here.
  document.addEventListener("rowbot:go", () => announce(INERT));
  show();
  if (!examples.length) fill($("examples"), h("p.gallery-none", null, "This sandbox was given no examples. Set `sandbox.gallery` to show your app's."));
  follow();
  document.documentElement.dataset.ready = "1";
}

start().catch(explain);
