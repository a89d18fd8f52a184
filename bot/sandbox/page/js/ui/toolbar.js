// What can be done with a message: the small bar that follows the pointer and the keyboard's focus, and its menu.
import { api } from "../api.js";
import { h } from "../dom.js";
import { emoji } from "../emoji.js";
import { icon } from "../icons.js";
import { copiesOf, onlyInThread, state } from "../store.js";
import { asTyped } from "../typed.js";
import { ask } from "./confirm.js";
import { startEditing } from "./editor.js";
import { openEmojiPicker } from "./emojipicker.js";
import { whereFrom } from "./inspector.js";
import { openMenu } from "./menu.js";
import { gist, react } from "./message.js";
import { announce, explain } from "./toast.js";

/** Gives a list of messages its bar and its keys. `openThread(message)`, `redraw()`. */
export function withToolbar(list, { openThread, redraw, inThread = false }) {
  let at = null;
  const bar = h("div.toolbar", { role: "toolbar", "aria-label": "Message actions" });

  const messageOf = (node) => (node ? copiesOf(node.dataset.channel, node.dataset.ts)[0] : null);

  function show(node) {
    if (node === at && bar.parentNode === node) return;
    at = node;
    const message = messageOf(node);
    if (!message || message.subtype === "tombstone") {
      bar.remove();
      return;
    }
    const quick = (name) =>
      tool(`React with ${name.replaceAll("_", " ")}`, () => react(message, name), h("span.emoji", null, emoji(name)));
    const canReply = !inThread && !message.ephemeral && !onlyInThread(message);
    bar.replaceChildren(
      ...[
        ...(message.ephemeral
          ? []
          : [
              quick("white_check_mark"),
              quick("eyes"),
              tool(
                "Add a reaction",
                (event) => openEmojiPicker(event.currentTarget, (name) => react(message, name)),
                icon("smile"),
              ),
            ]),
        ...(canReply ? [tool("Reply in the thread", () => openThread(message), icon("reply"))] : []),
        tool("More actions", (event) => menu(event.currentTarget, message), icon("dots")),
      ],
    );
    bar.lastElementChild.setAttribute("aria-haspopup", "menu");
    node.append(bar);
  }

  function tool(label, run, sign) {
    return h(
      "button.tool",
      { type: "button", "aria-label": label, title: label, data: { focus: `tool/${label}` }, onclick: run },
      sign,
    );
  }

  function menu(anchor, message) {
    const own = message.user === state.me && !message.bot_id && !message.ephemeral;
    const shortcuts = message.ephemeral ? [] : state.shortcuts.filter((shortcut) => shortcut.type === "message");
    openMenu(
      anchor,
      [
        !inThread && !message.ephemeral && !onlyInThread(message)
          ? { label: "Reply in the thread", lead: icon("reply"), run: () => openThread(message) }
          : null,
        own ? { label: "Edit the message", lead: icon("edit"), run: () => startEditing(message, redraw) } : null,
        { label: "Copy the text", lead: icon("link"), run: () => copy(asTyped(message.text)) },
        { label: "Where does this come from?", lead: icon("search"), run: () => whereFrom(message).catch(explain) },
        shortcuts.length ? { heading: state.app?.name ?? "Apps" } : null,
        ...shortcuts.map((shortcut) => ({
          label: shortcut.name,
          note: shortcut.description,
          lead: icon("bolt"),
          run: () => api.shortcut(shortcut.callback_id, message.channel, message.ts).catch(explain),
        })),
        message.ephemeral
          ? { label: "Dismiss", lead: icon("close"), run: () => api.remove(message.channel, message.ts).catch(explain) }
          : null,
        own ? { divider: true } : null,
        own ? { label: "Delete the message…", lead: icon("trash"), danger: true, run: () => remove(message) } : null,
      ],
      { label: "Message actions", end: true },
    );
  }

  async function remove(message) {
    const yes = await ask({
      title: "Delete this message?",
      text: `“${gist(message)}” will be gone for everyone.`,
      yes: "Delete",
      danger: true,
    });
    if (yes) api.remove(message.channel, message.ts).catch(explain);
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      announce("Copied.");
    } catch {
      explain(new Error("The browser did not let the page copy that."));
    }
  }

  list.addEventListener("pointerover", (event) => {
    const node = event.target.closest?.(".message");
    if (node && event.pointerType !== "touch") show(node);
  });
  list.addEventListener("pointerleave", () => {
    if (!at?.contains(document.activeElement)) {
      bar.remove();
      at = null;
    }
  });
  list.addEventListener("focusin", (event) => {
    const node = event.target.closest?.(".message");
    if (node) show(node);
  });
  list.addEventListener("focusout", (event) => {
    if (at && !list.contains(event.relatedTarget) && !at.matches(":hover")) {
      bar.remove();
      at = null;
    }
  });
  list.addEventListener("click", (event) => {
    const node = event.target.closest?.(".message");
    if (!node) return;
    if (event.target.closest("[data-thread]")) openThread(messageOf(node));
    else if (event.target.closest("[data-react]"))
      openEmojiPicker(event.target.closest("[data-react]"), (name) => react(messageOf(node), name));
    else if (!event.target.closest("button, a, input, textarea, select, summary, label, .picker")) {
      show(node);
    }
  });
  list.addEventListener("keydown", (event) => {
    if (!event.target.matches(".message") || event.ctrlKey || event.metaKey || event.altKey) return;
    const message = messageOf(event.target);
    if (!message) return;
    const key = event.key.toLowerCase();
    if ((event.key === "Enter" || key === "t") && !inThread && !message.ephemeral && !onlyInThread(message))
      openThread(message);
    else if (key === "r" && !message.ephemeral) openEmojiPicker(event.target, (name) => react(message, name));
    else if (key === "e" && message.user === state.me && !message.bot_id) startEditing(message, redraw);
    else if (key === "m") menu(bar.lastElementChild ?? event.target, message);
    else return;
    event.preventDefault();
  });
}
