// Puts the page together.
import { setting } from "./drafts.js";
import { keys } from "./keys.js";
import { become, followAddress, go, readAddress } from "./navigation.js";
import { channelView, startChannel } from "./ui/channel.js";
import { startClock } from "./ui/clock.js";
import { startHome } from "./ui/home.js";
import { startTour } from "./tour/tour.js";
import { startInspector } from "./ui/inspector.js";
import { startSidebar } from "./ui/sidebar.js";
import { startThread } from "./ui/thread.js";
import { explain } from "./ui/toast.js";
import { startTopbar } from "./ui/topbar.js";

async function start() {
  startTopbar();
  startClock();
  startSidebar();
  startChannel();
  startThread();
  startHome();
  startInspector();
  document.addEventListener("rowbot:go", (event) => go({ ...event.detail }).catch(explain));
  document.addEventListener("keydown", keys);
  document
    .getElementById("sidebar-shade")
    .addEventListener("click", () => document.body.classList.remove("show-sidebar"));
  window.addEventListener("popstate", () => followAddress().catch(explain));
  for (let pause = 400; ; pause = Math.min(pause * 2, 5000)) {
    try {
      await become(readAddress().as ?? setting("as"));
      break;
    } catch (refusal) {
      document.getElementById("boot-words").textContent = refusal.message;
      if (!refusal.offline && (readAddress().as || setting("as"))) {
        // That person is not here any more: begin as the first one.
        history.replaceState(null, "", location.pathname);
        setting("as", null);
        continue;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  document.getElementById("boot").remove();
  await followAddress().catch(explain);
  startTour();
  document.documentElement.dataset.ready = "1";
  if (!("ontouchstart" in window) || window.matchMedia("(min-width: 800px)").matches)
    channelView.composer()?.field.focus();
}

start().catch((cause) => {
  console.error(cause);
  explain(cause);
});
