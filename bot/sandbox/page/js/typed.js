// Between what people type and what Slack stores. The server turns typed names and addresses into markup; this is the way back, for editing.
import { state } from "./store.js";
import { unescape } from "./text/mrkdwn.js";

const TYPEABLE = /^[A-Za-z0-9][\p{L}\p{N}_.'-]*(?: \p{Lu}[\p{L}\p{N}_'-]*)?$/u;

/** The words after "@" by which a person is found again. */
export function handleOf(person) {
  const real = person.real_name ?? "";
  return TYPEABLE.test(real) ? real : person.name;
}

/** A stored text as a person would have typed it. */
export function asTyped(text) {
  return unescape(
    String(text ?? "").replaceAll(/<([^<>]+)>/g, (whole, inside) => {
      const [target, label] = inside.split("|", 2);
      if (target.startsWith("@")) {
        const person = state.people.get(target.slice(1));
        return person ? `@${handleOf(person)}` : `@${label ?? target.slice(1)}`;
      }
      if (target.startsWith("#")) return `#${state.channels.get(target.slice(1))?.name ?? label ?? target.slice(1)}`;
      if (/^!(here|channel|everyone)$/.test(target)) return `@${target.slice(1)}`;
      return /^(https?:|mailto:)/.test(target) ? target : whole;
    }),
  );
}
