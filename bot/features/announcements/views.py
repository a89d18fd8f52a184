"""Draws what announcers meet: the reply in the thread, the quiet questions, the form that shows matches before it is saved."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.features.announcements.reply import Aside, Reply, ReplyState
from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.features.matching import views as matching
from bot.features.overlaps import views as overlaps
from bot.features.overlaps.said import Candidate
from bot.slack import blocks as b
from storage.channels import ChannelMode
from storage.teams import Team

EDIT: Final = "announcements.edit"
DISMISS: Final = "announcements.dismiss"
RESTORE: Final = "announcements.restore"
REGISTER: Final = "announcements.register"
DECLINE: Final = "announcements.decline"
MUTE: Final = "announcements.mute"
SET_TEAM: Final = "announcements.set_team"
NAME_TEAM: Final = "announcements.name_team"
SET_MODE: Final = "announcements.set_mode"
FORM: Final = "announcements.form"
CONFIRM: Final = "announcements.confirm"
TEAM_FORM: Final = "announcements.team_form"
ANNOUNCE_SHORTCUT: Final = "announcements.announce"
MESSAGE_SHORTCUT: Final = "announcements.register_message"
OPEN_FORM: Final = "announcements.open_form"
BACK: Final = "announcements.back"

_COUNTS: Final = {1: "One effort looks", 2: "Two efforts look", 3: "Three efforts look"}
_ENDED: Final[Mapping[ReplyState, str]] = {
    ReplyState.DISMISSED: "is off the registry: its author says that it is no initiative.",
    ReplyState.WITHDRAWN: "is off the registry: the message no longer announces it.",
    ReplyState.RETIRED: "was withdrawn from the registry.",
    ReplyState.DELETED: "is off the registry: its announcement was deleted.",
}

MODE_WORDS: Final[Mapping[ChannelMode, str]] = {
    ChannelMode.ON: "I answer announcements in their thread",
    ChannelMode.QUIET: "I tell only the author",
    ChannelMode.OBSERVE: "I watch and say nothing",
    ChannelMode.OFF: "I ignore what is said",
}


def headline(candidates: Sequence[Candidate]) -> str:
    """What the candidates mean, in one line."""
    standing = sum(candidate.unrelated is None for candidate in candidates)
    if not standing:
        return "Nothing else looks like the same work."
    return f"*{_COUNTS[standing]} like the same work*"


def reply(said: Reply) -> b.Message:
    """The reply in the thread."""
    number = str(said.announcement_id)
    if said.state is not ReplyState.OPEN:
        text = f"{initiatives.title(said.card)} {_ENDED[said.state]}"
        undo = None if said.state is ReplyState.DELETED else b.button("Undo", RESTORE, value=number)
        return b.Message(b.fallback(text), [b.section(text, accessory=undo)])
    opening = initiatives.line(said.card)
    if said.posted_for:
        opening = f"{b.mention(said.posted_for)} announces {opening}"
    drawn: list[b.Block] = [b.section(opening)]
    if said.posted_for and said.card.summary:
        drawn.append(b.section(b.quote(said.card.summary, 1500)))
    if said.candidates or not said.posted_for:
        drawn.append(b.section(headline(said.candidates)))
    drawn += _candidates(said.card, said.candidates)
    drawn.append(
        b.actions(
            b.button("Edit", EDIT, value=number),
            b.button("Not an initiative", DISMISS, value=number),
            block_id=f"own:{number}",
        )
    )
    return b.Message(_summed_up(said.card, said.candidates), drawn)


def _candidates(card: Card, candidates: Sequence[Candidate]) -> list[b.Block]:
    drawn = []
    for number, candidate in enumerate(candidates, 1):
        drawn += overlaps.candidate_blocks(candidate, number=number, pair=overlaps.value_of(card.id, candidate.card.id))
    return drawn


def _summed_up(card: Card, candidates: Sequence[Candidate]) -> str:
    """One line for notifications."""
    names = [candidate.card.title for candidate in candidates if candidate.unrelated is None]
    similar = f"similar to {b.listed(names)}" if names else "nothing else looks like the same work"
    return b.fallback(b.escape(f"{card.title}: {similar}."))


def aside(said: Aside) -> b.Message:
    """What only the author is told."""
    return for_author(said) if said.candidates else registered_quietly(said)


def for_author(said: Aside) -> b.Message:
    """What only the author is told: the whole answer in a quiet channel, or candidates that others there may not see."""
    number = str(said.announcement_id)
    drawn = [
        b.section(initiatives.line(said.card)),
        b.section(headline(said.candidates)),
        *_candidates(said.card, said.candidates),
    ]
    if said.private:
        drawn.append(b.context("I tell only you: some of this is kept to a private channel that you are in."))
    drawn.append(
        b.actions(
            b.button("Edit", EDIT, value=number),
            b.button("Not an initiative", DISMISS, value=number),
            block_id=f"own:{number}",
        )
    )
    return b.Message(_summed_up(said.card, said.candidates), drawn)


def registered_quietly(said: Aside) -> b.Message:
    """To the author in a quiet channel, when nothing similar is known."""
    text = f"Noted: {initiatives.line(said.card)}. Nothing else looks like the same work."
    number = str(said.announcement_id)
    return b.Message(
        b.fallback(text),
        [
            b.section(text),
            b.actions(b.button("Edit", EDIT, value=number), b.button("Not an initiative", DISMISS, value=number)),
        ],
    )


def question(announcement_id: int, title: str, similar: Sequence[Card] = ()) -> b.Message:
    """To the author alone: is this one? With what they may see of similar work, if there is any."""
    number = str(announcement_id)
    promise = "If so I will tell you who already works on it."
    if similar:
        known = b.listed([f"{initiatives.title(card)} ({initiatives.whose(card)})" for card in similar])
        promise = f"It looks close to {known}; registered, it gets the reasons."
    text = f"Is this the start of something new (_{b.quote(title, 100)}_)? {promise}"
    buttons = b.actions(b.button("Register it", REGISTER, value=number, style="primary"), b.button("No", DECLINE, value=number),
                        b.button("Never ask me in this channel", MUTE, value=number))  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text), buttons])


def team_question(initiative: Card, teams: Sequence[Team]) -> b.Message:
    """To an author without a team, once."""
    text = f"Which team is {initiatives.title(initiative)} for? I ask once."
    elements = []
    if teams:
        elements.append(
            b.select(
                SET_TEAM,
                [b.option(team.name, f"{initiative.id}.{team.id}") for team in list(teams)[: b.OPTIONS]],
                placeholder="Choose a team…",
            )
        )
    elements.append(b.button("Another team…" if teams else "Name the team…", NAME_TEAM, value=str(initiative.id)))
    return b.Message(b.fallback(text), [b.section(text), b.actions(*elements)])


def team_set(initiative: Card) -> b.Message:
    """What the question about a team says once it is answered."""
    return initiatives.changed(initiative, f"is for {b.quote(initiative.team, 80)}.")


def team_form(initiative: Card, *, response_url: str) -> dict[str, Any]:
    """The name of a team that is not in the list. ``response_url`` is that of the question, which then says the answer."""
    name = b.field(initiatives.TEAM_NAME, "Team", b.text_input("team_name", longest=80))
    return b.modal("Name the team", [b.section(initiatives.title(initiative)), name], callback_id=TEAM_FORM, submit="Save",
                   metadata=json.dumps({"id": initiative.id, "response_url": response_url}))  # fmt: skip


def read_response_url(view: Mapping[str, Any]) -> str:
    """Where the message lives that a form was opened from; "" for none."""
    return str(json.loads(view["private_metadata"]).get("response_url") or "")


def greeting(mode: ChannelMode) -> b.Message:
    """Three lines when the bot is invited, with the way to quiet it."""
    text = ("I listen for new initiatives here and tell you who already works on something like it.\n"
            "`New initiative: …` always counts; plain words do when they are clear. `/rowbot announce` opens a form, `/rowbot help` shows the rest.\n"
            "Too loud? Choose below, or type `/rowbot channel quiet` at any time.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text), b.actions(mode_select(mode), block_id="mode")])


def mode_select(mode: ChannelMode) -> b.Element:
    """How loud the bot is in a channel."""
    options = [b.option(words, each.value) for each, words in MODE_WORDS.items()]
    return b.select(SET_MODE, options, initial=mode.value, placeholder="How loud?")


def mode_set(mode: ChannelMode, *, shared: bool = False, inside: bool = True) -> b.Message:
    """What a change of mode means."""
    text = f"Set to `{mode.value}` here: {MODE_WORDS[mode]}."
    if shared and mode is ChannelMode.OFF:
        text = "This channel is shared with another organisation, so I ignore it. `/rowbot channel quiet` lets me tell authors of ours, and nobody else."
    elif mode is not ChannelMode.ON:
        text += " `/rowbot channel on` goes back." if not shared else " `/rowbot channel off` goes back."
    if not inside:
        text += " I am not in it yet: `/invite @Rowbot`."
    return b.Message(b.fallback(text), [b.section(text)])


#: What may be too long to be carried beside a form, longest first: name, block, label.
_LONG: Final = (
    ("summary", initiatives.SUMMARY, "What it is for"),
    ("lesson", initiatives.LESSON, "What others should learn from it"),
    ("url", initiatives.URL, "Link"),
)

# --- the form ---------------------------------------------------------------------------------------------------


def announce_form(values: Mapping[str, Any], *, teams: Sequence[Team], capabilities: Sequence[tuple[str, str]],
                  source: Mapping[str, str] | None = None) -> dict[str, Any]:  # fmt: skip
    """The form behind `/rowbot announce` and the shortcuts. ``source`` is the message that it is made from: channel, ts, author."""
    intro = b.context("Before anything is saved you see who already works on something like it.")
    fields = initiatives.form_blocks(values, teams=teams, capabilities=capabilities, channel=source is None)
    return b.modal(
        "Announce an initiative",
        [intro, *fields],
        callback_id=FORM,
        submit="Continue",
        metadata=json.dumps({"source": dict(source or {})}),
    )


def confirm_form(
    values: Mapping[str, Any], candidates: Sequence[Candidate], *, source: Mapping[str, str]
) -> dict[str, Any]:
    """The matches, before anything is saved."""
    drawn: list[b.Block] = [b.section(f"*{b.quote(str(values['title']), b.HEADER)}*"), b.section(headline(candidates))]
    for number, candidate in enumerate(candidates, 1):
        card = candidate.card
        lines = [f"{number}. {initiatives.title(card)} · {initiatives.whose(card)} · {initiatives.standing(card)}"]
        reasons = matching.why(candidate.reasons)
        lines += [
            line
            for line in (
                f"Why: {reasons}" if reasons else "",
                matching.differs(candidate.reasons),
                overlaps.advice(card),
            )
            if line
        ]
        drawn.append(b.section(b.fitting(lines)))
    drawn.append(b.context("Register it anyway and say later how it differs, or talk to them first."))
    drawn.append(b.actions(b.button("Change it", BACK)))
    kept = _kept(values)
    metadata = _carried(source, kept)
    for name, block_id, label in _LONG:
        if len(metadata) > b.METADATA and kept[name]:
            # Slack keeps 3,000 characters beside a form: what is longer travels in a field of it instead.
            drawn.append(
                b.field(block_id, label, b.text_input(name, initial=kept[name], multiline=name != "url"), optional=True)
            )
            kept[name] = ""
            metadata = _carried(source, kept)
    while len(metadata) > b.METADATA and kept["capabilities"]:
        kept["capabilities"] = kept["capabilities"][:-1]
        metadata = _carried(source, kept)
    return b.modal(
        "Before you register", drawn, callback_id=CONFIRM, submit="Register it", close="Cancel", metadata=metadata
    )


def _carried(source: Mapping[str, str], values: Mapping[str, Any]) -> str:
    return json.dumps({"source": dict(source), "values": dict(values)}, ensure_ascii=False)


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def read_source(view: Mapping[str, Any]) -> dict[str, str]:
    """The message that a form was made from; empty for none."""
    source: dict[str, str] = json.loads(view["private_metadata"]).get("source", {})
    return source


def read_confirmed(view: Mapping[str, Any]) -> dict[str, Any]:
    """The values that :func:`confirm_form` carried."""
    values: dict[str, Any] = json.loads(view["private_metadata"])["values"]
    values["capabilities"] = tuple(values.get("capabilities", ()))
    fields = view["state"]["values"]
    return values | {name: b.read_value(fields, block_id) or "" for name, block_id, _ in _LONG if block_id in fields}


def registered(card: Card, *, channel_id: str = "") -> dict[str, Any]:
    """The last page of the form: done."""
    where = f" and announced in {b.channel(channel_id)}" if channel_id else ""
    lines = [
        b.section(f"{initiatives.line(card)}\nIt is in the registry{where}."),
        b.context("`/rowbot mine` changes, hands over or withdraws it."),
    ]
    return b.modal("Registered", lines, callback_id="announcements.registered", close="Close")


def known_already(card: Card) -> dict[str, Any]:
    """The message is registered already."""
    return b.modal("Registered already", [b.section(initiatives.line(card)), b.context("`/rowbot mine` shows what you can change.")],
                   callback_id="announcements.known", close="Close")  # fmt: skip


def not_a_member(card: Card, channel_id: str) -> b.Message:
    """To who registered a message in a channel where the bot cannot post."""
    text = (f"{initiatives.title(card)} is in the registry, but I could not answer in {b.channel(channel_id)}. "
            "If I am not a member: `/invite @Rowbot`. `/rowbot mine` shows your initiative.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text)])
