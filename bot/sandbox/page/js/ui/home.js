// Rowbot's Home tab.
import { api } from "../api.js";
import { drawBlocks } from "../blocks/blocks.js";
import { Form } from "../blocks/form.js";
import { fill, h, redraw } from "../dom.js";
import { icon } from "../icons.js";
import { changed, on, state } from "../store.js";
import { avatar } from "./avatar.js";
import { explain } from "./toast.js";

const host = () => document.getElementById("channel");
let form = new Form();
let owner = null;

/** Opens the Home tab as the acting person; the app hears that it was opened. */
export async function loadHome() {
  const as = state.me;
  const reply = await api.home();
  if (as !== state.me) return;
  if (reply.view || state.home === undefined) takeHome(reply.view ?? null);
}

export function takeHome(view) {
  if (owner !== state.me || view?.id !== state.home?.id) form = new Form();
  owner = state.me;
  state.home = view;
  changed("home");
}

function draw() {
  if (state.place.kind !== "home") return;
  const name = state.app?.name ?? "Rowbot";
  const surface = {
    kind: "home",
    form,
    viewer: () => state.me,
    conversation: () => null,
    act: (action) =>
      api
        .action({ type: "home", ...(state.home ? { view_id: state.home.id } : {}) }, action, form.values)
        .catch(explain),
    options: (action, block, query) =>
      api.options({ type: "home", ...(state.home ? { view_id: state.home.id } : {}) }, action, block, query),
  };
  redraw(host(), () =>
    fill(
      host(),
      h(
        "header.place-head",
        null,
        h(
          "button.icon-button.only-narrow",
          { type: "button", "aria-label": "Channels", onclick: () => document.body.classList.add("show-sidebar") },
          icon("back"),
        ),
        h(
          "div.place-title",
          null,
          h("h1", null, avatar({ id: "app", name, real_name: name, is_bot: true }, "small"), h("span", null, name)),
          h("p.topic", null, "What concerns you, in one place"),
        ),
        h(
          "nav.tabs",
          { "aria-label": name },
          h("button.tab", { type: "button", "aria-current": "page" }, "Home"),
          h(
            "button.tab",
            {
              type: "button",
              data: { focus: "tab-messages" },
              onclick: (event) =>
                event.currentTarget.dispatchEvent(
                  new CustomEvent("rowbot:go", { bubbles: true, detail: { app: true } }),
                ),
            },
            "Messages",
          ),
        ),
      ),
      h(
        "div.scroller.home",
        { tabIndex: -1, data: { focus: "home" } },
        state.home === undefined
          ? h("p.quiet-note.loading", { role: "status" }, "Loading…")
          : state.home === null
            ? h(
                "div.empty",
                null,
                icon("home"),
                h("h2", null, "Nothing here yet"),
                h("p", null, `${name} has not published a Home for you. It appears here by itself.`),
              )
            : h("div.blocks.home-blocks", null, drawBlocks(state.home.blocks, surface)),
      ),
    ),
  );
}

export function startHome() {
  for (const topic of ["home", "place", "state"]) on(topic, draw);
}
