// "Try this": sentences that show what Rowbot does, each with the person and the place where they make sense.
import { api } from "../api.js";
import { setting } from "../drafts.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { on, state } from "../store.js";
import { avatar } from "./avatar.js";

let suggestions = [];
const narrow = () => window.matchMedia("(max-width: 1100px)").matches; // there the panel covers the conversation
let open = setting("try") !== "closed" && !narrow();

const host = () => document.getElementById("try");
const toggle = () => document.getElementById("try-toggle");

/** A person or channel by id or by name. */
function personOf(as) {
  return (
    state.people.get(as) ??
    [...state.people.values()].find((person) => [person.name, person.real_name].includes(as)) ??
    null
  );
}
function channelOf(name) {
  const wanted = String(name ?? "").replace(/^#/, "");
  return state.channels.get(wanted) ?? [...state.channels.values()].find((channel) => channel.name === wanted) ?? null;
}

export async function loadSuggestions() {
  try {
    suggestions = (await api.suggestions()).suggestions ?? [];
  } catch {
    suggestions = []; // a sandbox without a demo has none; the panel stays away
  }
  draw();
}

function show(want) {
  open = want;
  setting("try", open ? null : "closed");
  draw();
  if (open) host().querySelector("button")?.focus();
}

function draw() {
  const usable = suggestions.filter((one) => one.text);
  toggle().hidden = !usable.length;
  toggle().setAttribute("aria-expanded", String(open && usable.length > 0));
  const visible = open && usable.length > 0 && !state.thread;
  document.body.classList.toggle("has-try", visible);
  host().hidden = !visible;
  if (!visible) {
    fill(host());
    return;
  }
  fill(
    host(),
    h(
      "header.place-head",
      null,
      h(
        "div.place-title",
        null,
        h("h2", null, icon("compass"), h("span", null, "Try this")),
        h("p.topic", null, "Each puts a text in front of you; you send it."),
      ),
      h(
        "button.icon-button",
        {
          type: "button",
          "aria-label": "Close the suggestions",
          onclick: () => {
            show(false);
            toggle().focus();
          },
        },
        icon("close"),
      ),
    ),
    h(
      "ol.tries",
      { role: "list" },
      usable.map((one) => {
        const person = personOf(one.as);
        const channel = channelOf(one.channel);
        return h(
          "li",
          null,
          h(
            "button.try",
            { type: "button", onclick: (event) => use(event.currentTarget, one) },
            h("strong", null, one.title || one.text.slice(0, 60)),
            h("span.try-text", null, one.text),
            one.shows ? h("span.try-shows", null, one.shows) : null,
            h(
              "span.try-where",
              null,
              person ? [avatar(person, "tiny"), person.real_name || person.name] : null,
              channel || one.channel
                ? h("span", null, ` in #${channel?.name ?? String(one.channel).replace(/^#/, "")}`)
                : null,
            ),
          ),
        );
      }),
    ),
  );
}

function use(node, one) {
  if (narrow()) show(false);
  node.dispatchEvent(
    new CustomEvent("rowbot:go", {
      bubbles: true,
      detail: {
        as: personOf(one.as)?.id ?? state.me,
        channelName: String(one.channel ?? "").replace(/^#/, ""),
        text: one.text,
      },
    }),
  );
}

export function startSuggestions() {
  toggle().addEventListener("click", () => {
    if (state.thread)
      document.body.dispatchEvent(
        new CustomEvent("rowbot:go", { bubbles: true, detail: { channel: state.place.channel, thread: null } }),
      );
    show(state.thread ? true : !open);
  });
  for (const topic of ["state", "thread", "place"]) on(topic, draw);
}
