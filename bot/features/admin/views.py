"""Draws what admins see first: the settings, and what was changed of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.features.admin.shown import Changed, Level, Levels, Overview, Page
from bot.slack import blocks as b
from storage.preferences import Preferences
from storage.syncs import Cadence

SETTINGS: Final = "admin.settings"
OPEN: Final = "admin.open"
UNDO: Final = "admin.undo"
OVERVIEW: Final = "admin.overview"
CHANGES: Final = "admin.changes"

TITLES: Final[Mapping[Page, str]] = {
    Page.CHANNELS: "Channels and modes",
    Page.WARNING: "How early I warn",
    Page.TEAMS: "Teams",
    Page.CHECKINS: "Check-ins, quiet hours",
    Page.ADMINS: "Who administers me",
    Page.KEEPING: "What is kept",
    Page.CHANGES: "Recent changes",
}
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CADENCE_WORDS: Final[Mapping[Cadence, str]] = {
    Cadence.ONCE: "once",
    Cadence.WEEKLY: "every week",
    Cadence.BIWEEKLY: "every two weeks",
    Cadence.MONTHLY: "every month",
}
LEVEL_WORDS: Final[Mapping[Level, str]] = {
    Level.EARLY: "warn early",
    Level.BALANCED: "balanced",
    Level.RARELY: "warn rarely",
    Level.EXACT: "an exact number",
}
#: What each setting is called in the list of changes.
NAMES: Final[Mapping[str, str]] = {
    "channel_mode": "Mode where nobody chose one",
    "threshold": "How early I warn",
    "precision": "How often a warning should be right",
    "learns": "Learn from answers",
    "cadence": "How often check-ins come",
    "checkin_weekday": "Day of check-ins",
    "checkin_minute": "Time of check-ins",
    "deadline_minute": "Deadline of check-ins",
    "workdays": "Workdays",
    "work_from": "Working hours from",
    "work_until": "Working hours until",
    "quiet_from": "Quiet hours from",
    "quiet_until": "Quiet hours until",
    "escalate_after_days": "Working days before a lead is told",
    "admins": "Who administers me",
    "keep_days": "Days that delivered words are kept",
    "keep_text_days": "Days that texts of announcements are kept",
}
_TEAM_FIELDS: Final = {
    "name": "name",
    "kind": "kind",
    "lead_id": "lead",
    "home_channel_id": "home channel",
    "user_group_id": "user group",
}


def _count(number: int, noun: str, many: str = "") -> str:
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"


# --- /rowbot settings -------------------------------------------------------------------------------------------


def overview(state: Overview) -> dict[str, Any]:
    """The first page: what is set, and the pages behind it."""
    chosen = state.chosen
    admins = (
        _count(len(chosen.admins), "person", "people") if chosen.admins else "Every admin and owner of the workspace"
    )
    told = {
        Page.CHANNELS: f"{_count(state.channels, 'public channel')} I am in. Where nobody chose a mode: `{chosen.channel_mode.value}`.",
        Page.WARNING: f"{_sentence(threshold_words(chosen.threshold, state.levels))}.",
        Page.TEAMS: f"{_count(state.teams, 'team')}: names, leads, members, merging.",
        Page.CHECKINS: checkin_words(chosen),
        Page.ADMINS: f"{admins}.",
        Page.KEEPING: f"Delivered words {days_words(chosen.keep_days)}; texts of announcements {days_words(chosen.keep_text_days)}.",
        Page.CHANGES: "Who changed what, and the way back.",
    }  # fmt: skip
    return b.modal("Settings", [_row(page, text) for page, text in told.items()], callback_id=OVERVIEW, close="Done")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(page: Page, text: str) -> b.Block:
    return b.section(f"*{TITLES[page]}*\n{text}", accessory=b.button("Open", OPEN, value=page.value, hint=TITLES[page]))


def checkin_words(chosen: Preferences) -> str:
    """When check-ins ask, in one sentence."""
    quiet = (
        "none"
        if chosen.quiet_from == chosen.quiet_until
        else f"{clock(chosen.quiet_from)} to {clock(chosen.quiet_until)}"
    )
    return (f"{CADENCE_WORDS[chosen.cadence].capitalize()}, {DAYS[chosen.checkin_weekday]} {clock(chosen.checkin_minute)}, until {clock(chosen.deadline_minute)}. "
            f"Quiet hours: {quiet}.")  # fmt: skip


def threshold_words(threshold: float | None, levels: Levels) -> str:
    """A threshold as people understand it, with its number."""
    level = levels.of(threshold)
    number = f"{levels.balanced if threshold is None else threshold:g}"
    return f"from {number} on" if level is Level.EXACT else f"{LEVEL_WORDS[level]} (from {number} on)"


def days_words(days: int) -> str:
    """For how long."""
    return _count(days, "day") if days else "for as long as the registry"


def clock(minute: int) -> str:
    """A minute of the day as people read it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def words_of(name: str, value: Any, levels: Levels) -> str:  # noqa: ANN401 - what a setting holds
    """The value of a setting as people read it."""
    match name:
        case "threshold":
            return threshold_words(value, levels)
        case "precision":
            return f"{round(value * 100)} of 100"
        case "learns":
            return "yes" if value else "no"
        case "checkin_minute" | "deadline_minute" | "work_from" | "work_until" | "quiet_from" | "quiet_until":
            return clock(int(value))
        case "cadence":
            return CADENCE_WORDS[Cadence(value)]
        case "checkin_weekday":
            return DAYS[int(value)]
        case "workdays":
            return ", ".join(DAYS[int(day)][:3] for day in value)
        case "admins":
            return people(value) if value else "every admin and owner of the workspace"
        case "escalate_after_days":
            return _count(int(value), "working day")
        case "keep_days" | "keep_text_days":
            return days_words(int(value))
    return str(value)


def people(person_ids: Sequence[str], most: int = 8) -> str:
    """A few people by name, and how many more."""
    shown = [b.mention(person_id) for person_id in person_ids[:most]]
    return ", ".join([*shown, f"{len(person_ids) - most} more"] if len(person_ids) > most else shown)


# --- recent changes ---------------------------------------------------------------------------------------------


def changes(rows: Sequence[Changed], levels: Levels) -> dict[str, Any]:
    """Who changed what, and the way back."""
    drawn: list[b.Block] = [b.context("The youngest first. An undo is a change, too, and can be undone.")]
    if not rows:
        drawn = [
            b.section("Nothing was changed yet: everything is as it came. Changes will stand here, each with its undo.")
        ]
    for row in rows:
        undo = b.button("Undo", UNDO, value=str(row.id)) if row.stands else None
        later = "" if row.stands else " · undone" if row.undone else " · changed again since"
        who = b.mention(row.person_id) if row.person_id else "Rowbot"
        text = f"{_what(row, levels)}\n{who} · {b.local_date(row.changed_at)}{later}"
        drawn.append(b.section(text, accessory=undo, block_id=f"change.{row.id}"))
    return b.modal("Recent changes", drawn, callback_id=CHANGES, close="Back", metadata=metadata(Page.CHANGES))


def _what(row: Changed, levels: Levels) -> str:
    kind, _, subject = row.name.partition(".")
    name = f"*{b.quote(row.team, 80)}*" if row.team else "A team that is gone"
    other = f"*{b.quote(row.other, 80)}*" if row.other else "a team that is gone"
    match kind:
        case "channel":
            sides = [f"`{side}`" if side else "as the default" for side in (row.before, row.after)]
            return f"Mode of {b.channel(subject)}: {sides[0]} → {sides[1]}"
        case "merge":
            return f"{name} went into {other}"
        case "part":
            return f"{name} stands beside {other} again"
        case "team" if row.before is None:
            return f"{name} was made"
        case "team" if row.after is None:
            return f"{name} was deleted"
        case "team":
            return f"{name}: " + "; ".join(_team_changes(row.before, row.after))
    return f"*{NAMES[row.name]}*: {words_of(row.name, row.before, levels)} → {words_of(row.name, row.after, levels)}"


def _team_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, label in _TEAM_FIELDS.items():
        if name in after:
            yield f"{label} {_team_value(name, before[name])} → {_team_value(name, after[name])}"
    if after.get("members"):
        yield f"{people(after['members'])} came"
    if before.get("members"):
        yield f"{people(before['members'])} went"


def _team_value(name: str, value: str) -> str:
    if not value:
        return "none"
    if name == "lead_id":
        return b.mention(value)
    return b.channel(value) if name == "home_channel_id" else b.quote(value, 80)


def metadata(page: Page, **more: str | int | Mapping[str, str]) -> str:
    """What comes back with a page: which one it is, and where in it."""
    return json.dumps({"page": page.value, **more})


def read_place(view: Mapping[str, Any]) -> dict[str, Any]:
    """What :func:`metadata` put in."""
    place: dict[str, Any] = json.loads(view.get("private_metadata") or "{}")
    return place
