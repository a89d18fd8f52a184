// Single sentences to send: each is put into the message box of whoever would say it, and shows one answer of the app.
import { h } from "../dom.js";
import { go } from "../navigation.js";
import { state } from "../store.js";
import { explain } from "../ui/toast.js";

async function write(one) {
  const person = [...state.people.values()].find((each) => [each.id, each.name, each.real_name].includes(one.as));
  try {
    await go({ as: person?.id ?? state.me, channelName: String(one.channel ?? "").replace(/^#/, ""), text: one.text });
  } catch (refusal) {
    explain(refusal);
  }
}

/** The sentences as buttons; `chosen()` is called before one is put in place. */
export function sentenceList(sentences, chosen) {
  return h(
    "ol",
    { role: "list" },
    sentences.map((one) =>
      h(
        "li",
        null,
        h(
          "button.tour-story",
          { type: "button", title: one.text, onclick: () => (chosen(), write(one)) },
          h("strong", null, one.title || one.text.slice(0, 60)),
          h("span", null, one.shows || one.text),
        ),
      ),
    ),
  );
}
