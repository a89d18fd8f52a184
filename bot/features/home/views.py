"""Draws help and the App Home."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.features.home.desk import Desk
from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.features.items import views as items
from bot.features.matching import views as matching
from bot.features.matching.explanation import Explanation
from bot.features.overlaps import views as overlaps
from bot.features.syncs import wording as syncs
from bot.features.syncs.card import SyncCard
from bot.features.syncs.meeting_card import Agreed
from bot.slack import blocks as b
from storage.overlaps import Verb

MEMBERS_ONLY: Final = "Rowbot's registry is for members of the workspace that installed it."
ANNOUNCE: Final = "announcements.open_form"

SEARCH: Final = "home.search"
SEARCH_FORM: Final = "home.search_form"
SEARCH_RESULTS: Final = "home.search_results"
WORDS: Final = "search.words"
#: Buttons whose listeners are other features'.
REPORT: Final = "reports.open"
SETTINGS: Final = "admin.settings"
ANSWER: Final = "syncs.answer"
HOURS: Final = "away.open"
REGISTER: Final = "announcements.register"
DECLINE: Final = "announcements.decline"

#: Of each kind of thing that waits; the rest comes up when these are done.
SHOWN: Final = 5
#: Texts that the embedder reads within seconds.
READ_AT_ONCE: Final = 100
LISTED_CHECK_INS: Final = 10
SEARCH_LENGTH: Final = 300

#: What everybody can do, and what only admins can: (command, what it does).
COMMANDS: Final = (
    ("/rowbot announce", "a form that shows similar work before anything is saved"),
    ("/rowbot search TEXT", "who works on something like it"),
    ("/rowbot mine", "yours: edit, hand over, close, withdraw"),
    (
        "/rowbot sync @PERSON",
        "a check-in with others, in writing and in person: weekly, monthly, once or in your own rhythm",
    ),
    ("/rowbot syncs", "your check-ins: show, move, pause, hand over, end"),
    ("/rowbot away until DAY", "days off, in words; without words a form, also for your hours and public holidays"),
    ("/rowbot waiting", "what waits for you, and what you wait for"),
    ("/rowbot channel on|quiet|observe|off", "how loud I am in this channel"),
    ("/rowbot digest", "a weekly summary in this channel: `on`, `on friday 14:00`, `off`, `now`"),
    ("/rowbot help", "this list"),
)
ADMIN_COMMANDS: Final = (
    (
        "/rowbot report",
        "what was registered, what overlapped and how check-ins went: `7d`, `30d`, `90d`, `quarter`, `year`, or two days",
    ),
    ("/rowbot settings", "channels, teams, check-ins, how early I warn, who administers me"),
    (
        "/rowbot backfill #channel 90d",
        "find announcements in a channel's past; you look at each before it enters the registry",
    ),
    ("/rowbot import", "bring in what exists already, and take an import back"),
    ("/rowbot health", "messages I could not deliver, and events I could not handle"),
)


def help_message(*, admin: bool = False, unknown: str = "") -> b.Message:
    """What this person can do."""
    opening = (
        f"I do not know `{b.quote(unknown, 40).replace('`', '')}`. This is what you can do:"
        if unknown
        else "I tell you who already works on what you are about to start."
    )
    commands = [*COMMANDS, *(ADMIN_COMMANDS if admin else ())]
    lines = "\n".join(f"`{command}`: {what}" for command, what in commands)
    also = ("Or post `New initiative: …` in a channel that I am in; plain words do when they are clear. "
            "On any message, *Register as initiative* is in its menu.")  # fmt: skip
    return b.Message(b.fallback(opening), [b.section(opening), b.section(lines), b.context(also)])


def home(desk: Desk) -> dict[str, Any]:
    """The App Home: what waits, the next meetings and check-ins, one's own; announce and search; for admins what is left to set up."""
    drawn = [
        *_tools(desk),
        *_set_up(desk),
        *_reading(desk),
        *_waiting(desk),
        *_waited_for(desk),
        *_meetings(desk),
        *_check_ins(desk),
    ]
    ending = b.context(
        f"{_count(desk.registered, 'initiative')} in the registry that you may see. `/rowbot help` shows the rest."
    )
    room = b.VIEW_BLOCKS - len(drawn) - 4
    drawn.append(b.header("Yours"))
    if desk.cards:
        drawn += [initiatives.entry(card) for card in desk.cards[:room]]
        if len(desk.cards) > room:
            drawn.append(b.context(f"And {len(desk.cards) - room} more; *Search* finds them."))
    else:
        drawn.append(
            b.section("Nothing here is yours yet. Announce what you are starting, and see who already works on it.")
        )
    return b.home([*drawn, b.divider(), ending])


def _tools(desk: Desk) -> list[b.Block]:
    buttons = [b.button("Announce", ANNOUNCE, style="primary"), b.button("Search", SEARCH)]
    if desk.is_admin:
        buttons += [b.button("Report", REPORT), b.button("Settings", SETTINGS)]
    return [b.actions(*buttons)]


def _set_up(desk: Desk) -> list[b.Block]:
    state = desk.set_up
    if state is None or state.is_done:
        return []
    steps = [
        _step(bool(state.channels), f"I am in {_count(state.channels, 'channel')}.",
              "Invite me where work is announced: `/invite @Rowbot`. I say in three lines what I do there."),
        _step(bool(state.initiatives), f"{_count(state.initiatives, 'initiative')} in the registry.",
              "Bring in what exists: `/rowbot import` says how, `/rowbot backfill #channel 90d` reads the past of a channel."),
        _step(bool(state.teams and not state.leadless), f"{_count(state.teams, 'team')}, each with a lead.",
              f"{_count(state.leadless, 'team')} of {state.teams} without a lead: name them in *Settings*." if state.teams
              else "Name your teams and their leads in *Settings*; an import brings them too."),
    ]  # fmt: skip
    return [
        b.header("To set up"),
        b.section("\n".join(steps)),
        b.context("Only admins see this. It goes when all of it is done."),
    ]


def _reading(desk: Desk) -> list[b.Block]:
    left, entries = desk.reading
    # A backlog of a moment is none to tell of. In hundredths: an open Home is drawn anew when it says something else.
    if left <= READ_AT_ONCE:
        return []
    return [b.context(f"I read the registry anew, {(entries - left) * 100 // entries} % so far; what I have not read yet is found by its words. `/rowbot health` counts.")]  # fmt: skip


def _step(done: bool, fact: str, todo: str) -> str:  # noqa: FBT001 - a step's own yes or no
    return f":white_check_mark: {fact}" if done else f":white_large_square: {todo}"


def _waiting(desk: Desk) -> list[b.Block]:
    drawn: list[b.Block] = []
    for asked in desk.asked[:SHOWN]:
        text = f"*{b.quote(asked.topic, 150)}*: how is it going? Until {syncs.moment(asked.deadline)}."
        drawn.append(b.section(text, accessory=b.button("Answer", ANSWER, value=str(asked.prompt_id), style="primary")))
    drawn += items.owned(desk.owned, most=SHOWN)
    for wish in desk.wishes[:SHOWN]:
        wants = "would like to join forces" if wish.verb is Verb.JOIN else "would like the leads to talk"
        text = f"{b.mention(wish.by)} {wants}: {initiatives.title(wish.theirs)} ({initiatives.whose(wish.theirs)}) and your {initiatives.title(wish.mine)}."
        pair = overlaps.value_of(wish.mine.id, wish.theirs.id)
        drawn.append(b.section(text, accessory=b.button("We differ…", overlaps.DIFFER, value=pair)))
    for question in desk.questions[:SHOWN]:
        where = f"{b.link(question.link, 'message')}" if question.link else "message"
        drawn.append(
            b.section(
                f"Is your {where} in {b.channel(question.channel_id)} the start of something new? _{b.quote(question.text, 200)}_"
            )
        )
        number = str(question.announcement_id)
        drawn.append(b.actions(b.button("Register it", REGISTER, value=number), b.button("No", DECLINE, value=number)))
    return [b.header("Waits for you"), *drawn] if drawn else []


def _waited_for(desk: Desk) -> list[b.Block]:
    return [b.header("You wait for"), *items.own(desk.waited_for, most=SHOWN)] if desk.waited_for else []


def _meetings(desk: Desk) -> list[b.Block]:
    if not desk.meetings:
        return []
    lines = [_meeting(each) for each in desk.meetings[:SHOWN]]
    if len(desk.meetings) > SHOWN:
        lines.append(f"And {len(desk.meetings) - SHOWN} more.")
    return [b.header("Next meetings"), b.section(b.fitting(lines))]


def _meeting(agreed: Agreed) -> str:
    others = syncs.names(agreed.others[:4])
    said = f"{syncs.moment(agreed.at)} · {syncs.topic(agreed.topic)}" + (f" with {others}" if others else "")
    return f"{said} · {agreed.minutes} minutes" + (
        f" · {b.link(agreed.link, 'where you agreed')}" if agreed.link else ""
    )


def _check_ins(desk: Desk) -> list[b.Block]:
    if not desk.check_ins:
        return []
    answered = [
        b.section(f"{syncs.topic(each.topic)}: you answered. The summary comes after {syncs.moment(each.deadline)}.",
                  accessory=b.button("Edit", ANSWER, value=str(each.prompt_id)))
        for each in desk.answered[:SHOWN]
    ]  # fmt: skip
    lines = [f"You are {syncs.away(desk.back_on)}: check-ins leave you out."] if desk.back_on is not None else []
    lines += [_check_in(card, desk.person_id) for card in desk.check_ins[:LISTED_CHECK_INS]]
    more = len(desk.check_ins) - LISTED_CHECK_INS
    if more > 0:
        lines.append(f"And {more} more.")
    return [
        b.header("Next check-ins"),
        *answered,
        b.section(b.fitting(lines), accessory=b.button("Your hours", HOURS)),
        b.context("`/rowbot syncs` moves, pauses and ends them."),
    ]


def _check_in(card: SyncCard, reader_id: str) -> str:
    others = syncs.names([side for side in card.sides if side.person_id != reader_id][:4])
    when = syncs.moment(card.next_at) if card.next_at is not None else syncs.coming(card)
    return f"{when} · {syncs.topic(card.topic)}" + (f" with {others}" if others else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def search_form() -> dict[str, Any]:
    """What are you looking for?"""
    words = b.text_input("words", longest=SEARCH_LENGTH, placeholder="online feature store")
    asked = b.field(WORDS, "What are you looking for?", words, hint="Who works on something like it, or did.")
    return b.modal("Search", [asked], callback_id=SEARCH_FORM, submit="Search", close="Close")


def read_search(view: Mapping[str, Any]) -> str:
    """The words of :func:`search_form`."""
    return str(b.read_value(view["state"]["values"], WORDS) or "").strip()


def search_results(text: str, found: Sequence[tuple[Card, Explanation]], *, registered: int) -> dict[str, Any]:
    """What was found, in the place of the form."""
    message = matching.results(text, found, registered=registered)
    return b.modal("Search", list(message.blocks), callback_id=SEARCH_RESULTS, close="Close")


def for_members_only() -> dict[str, Any]:
    """The App Home of somebody of another organisation."""
    return b.home([b.section(MEMBERS_ONLY)])


def strangers() -> b.Message:
    """To somebody of another organisation who writes to the bot."""
    return b.Message(MEMBERS_ONLY, [b.section(MEMBERS_ONLY)])
