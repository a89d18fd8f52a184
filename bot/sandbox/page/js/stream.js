// The live line to the server: Server-Sent Events over fetch, so that the last id travels with every new attempt and the pauses between
// attempts are ours to choose (EventSource gives up for good after a refused connection).

const PAUSES = [300, 800, 1500, 3000, 6000, 10000]; // milliseconds; the last one repeats
const SILENCE = 70000; // the server sends a comment line now and then; a line that is silent for longer is dead

/**
 * Opens the line for one person and keeps it open until `close()`; `from` is the id of the last event that is known already.
 * `heard(event)` gets each JSON object, `link(status, again)` "online" (again: not the first time), "connecting" or "offline".
 */
export function openStream(as, { from = null, heard, link }) {
  let closed = false;
  let lastId = from;
  let attempt = 0;
  let before = false;
  let abort = null;
  let wake = null;
  let watchdog = 0;

  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => abort?.abort(), SILENCE);
  };

  async function once() {
    abort = new AbortController();
    const query = new URLSearchParams({ as });
    if (lastId !== null) query.set("last_id", lastId);
    const response = await fetch(`/sandbox/stream?${query}`, {
      headers: { accept: "text/event-stream", ...(lastId === null ? {} : { "Last-Event-ID": lastId }) },
      cache: "no-store",
      signal: abort.signal,
    });
    if (!response.ok || !response.body) throw new Error(`stream refused with ${response.status}`);
    attempt = 0;
    link("online", before);
    before = true;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    alive();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      alive();
      rest += value;
      const parts = rest.split(/\r?\n\r?\n/);
      rest = parts.pop();
      for (const part of parts) take(part);
    }
  }

  function take(part) {
    const data = [];
    for (const line of part.split(/\r?\n/)) {
      const at = line.indexOf(":");
      if (at === 0) continue; // a comment: the heartbeat
      const field = at < 0 ? line : line.slice(0, at);
      const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
      if (field === "data") data.push(value);
      else if (field === "id") lastId = value;
    }
    if (!data.length || closed) return;
    let event;
    try {
      event = JSON.parse(data.join("\n"));
    } catch {
      return; // not ours
    }
    heard(event);
  }

  async function run() {
    while (!closed) {
      try {
        await once();
      } catch {
        // refused or torn: tried again below
      }
      clearTimeout(watchdog);
      if (closed) return;
      link(attempt === 0 ? "connecting" : "offline", before);
      const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)] * (0.8 + Math.random() * 0.4);
      attempt += 1;
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, pause);
      });
    }
  }

  const hurry = () => wake?.();
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  run();

  return {
    close() {
      closed = true;
      clearTimeout(watchdog);
      abort?.abort();
      wake?.();
      window.removeEventListener("online", hurry);
      document.removeEventListener("visibilitychange", hurry);
    },
  };
}
