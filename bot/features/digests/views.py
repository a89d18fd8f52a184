"""Draws digests: the message itself, what `/rowbot digest` shows, its form, and what people hear when none can be posted."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.features.digests import wording as w
from bot.features.digests.issue import Issue
from bot.features.digests.places import Bar, State
from bot.features.digests.timing import WEEKDAYS, Weekly
from bot.slack import blocks as b

TURN_ON: Final = "digests.turn_on"
CHANGE: Final = "digests.change"
TURN_OFF: Final = "digests.turn_off"
PREVIEW: Final = "digests.preview"
FORM: Final = "digests.form"
CHOSEN: Final = "digests.chosen"
#: Heard by the announcements.
ANNOUNCE: Final = "announcements.open_form"

WEEKDAY: Final = "digest.weekday"
AT: Final = "digest.at"

_OFF: Final = b.confirm(
    "Turn the digest off?",
    "Nobody in this channel gets it any more. Any member can turn it on again.",
    yes="Turn it off",
)


# --- the message ------------------------------------------------------------------------------------------------


def digest(issue: Issue) -> b.Message:
    """What happened since the one before, for everybody in the channel."""
    buttons = b.actions(
        b.button("Announce", ANNOUNCE), b.button("Turn it off", TURN_OFF, value=issue.channel_id, confirm=_OFF)
    )
    return _said(w.paragraphs(issue), buttons)


def preview(issue: Issue, state: State) -> b.Message:
    """The same for one person, without its buttons, and what it is."""
    return _said(w.paragraphs(issue), b.context(f"Only you see this preview. {w.standing(state)}"))


def closed(posted: b.Message, by: str) -> b.Message:
    """The latest digest, after somebody turned it off."""
    said = f"{b.quote(by, 80) or 'A member'} turned this digest off. `/rowbot digest on` turns it on again."
    kept = [block for block in posted.blocks if block["type"] == "section"]
    return b.Message(posted.text, [*kept, b.context(said)])


# --- /rowbot digest ---------------------------------------------------------------------------------------------


def state(shown: State) -> b.Message:
    """Whether this channel has one, when it comes, and what can be done about it."""
    is_on, can_be = shown.next_at is not None, shown.bar in (None, Bar.STILL)
    buttons = []
    if can_be and is_on:
        buttons.append(b.button("Change…", CHANGE, value=shown.channel_id))
    elif can_be:
        buttons.append(b.button("Turn on", TURN_ON, value=shown.channel_id, style="primary"))
        buttons.append(b.button("Another time…", CHANGE, value=shown.channel_id))
    if can_be:
        buttons.append(b.button("Preview", PREVIEW, value=shown.channel_id))
    if is_on:
        buttons.append(b.button("Turn off", TURN_OFF, value=shown.channel_id, confirm=_OFF))
    about = [] if is_on else [b.context(w.ABOUT)]
    return _said([w.standing(shown)], *about, *([b.actions(*buttons)] if buttons else []))


def form(shown: State) -> dict[str, Any]:
    """On which weekday and at what time."""
    days = [b.option(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    fields = [
        b.section(f"A digest in {b.channel(shown.channel_id)}, every week."),
        b.field(WEEKDAY, "Day", b.select("day", days, initial=str(shown.weekly.weekday))),
        b.field(AT, "Time", b.time_select("time", initial=w.clock(shown.weekly.minute)), hint="On your own clock, also when it goes over to summer time."),
    ]  # fmt: skip
    title = "Change the digest" if shown.next_at is not None else "Turn the digest on"
    submit = "Change it" if shown.next_at is not None else "Turn it on"
    return b.modal(title, fields, callback_id=FORM, submit=submit, metadata=shown.channel_id)


def read_form(view: Mapping[str, Any]) -> tuple[str, Weekly]:
    """The channel and the time that :func:`form` asked for."""
    values = view["state"]["values"]
    hour, _, minute = str(b.read_value(values, AT) or w.clock(Weekly().minute)).partition(":")
    return str(view["private_metadata"]), Weekly(int(b.read_value(values, WEEKDAY) or 0), int(hour) * 60 + int(minute))


def chosen(shown: State) -> dict[str, Any]:
    """In the place of the form: what is true now."""
    return b.modal("Weekly digest", [b.section(w.standing(shown))], callback_id=CHOSEN, close="Close")


# --- to who turned it on ----------------------------------------------------------------------------------------


def stopped(channel_id: str, name: str, bar: Bar) -> b.Message:
    """Nothing can be posted there any more."""
    why = {
        Bar.ABSENT: "I am not in that channel any more",
        Bar.ARCHIVED: "the channel is archived",
        Bar.SHARED: "the channel is shared with another organisation now",
    }[bar]
    again = "" if bar is Bar.SHARED else " `/rowbot digest on` there turns it on again once I can post."
    return _said([f"The weekly digest of {w.channel(channel_id, name)} is turned off: {why}.{again}"])


def refused(channel_id: str, name: str) -> b.Message:
    """Slack did not take it."""
    text = (f"I could not post the weekly digest in {w.channel(channel_id, name)}: Slack did not take it. I try again every week; "
            "`/rowbot digest off` there ends it, and admins see in `/rowbot health` what Slack said.")  # fmt: skip
    return _said([text])


def _said(paragraphs: Sequence[str], *more: b.Block) -> b.Message:
    return b.Message(b.fallback("\n".join(paragraphs)), [*(b.section(text) for text in paragraphs), *more])
