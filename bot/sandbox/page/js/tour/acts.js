// "Do it for me": what a story says, done through the same doors as the page's own buttons.
import { api } from "../api.js";
import { state } from "../store.js";
import { appConversation, channelOf, elementsOf, kept, personOf, Stuck } from "./facts.js";

const PATIENCE = 15000; // milliseconds for something to appear on the screen
const MONTH = 120000; // milliseconds for time to arrive where it was moved

async function until(find, sentence, patience = PATIENCE) {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(sentence);
}

/** Does the acts of a step, one after the other, as the acting person. */
export async function doAll(step, memory) {
  for (const act of step.do) {
    if (act.say) await say(act, step, memory);
    else if (act.command) await api.command(appConversation(state.me), act.command);
    else if (act.press) await press(act, memory);
    else if (act.press_in) await pressIn(act);
    else if (act.submit) await submit(act);
    else if (act.travel) await travel(act.travel);
  }
}

async function say(act, step, memory) {
  if (!act.under) {
    await api.send(channelOf(step.place.channel), act.say);
    return;
  }
  const { message } = await kept(memory, act.under);
  await api.send(message.channel, act.say, message.ts);
}

function chosen(element, option) {
  if (option) return { selected_option: element.options.find((one) => one.value.startsWith(option)) };
  return { text: element.text, ...(element.value === undefined ? {} : { value: element.value }) };
}

async function press(act, memory) {
  const { message, block, element } = await until(async () => {
    const messages = act.on
      ? [(await kept(memory, act.on)).message]
      : act.under
        ? (await kept(memory, act.under)).messages
        : (await api.messages(appConversation(state.me))).messages.reverse();
    for (const message of messages)
      for (const one of elementsOf(message.blocks))
        if (one.element.action_id === act.press && (!act.about || JSON.stringify(one.block.text ?? "").includes(act.about)))
          return { message, ...one };
    return null;
  }, "The button is not there.");
  await api.action(
    { type: "message", channel: message.channel, ts: message.ts },
    { type: element.type, action_id: element.action_id, block_id: block.block_id, ...chosen(element, act.option) },
  );
}

async function onTop(callback) {
  return until(async () => (await api.views()).views.findLast((view) => view.callback_id === callback), "The form did not open.");
}

async function pressIn(act) {
  const view = await onTop(act.press_in);
  const found = elementsOf(view.blocks).find(
    ({ element }) => element.action_id === act.action && (act.value === undefined || element.value === act.value),
  );
  if (!found) throw new Error("The button is not there.");
  await api.action(
    { type: "view", view_id: view.id },
    { type: found.element.type, action_id: act.action, block_id: found.block.block_id, ...chosen(found.element) },
  );
}

async function submit(act) {
  const view = await onTop(act.submit);
  await api.submit(view.id, act.with);
}

async function travel(step) {
  await api.travel(step, true);
  await until(async () => !(await api.state(state.me)).clock.trip, "Time has not arrived yet.", MONTH);
}

/** Takes back what an earlier run of this story announced: Rowbot rightly takes the same words again for a cross-post. */
export async function clearAway(story, actAs) {
  for (const step of story.steps)
    for (const act of step.do ?? []) {
      if (!act.say || act.under) continue;
      const author = personOf(step.as);
      const channel = channelOf(step.place.channel);
      const { messages } = await api.messages(channel, undefined, 200);
      for (const message of messages)
        if (message.user === author && message.text === act.say && message.subtype !== "tombstone") {
          await actAs(author);
          await api.remove(channel, message.ts);
        }
    }
}
