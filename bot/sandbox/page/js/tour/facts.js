// What is true in the workspace, as a story asks for it. Everything is read from the server, so that it counts however it came about.
import { api } from "../api.js";
import { state } from "../store.js";
import { plain } from "../text/mrkdwn.js";

/** A story cannot go on; the message is the sentence for the newcomer. */
export class Stuck extends Error {}

export function personOf(name) {
  const person = [...state.people.values()].find((one) => one.real_name === name || one.id === name);
  if (!person) throw new Stuck(`${name} is not in this workspace.`);
  return person.id;
}

export function channelOf(name) {
  const channel = [...state.channels.values()].find((one) => one.name === name);
  if (!channel) throw new Stuck(`There is no #${name} here.`);
  return channel.id;
}

export function appConversation(person) {
  return [...state.channels.values()].find((one) => one.kind === "im" && one.with === state.app.bot_user_id && one.members.includes(person))?.id ?? null;
}

/** Every element of a message or view that a person can use: {block, element}. */
export function elementsOf(blocks) {
  return (blocks ?? []).flatMap((block) =>
    [block.accessory, block.element, ...(block.elements ?? []), ...(block.actions ?? [])]
      .filter((element) => element?.action_id)
      .map((element) => ({ block, element })),
  );
}

function words(thing) {
  const parts = [thing.text ?? ""];
  JSON.stringify(thing.blocks ?? [], (key, value) => {
    if (key === "text" && typeof value === "string") parts.push(value);
    return value;
  });
  return plain(parts.join("\n"));
}

/** What a step remembered; a message that is gone makes the story stuck. */
export async function kept(memory, name) {
  const one = memory[name];
  if (!one) throw new Stuck("This story has lost its beginning.");
  try {
    const { messages } = await api.thread(one.channel, one.thread ?? one.ts);
    const found = messages.find((message) => message.ts === one.ts);
    if (found && found.subtype !== "tombstone") return { message: found, messages };
  } catch (refusal) {
    if (refusal.offline) throw refusal;
  }
  throw new Stuck("What this story was about is gone: it was deleted, or the sandbox started over.");
}

const byApp = (message) => Boolean(message.bot_id);

function fits(message, wanted) {
  return (
    (!wanted.by || message.user === personOf(wanted.by)) &&
    (!wanted.by_app || byApp(message)) &&
    (!wanted.lasting || !message.ephemeral) &&
    (!wanted.has || words(message).includes(wanted.has)) &&
    (!wanted.button || elementsOf(message.blocks).some(({ element }) => element.action_id === wanted.button))
  );
}

/** Whether a step has happened: {message} (or true) when it has, else null. `since`: the ts before which nothing counts. */
export async function happened(wanted, memory, since) {
  if (wanted.view) {
    const { views } = await api.views();
    return views.some((view) => view.callback_id === wanted.view && (!wanted.has || words(view).toLowerCase().includes(wanted.has.toLowerCase()))) || null;
  }
  if (wanted.message) {
    const { message } = await kept(memory, wanted.message);
    return fits(message, wanted) ? { message } : null;
  }
  if (wanted.said_by) {
    const channel = channelOf(wanted.in);
    const { messages } = await api.messages(channel);
    for (const message of messages.reverse()) {
      if (message.user !== personOf(wanted.said_by) || message.ts < since || !message.reply_count) continue;
      const thread = await api.thread(channel, message.ts);
      if (thread.messages.some((one) => byApp(one) && fits(one, { button: wanted.answered_with }))) return { message };
    }
    return null;
  }
  const channel = wanted.in_app ? appConversation(state.me) : null;
  if (wanted.in_app && !channel) return null;
  const messages = wanted.under ? (await kept(memory, wanted.under)).messages.slice(1) : (await api.messages(channel)).messages;
  const message = messages.reverse().find((one) => one.ts >= since && fits(one, wanted));
  return message ? { message } : null;
}
