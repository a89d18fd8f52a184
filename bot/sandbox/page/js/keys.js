// The keys that work everywhere.
import { state } from "./store.js";
import { channelView } from "./ui/channel.js";
import { openJump, openKeys } from "./ui/jump.js";
import { threadView } from "./ui/thread.js";

function nextPart(back) {
  const parts = [
    () => document.querySelector("#sidebar-nav .nav-item[tabindex='0']"),
    () => document.querySelector("#channel .message[tabindex='0']") ?? document.querySelector("#channel .home"),
    () => channelView.composer()?.field,
    () => document.querySelector("#thread:not([hidden]) .message[tabindex='0']"),
    () => threadView.composer()?.field,
    () => document.getElementById("acting"),
  ]
    .map((find) => find())
    .filter((node) => node?.isConnected && node.offsetParent !== null);
  const owners = parts.map((node) => node.closest("#sidebar-nav, .scroll-frame, .home, .composer, #topbar"));
  const here = owners.findIndex((owner) => owner?.contains(document.activeElement));
  parts[(here + (back ? -1 : 1) + parts.length) % parts.length]?.focus();
}

/** Hears a key that nothing else has used. */
export function keys(event) {
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (event.key === "F6") {
    event.preventDefault();
    nextPart(event.shiftKey);
  } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
    event.preventDefault();
    openJump();
  } else if (event.key === "?" && !typing) {
    event.preventDefault();
    openKeys();
  } else if (event.key === "Escape" && !event.defaultPrevented) {
    if (document.body.classList.contains("show-sidebar")) document.body.classList.remove("show-sidebar");
    else if (state.thread && !typing) threadView.close();
  }
}
