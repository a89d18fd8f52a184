// Selects of every kind, single and multi, on top of the one picker.
import { avatar } from "../ui/avatar.js";
import { icon } from "../icons.js";
import { channelName, state } from "../store.js";
import { among, picker } from "./picker.js";

const many = (element) => element.type.startsWith("multi_");

function optionOf(option) {
  return { key: option.value, label: option.text?.text ?? option.value, note: option.description?.text, raw: option };
}

function groupsOf({ options, option_groups: groups }) {
  if (groups?.length)
    return groups.map((group) => ({ label: group.label?.text ?? "", options: (group.options ?? []).map(optionOf) }));
  return [{ label: "", options: (options ?? []).map(optionOf) }];
}

/** Builds the picker of an element: `part` names the value's field, `read` turns an option into what that field holds. */
function build(element, at, { part, initial, toOption, read, search, hurry = 0, leastQuery = 0 }) {
  const value = at.surface.form.take(at.block.block_id, element.action_id, { type: element.type, [part]: initial });
  const held = many(element) ? (value[part] ?? []) : value[part] ? [value[part]] : [];
  const node = picker({
    id: at.id,
    label: at.label ?? element.placeholder?.text ?? "Choose",
    many: many(element),
    most: element.max_selected_items ?? Infinity,
    placeholder: element.placeholder?.text,
    chosen: held.map(toOption),
    search,
    hurry,
    leastQuery,
    describedBy: at.describedBy,
    focusKey: at.focusKey,
    changed: async (options) => {
      const picked = options.map(read);
      const next = { [part]: many(element) ? picked : (picked[0] ?? null) };
      const before = at.surface.form.values[at.block.block_id]?.[element.action_id];
      at.surface.form.set(at.block.block_id, element.action_id, { type: element.type, ...next });
      if (!at.dispatch) return true;
      const told = await at.tell(next, node);
      if (told === false && before) at.surface.form.set(at.block.block_id, element.action_id, before);
      return told;
    },
  });
  if (element.focus_on_load) node.querySelector("input").dataset.wanted = "1";
  return node;
}

const raw = (option) => option.raw;

export function staticSelect(element, at) {
  return build(element, at, {
    part: many(element) ? "selected_options" : "selected_option",
    initial: many(element) ? (element.initial_options ?? []) : (element.initial_option ?? null),
    toOption: optionOf,
    read: raw,
    search: among(groupsOf(element)),
  });
}

export function externalSelect(element, at) {
  return build(element, at, {
    part: many(element) ? "selected_options" : "selected_option",
    initial: many(element) ? (element.initial_options ?? []) : (element.initial_option ?? null),
    toOption: optionOf,
    read: raw,
    hurry: 220,
    leastQuery: element.min_query_length ?? 3,
    search: async (query) => groupsOf(await at.surface.options(element.action_id, at.block.block_id, query)),
  });
}

function personOption(id) {
  const person = state.people.get(id);
  return {
    key: id,
    label: person?.real_name || person?.name || id,
    note: person?.title,
    lead: person ? avatar(person, "tiny") : null,
    raw: id,
  };
}

export function userSelect(element, at) {
  const people = () =>
    [...state.people.values()]
      .filter((person) => !person.is_bot)
      .map((person) => personOption(person.id))
      .sort((a, b) => a.label.localeCompare(b.label));
  return build(element, at, {
    part: many(element) ? "selected_users" : "selected_user",
    initial: many(element) ? (element.initial_users ?? []) : (element.initial_user ?? null),
    toOption: personOption,
    read: raw,
    search: (query) => among([{ label: "", options: people() }])(query),
  });
}

function conversationOption(id) {
  const channel = state.channels.get(id);
  const sign = { public: "hash", private: "lock" }[channel?.kind] ?? "people";
  return { key: id, label: channel ? channelName(channel) : id, lead: icon(sign), raw: id };
}

function conversations(element, kinds) {
  const filter = element.filter ?? {};
  return [...state.channels.values()]
    .filter(
      (channel) =>
        !channel.is_archived && (kinds ?? filter.include ?? ["public", "private", "im", "mpim"]).includes(channel.kind),
    )
    .filter((channel) => !(filter.exclude_external_shared_channels && channel.is_shared))
    .filter((channel) => !(filter.exclude_bot_users && channel.kind === "im" && state.people.get(channel.with)?.is_bot))
    .map((channel) => conversationOption(channel.id))
    .sort((a, b) => a.label.localeCompare(b.label));
}

export function conversationSelect(element, at) {
  const here = element.default_to_current_conversation ? at.surface.conversation?.() : null;
  return build(element, at, {
    part: many(element) ? "selected_conversations" : "selected_conversation",
    initial: many(element)
      ? (element.initial_conversations ?? (here ? [here] : []))
      : (element.initial_conversation ?? here ?? null),
    toOption: conversationOption,
    read: raw,
    search: (query) => among([{ label: "", options: conversations(element) }])(query),
  });
}

export function channelSelect(element, at) {
  return build(element, at, {
    part: many(element) ? "selected_channels" : "selected_channel",
    initial: many(element) ? (element.initial_channels ?? []) : (element.initial_channel ?? null),
    toOption: conversationOption,
    read: raw,
    search: (query) => among([{ label: "", options: conversations(element, ["public"]) }])(query),
  });
}
