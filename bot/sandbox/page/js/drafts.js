// What people have typed and not sent, kept per person and conversation, so that neither a reload nor a switch loses a word.

const PREFIX = "rowbot.draft.";

function key(person, channel, thread) {
  return `${PREFIX}${person}.${channel}.${thread ?? ""}`;
}

function quietly(run, otherwise) {
  try {
    return run();
  } catch {
    return otherwise; // storage is full or switched off: drafts then live as long as the tab
  }
}

export function readDraft(person, channel, thread) {
  return quietly(() => localStorage.getItem(key(person, channel, thread)), null) ?? "";
}

export function keepDraft(person, channel, thread, text) {
  quietly(() =>
    text
      ? localStorage.setItem(key(person, channel, thread), text)
      : localStorage.removeItem(key(person, channel, thread)),
  );
}

export function forgetDrafts() {
  quietly(() => {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  });
}

/** A small setting of this browser (theme, last channel, …). */
export function setting(name, value) {
  if (value === undefined) return quietly(() => localStorage.getItem(`rowbot.${name}`), null);
  quietly(() =>
    value === null ? localStorage.removeItem(`rowbot.${name}`) : localStorage.setItem(`rowbot.${name}`, value),
  );
  return value;
}
