// The app's modals: opened, pushed, updated and closed by the server, filled in and sent by the person.
import { api } from "../api.js";
import { drawBlocks } from "../blocks/blocks.js";
import { Form } from "../blocks/form.js";
import { fill, h, redraw } from "../dom.js";
import { icon } from "../icons.js";
import { state } from "../store.js";
import { plainText } from "../text/mrkdwn.js";
import { avatar } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { announce } from "./toast.js";

const stack = []; // {view, form}, the last one is on the screen
let dialog = null;
let drawn = null; // the id of the view on the screen
let banner = null;
let accept = null;

/** Takes over a view from the server. `how` is "open", "push" or "update". */
export function showView(view, how) {
  const at = stack.findIndex((one) => one.view.id === view.id);
  if (at >= 0) stack[at].view = view;
  else {
    if (how !== "push" || !stack.length) stack.length = 0;
    stack.push({ view, form: startingWith(view) });
  }
  draw();
}

/** What was typed before a reload, if the server kept it. */
function startingWith(view) {
  const form = new Form();
  const values = view.state?.values ?? {};
  for (const [block, actions] of Object.entries(values))
    for (const [action, value] of Object.entries(actions)) form.set(block, action, value);
  return form;
}

/** Takes closed views away; without ids, all of them. */
export function dropViews(ids = null) {
  if (ids)
    for (const id of ids) {
      const at = stack.findIndex((one) => one.view.id === id);
      if (at >= 0) stack.splice(at, 1);
    }
  else stack.length = 0;
  draw();
}

/** Whether a view is on the page. */
export function hasView(id) {
  return stack.some((one) => one.view.id === id);
}

function draw() {
  const top = stack.at(-1);
  if (!top) {
    const open = dialog;
    dialog = null;
    drawn = null;
    open?.close();
    return;
  }
  const { view } = top;
  if (!dialog) {
    dialog = openDialog({
      title: "",
      className: "modal",
      beside: false,
      lead: avatar({ id: "app", name: state.app?.name ?? "app", real_name: state.app?.name, is_bot: true }, "small"),
      closing: () => {
        leave();
        return false;
      },
      closed: () => {
        dialog = null;
        drawn = null;
      },
    });
    dialog.node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        submit();
      }
    });
  }
  fill(dialog.heading, plainText(view.title?.text ?? ""));
  const same = drawn === view.id;
  drawn = view.id;
  if (same) redraw(dialog.body, () => body(top));
  else {
    body(top);
    focusFirst();
    announce(view.title?.text ?? "");
  }
}

function body(top) {
  const { view, form } = top;
  const inputs = (view.blocks ?? []).some((block) => block.type === "input");
  banner = h("p.form-banner", { role: "alert", hidden: true });
  const surface = {
    kind: "modal",
    form,
    viewer: () => state.me,
    conversation: () => state.place.channel,
    act: (action) =>
      api.action({ type: "view", view_id: view.id }, action, form.values).catch((refusal) => complain(refusal.message)),
    options: (action, block, query) => api.options({ type: "view", view_id: view.id }, action, block, query),
  };
  fill(dialog.body, banner, h("div.blocks", null, drawBlocks(view.blocks, surface)));
  for (const field of dialog.body.querySelectorAll("input.field"))
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.defaultPrevented && !event.isComposing) {
        event.preventDefault();
        submit();
      }
    });
  const closeLabel = view.close?.text ?? (view.submit ? "Cancel" : "Close");
  accept =
    view.submit || inputs
      ? h(
          "button.button.button-primary",
          { type: "button", disabled: view.submit_disabled === true, data: { focus: "submit" }, onclick: submit },
          plainText(view.submit?.text ?? "Submit"),
        )
      : null;
  dialog.foot.hidden = false;
  fill(
    dialog.foot,
    h("button.button", { type: "button", data: { focus: "cancel" }, onclick: leave }, plainText(closeLabel)),
    accept,
  );
}

function focusFirst() {
  const wanted = dialog.body.querySelector("[data-wanted]");
  const first =
    wanted ??
    dialog.body.querySelector(".input-block input, .input-block textarea, .input-block [role=textbox]") ??
    dialog.body.querySelector("button, a, input, textarea") ??
    dialog.foot.querySelector(".button-primary, button");
  first?.focus();
  dialog.body.scrollTop = 0;
}

function complain(sentence) {
  if (!banner) return;
  banner.replaceChildren(icon("warning"), sentence);
  banner.hidden = false;
  banner.scrollIntoView({ block: "nearest" });
}

async function submit() {
  const top = stack.at(-1);
  if (!top || !accept || accept.disabled || accept.getAttribute("aria-busy") === "true") return;
  const { view, form } = top;
  banner.hidden = true;
  const problems = form.problems();
  form.showErrors(problems);
  if (Object.keys(problems).length) return;
  const button = accept;
  button.setAttribute("aria-busy", "true");
  dialog.node.setAttribute("aria-busy", "true");
  try {
    await api.submit(view.id, form.values);
    // The server says on the live line whether the view closes, changes or is covered by another.
  } catch (refusal) {
    if (stack.at(-1) !== top) return;
    const left = refusal.errors ? form.showErrors(refusal.errors) : null;
    if (!left) complain(refusal.message);
    else if (Object.keys(left).length) complain(Object.values(left).join(" "));
  } finally {
    button.removeAttribute("aria-busy");
    dialog?.node.removeAttribute("aria-busy");
  }
}

function leave() {
  const top = stack.at(-1);
  if (!top) return;
  // `clear_on_close` takes the whole stack away, as in Slack.
  if (top.view.clear_on_close) stack.length = 0;
  else stack.pop();
  api.closeView(top.view.id).catch(() => {}); // the view may be gone on the server already
  draw();
}
