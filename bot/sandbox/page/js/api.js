// The sandbox server, as the page speaks to it. Every call answers with the reply or throws a Refusal, whose message is a sentence for people.
import { state } from "./store.js";

/** The server said no, or did not answer. `errors` carries a form's sentences by block. */
export class Refusal extends Error {
  constructor(sentence, { errors = null, offline = false } = {}) {
    super(sentence);
    this.errors = errors;
    this.offline = offline;
  }
}

const UNREACHABLE = "The sandbox does not answer. Is it still running in your terminal?";

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new Refusal(UNREACHABLE, { offline: true });
  }
  let reply;
  try {
    reply = await response.json();
  } catch {
    throw new Refusal(`The sandbox answered ${response.status} without a reason. Its terminal may say more.`);
  }
  if (!reply?.ok) throw new Refusal(sentence(reply, response.status), { errors: reply?.errors ?? null });
  return reply;
}

function sentence(reply, status) {
  if (typeof reply?.error === "string" && reply.error) return reply.error;
  return reply?.errors ? "Some fields need another look." : `The sandbox refused with ${status}.`;
}

function get(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters))
    if (value !== undefined && value !== null) query.set(key, value);
  const text = query.toString();
  return ask(text ? `${path}?${text}` : path);
}

function post(path, body = {}) {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as: state.me, ...body }),
  });
}

export const api = {
  state: (as) => get("/sandbox/state", { as }),
  messages: (channel, before, limit = 50) => get("/sandbox/messages", { as: state.me, channel, before, limit }),
  thread: (channel, ts) => get("/sandbox/thread", { as: state.me, channel, ts }),
  views: () => get("/sandbox/views", { as: state.me }),
  suggestions: () => get("/sandbox/suggestions"),
  tours: () => get("/sandbox/tours"),
  gallery: () => get("/sandbox/gallery"),
  send: (channel, text, thread) =>
    post("/sandbox/message", { channel, text, ...(thread ? { thread_ts: thread } : {}) }),
  edit: (channel, ts, text) => post("/sandbox/message/edit", { channel, ts, text }),
  remove: (channel, ts) => post("/sandbox/message/delete", { channel, ts }),
  react: (channel, ts, name, remove) =>
    post("/sandbox/reaction", { channel, ts, name, ...(remove ? { remove: true } : {}) }),
  read: (channel, ts) => post("/sandbox/read", { channel, ts }),
  command: (channel, text) => post("/sandbox/command", { channel, text }),
  action: (container, action, values) =>
    post("/sandbox/action", { container, action, ...(values ? { state: values } : {}) }),
  shortcut: (callback, channel, ts) =>
    post("/sandbox/shortcut", { callback_id: callback, ...(channel ? { channel } : {}), ...(ts ? { ts } : {}) }),
  submit: (view, values) => post("/sandbox/view/submit", { view_id: view, values }),
  closeView: (view) => post("/sandbox/view/close", { view_id: view }),
  options: (container, action, block, value) =>
    post("/sandbox/options", {
      container,
      ...(container.view_id ? { view_id: container.view_id } : {}),
      action_id: action,
      block_id: block,
      value,
    }),
  createChannel: (name, isPrivate) => post("/sandbox/channel", { name, private: isPrivate }),
  join: (channel) => post("/sandbox/join", { channel }),
  leave: (channel) => post("/sandbox/leave", { channel }),
  invite: (channel, user) => post("/sandbox/invite", { channel, user }),
  kick: (channel, user) => post("/sandbox/remove", { channel, user }),
  archive: (channel, restore = false) => post("/sandbox/archive", { channel, ...(restore ? { restore } : {}) }),
  dm: (users) => post("/sandbox/dm", { users }),
  home: () => post("/sandbox/home"),
  status: (status) => post("/sandbox/status", status),
  steps: () => get("/sandbox/steps", { as: state.me }),
  travel: (step, othersAnswer) => post("/sandbox/travel", { step, others_answer: othersAnswer }),
  stopTravelling: () => post("/sandbox/travel/stop"),
  traffic: (since, place) => get("/sandbox/traffic", { since, ...place }),
  trafficEntry: (n) => get("/sandbox/traffic/entry", { n }),
  clearTraffic: () => post("/sandbox/traffic/clear"),
  faults: () => get("/sandbox/faults"),
  planFault: (fault) => post("/sandbox/faults", fault),
  stopFaults: (number) => post("/sandbox/faults/stop", { number }),
  attach: async (file) => {
    let bytes = "";
    for (const byte of new Uint8Array(await file.arrayBuffer())) bytes += String.fromCharCode(byte);
    return post("/sandbox/file", { name: file.name, content: btoa(bytes) });
  },
  reset: () => post("/sandbox/reset"),
};
