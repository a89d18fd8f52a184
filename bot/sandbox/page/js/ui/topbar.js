// The top: whose workspace this is, as whom one acts, the light, the live line, and starting over.
import { api } from "../api.js";
import { forgetDrafts, setting } from "../drafts.js";
import { fill, h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { me, now, on, state } from "../store.js";
import { clock, place, weekday } from "../time.js";
import { avatar } from "./avatar.js";
import { ask } from "./confirm.js";
import { openJump, openKeys } from "./jump.js";
import { showNear } from "./near.js";
import { statusMark, statusRow, statusWords } from "./status.js";
import { explain } from "./toast.js";

const $ = (id) => document.getElementById(id);

function go(detail) {
  document.body.dispatchEvent(new CustomEvent("rowbot:go", { bubbles: true, detail }));
}

function placeAndTime(person) {
  const zone = person.tz ?? "UTC";
  const away = weekday(now(), zone) === weekday(now(), me().tz) ? "" : `${weekday(now(), zone)} `;
  return { where: place(zone), time: `${away}${clock(now(), zone)}` };
}

function drawMe() {
  const person = me();
  const { where } = placeAndTime(person);
  const button = $("acting");
  fill(
    button,
    avatar(person, "small"),
    h(
      "span.acting-words",
      null,
      h(
        "span.acting-line",
        null,
        h("span.acting-lead", null, "You are acting as "),
        h("strong", null, person.real_name || person.name),
        statusMark(person),
      ),
      h(
        "small.acting-title",
        null,
        statusWords(person) || person.title,
      ),
    ),
    icon("down"),
  );
  button.setAttribute(
    "aria-label",
    `You are acting as ${[person.real_name || person.name, person.title, statusWords(person), where].filter(Boolean).join(", ")}. Act as somebody else`,
  );
}

/** The list of people to act as, with everyone's own time. */
function openSwitcher() {
  const anchor = $("acting");
  const listId = uid("people");
  const field = h("input.field", {
    type: "text",
    inputmode: "search",
    placeholder: "Find a person",
    "aria-label": "Find a person to act as",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": listId,
    autocomplete: "off",
    oninput: draw,
    onkeydown: keys,
  });
  const list = h("ul.people", { id: listId, role: "list", "aria-label": "People" });
  const sheet = h(
    "div.popover.switcher",
    { popover: "manual", role: "dialog", "aria-label": "Act as somebody else" },
    statusRow(close),
    h("p.quiet-note", null, "See the workspace through somebody's eyes. Open two tabs to be two people."),
    field,
    list,
  );
  document.body.append(sheet);
  draw();
  sheet.showPopover();
  const stop = showNear(sheet, anchor, { end: true });
  anchor.setAttribute("aria-expanded", "true");
  const outside = (event) => {
    if (!sheet.contains(event.target) && !anchor.contains(event.target)) close();
  };
  document.addEventListener("pointerdown", outside, true);
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
      anchor.focus();
    }
  });
  sheet.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !sheet.contains(event.relatedTarget)) close();
  });
  anchor.shut = close;
  field.focus();

  function close() {
    if (!sheet.isConnected) return;
    stop();
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute("aria-expanded", "false");
    sheet.remove();
    anchor.shut = null;
  }

  function draw() {
    const typed = field.value.trim().toLowerCase();
    const people = [...state.people.values()].filter(
      (person) =>
        !person.is_bot &&
        !person.deleted &&
        `${person.real_name} ${person.name} ${person.title} ${place(person.tz)}`.toLowerCase().includes(typed),
    );
    fill(
      list,
      people.map((person) => {
        const { where, time } = placeAndTime(person);
        const address = new URL(location.href);
        address.hash = `as=${person.id}`;
        return h(
          "li.person-row",
          null,
          h(
            "button.person",
            {
              type: "button",
              "aria-current": person.id === state.me ? "true" : null,
              onclick: () => {
                close();
                anchor.focus();
                go({ as: person.id });
              },
            },
            avatar(person, "small"),
            h(
              "span.option-text",
              null,
              h(
                "span",
                null,
                person.real_name || person.name,
                statusMark(person),
                person.is_admin ? h("span.badge", null, "Admin") : null,
                person.is_external ? h("span.badge.badge-external", null, "External") : null,
              ),
              h("small", null, person.title),
            ),
            h("span.person-time", null, h("span", null, time), h("small", null, where)),
          ),
          h(
            "a.icon-button",
            {
              href: address.href,
              target: "_blank",
              rel: "noopener",
              "aria-label": `Open a tab as ${person.real_name || person.name}`,
              title: "Open in a new tab",
            },
            icon("window"),
          ),
        );
      }),
      people.length ? null : h("p.quiet-note", null, "Nobody of that name."),
    );
  }

  function keys(event) {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      list.querySelector(".person")?.focus();
    }
    if (event.key === "Enter") {
      event.preventDefault();
      list.querySelector(".person")?.click();
    }
  }
}

/** Light, dark, or as the system has it. */
export function applyTheme() {
  const chosen = setting("theme");
  const dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const button = $("theme");
  fill(button, icon(dark ? "sun" : "moon"));
  button.setAttribute("aria-label", dark ? "Use the light theme" : "Use the dark theme");
  button.title = button.getAttribute("aria-label");
}

let startingOver = false;

function drawLink() {
  const mark = $("link-state");
  const words = startingOver ? "Starting over: the last weeks are played again…" : { online: "", connecting: "Reconnecting…", offline: "Offline. Trying again…" }[state.link];
  mark.hidden = !words;
  mark.textContent = words;
  document.body.classList.toggle("offline", state.link === "offline");
}

async function reset() {
  const yes = await ask({
    title: "Start over?",
    text: "Every message, initiative and decision in this sandbox goes back to the beginning of the demo. Nothing outside the sandbox is touched.",
    yes: "Start over",
    no: "Keep it",
    danger: true,
  });
  if (!yes) return;
  startingOver = true;
  drawLink();
  try {
    await api.reset();
    forgetDrafts();
    location.hash = `as=${state.me}`;
    location.reload();
  } catch (refusal) {
    explain(refusal);
  } finally {
    startingOver = false;
    drawLink();
  }
}

export function startTopbar() {
  $("acting").addEventListener("click", () => ($("acting").shut ? $("acting").shut() : openSwitcher()));
  $("theme").addEventListener("click", () => {
    setting("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    applyTheme();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
  $("reset").addEventListener("click", reset);
  $("jump").addEventListener("click", openJump);
  $("keys").addEventListener("click", openKeys);
  $("menu").addEventListener("click", () => document.body.classList.toggle("show-sidebar"));
  for (const [id, name] of [
    ["reset", "reset"],
    ["jump", "search"],
    ["keys", "keyboard"],
    ["menu", "menu"],
  ])
    $(id).prepend(icon(name));
  on("state", () => {
    drawMe();
    $("team").textContent = state.team?.name ?? "";
  });
  on("link", drawLink);
  applyTheme();
}
