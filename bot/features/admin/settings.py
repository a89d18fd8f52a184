"""Decides about the workspace's settings: what may be chosen, what the defaults are, what a change needs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.errors import BadInput
from bot.features.admin.shown import HELD, Level, Levels, Overview, Page, Preview, field_of, mark_of
from bot.features.announcements.service import Means
from bot.features.matching import answers, ranking
from bot.features.teams import rights
from storage.preferences import Preferences
from storage.settings import SettingChange
from storage.unit_of_work import UnitOfWork

#: An exact threshold lies between these; below, nothing is alike any more, above, nothing is alike enough.
LEAST_THRESHOLD: Final = ranking.RELATED_FROM
MOST_THRESHOLD: Final = 0.95
PREVIEW: Final = timedelta(days=30)
#: Whole numbers: name → least and most.
BOUNDS: Final = {"escalate_after_days": (1, 30), "keep_days": (2, 3650), "keep_text_days": (0, 3650)}
_TIMES: Final = ("checkin_minute", "deadline_minute", "work_from", "work_until", "quiet_from", "quiet_until")
_NOTHING: Final[Mapping[str, str]] = {}
_DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def levels_of(means: Means) -> Levels:
    """The probabilities behind the words, around what this process was started with."""
    calibrated = ranking.WARN_FROM if means.matcher.embedder is not None else ranking.WARN_FROM_WORDS
    return Levels(means.threshold or calibrated)


def overview(uow: UnitOfWork, means: Means, *, person_id: str) -> Overview:
    """The settings as they stand.

    Raises:
        NotAllowed: the person does not administer Rowbot.
    """
    rights.require_admin(uow, person_id)
    _, channels = uow.channels.listed(limit=0)
    _, teams = uow.teams.page(offset=0, limit=0)
    return Overview(uow.settings.preferences(), levels_of(means), channels, teams)


def preview(uow: UnitOfWork, means: Means, *, now: datetime) -> Preview:
    """How many of the last 30 days' initiatives each level would have warned of; public ones only."""
    since = now - PREVIEW
    best = uow.settings.best_public_matches(since=since)
    known = known_levels(uow, levels_of(means), since=since)
    would = {level: sum(likely >= number for likely in best) for level, number in known.items()}
    return Preview(len(best), would if best else {}, answers.level(uow, means.matcher, means.threshold))


def known_levels(uow: UnitOfWork, levels: Levels, *, since: datetime) -> dict[Level, float]:
    """The levels of which the matches since then tell: below the highest that was in force weaker matches were not kept."""
    chosen = [uow.settings.preferences().threshold]
    for change in uow.settings.of_name("threshold", since=since):
        chosen += [change.before, change.after]
    highest = max(levels.balanced if each is None else each for each in chosen)
    numbers = {Level.EARLY: levels.early, Level.BALANCED: levels.balanced, Level.RARELY: levels.rarely}
    return {level: number for level, number in numbers.items() if number >= highest}


def save(uow: UnitOfWork, fields: dict[str, Any], *, person_id: str, now: datetime) -> list[SettingChange]:
    """Choose settings; what was changed.

    Raises:
        NotAllowed
        BadInput: names the field and what would do.
    """
    rights.require_admin(uow, person_id)
    uow.workspaces.ensure(now=now)
    before = uow.settings.preferences()
    after = Preferences.model_validate(before.model_dump() | fields)
    if {name for name in HELD[Page.CHECKINS] if getattr(before, name) != getattr(after, name)}:
        check_times(after)
    if set(after.admins) != set(before.admins):
        _check_admins(uow, before, after, person_id=person_id)
    return uow.settings.change(person_id=person_id, now=now, **fields)


def save_form(
    uow: UnitOfWork, page: Page, typed: Mapping[str, Any], means: Means, *, filled: Mapping[str, str] = _NOTHING, person_id: str, now: datetime
) -> list[SettingChange]:  # fmt: skip
    """Choose what a page's form says. ``filled`` are the marks of what stood in it at first: what is still so was not chosen.

    Raises:
        NotAllowed, BadInput
    """
    rights.require_admin(uow, person_id)
    chosen = uow.settings.preferences()
    fields = _read(chosen, page, typed, levels_of(means))
    read = Preferences.model_validate(chosen.model_dump() | fields)
    fields = {name: value for name, value in fields.items() if mark_of(getattr(read, name)) != filled.get(name)}
    return save(uow, fields, person_id=person_id, now=now)


def _read(chosen: Preferences, page: Page, typed: Mapping[str, Any], levels: Levels) -> dict[str, Any]:
    """What was typed as values of preferences."""
    if page is Page.WARNING:
        return {
            "threshold": threshold_from(chosen, levels, typed["level"], typed["exact"]),
            "precision": float(typed["precision"] or chosen.precision),
            "learns": typed["learns"] == "True" if typed["learns"] else chosen.learns,
        }
    return {name: _value(name, value) for name, value in typed.items()}


def _value(name: str, typed: Any) -> Any:  # noqa: ANN401 - what a field holds, and what a preference does
    if name in BOUNDS:
        return whole_number(name, typed)
    if name in _TIMES:
        return _minute(name, typed)
    if name == "workdays":
        return tuple(sorted(int(day) for day in typed))
    return tuple(typed) if name == "admins" else typed


def _minute(name: str, typed: str) -> int:
    """The minute of the day of "HH:MM"."""
    hours, _, minutes = typed.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal()):
        raise BadInput("Choose a time.", field=field_of(name))
    return int(hours) * 60 + int(minutes)


def threshold_from(chosen: Preferences, levels: Levels, level: Level, exact: str) -> float | None:
    """The threshold that a level, or an exact number, stands for.

    Raises:
        BadInput: no number, out of bounds, or a number beside a level that is a word.
    """
    exact, name = exact.strip().replace(",", "."), field_of("threshold")
    if level is not Level.EXACT:
        if exact and exact != exact_of(chosen):
            raise BadInput("For this number to count, choose “An exact number” above; or leave it empty.", field=name)
        return levels.number(level)
    try:
        number = round(float(exact), 4)
    except ValueError:
        number = 0.0
    if not LEAST_THRESHOLD <= number <= MOST_THRESHOLD:
        raise BadInput(
            f"Write a number between {LEAST_THRESHOLD} and {MOST_THRESHOLD}, such as {levels.balanced}.", field=name
        )
    return number


def exact_of(chosen: Preferences) -> str:
    """The number as it stands in the form."""
    return f"{chosen.threshold:g}" if chosen.threshold is not None else ""


def whole_number(name: str, text: str) -> int:
    """A setting that is a number of days.

    Raises:
        BadInput: it is none, or out of bounds.
    """
    least, most = BOUNDS[name]
    digits = text.strip()
    if not digits.isdecimal() or len(digits) > 6 or not least <= int(digits) <= most:
        raise BadInput(f"Write a whole number of days from {least} to {most}.", field=field_of(name))
    return int(digits)


def is_quiet(chosen: Preferences, minute: int) -> bool:
    """Whether a minute of the day (from 0) lies in the quiet hours; equal ends mean that there are none."""
    start, end = chosen.quiet_from, chosen.quiet_until
    if start <= end:
        return start <= minute < end
    return minute >= start or minute < end


def check_times(after: Preferences) -> None:
    """Refuse times that do not go together.

    Raises:
        BadInput: names the field, and what it does not go with.
    """
    if not after.workdays:
        raise BadInput("Choose at least one day on which people are asked.", field=field_of("workdays"))
    if after.checkin_weekday not in after.workdays:
        day = _DAYS[after.checkin_weekday]
        raise BadInput(
            f"Nobody is asked on {day}: choose a workday, or add it to them.", field=field_of("checkin_weekday")
        )
    if after.deadline_minute <= after.checkin_minute:
        raise BadInput(
            "The deadline must be later than the time at which people are asked.", field=field_of("deadline_minute")
        )
    hours = f"{clock(after.quiet_from)} to {clock(after.quiet_until)}"
    if is_quiet(after, after.checkin_minute):
        raise BadInput(
            f"This lies in the quiet hours ({hours}), in which nobody is asked.", field=field_of("checkin_minute")
        )
    if is_quiet(after, after.deadline_minute - 1):
        raise BadInput(f"This lies in the quiet hours ({hours}).", field=field_of("deadline_minute"))


def clock(minute: int) -> str:
    """A minute of the day as "HH:MM"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _check_admins(uow: UnitOfWork, before: Preferences, after: Preferences, *, person_id: str) -> None:
    """Nobody is listed who cannot administer, and nobody locks themselves out."""
    name = field_of("admins")
    people = uow.people.named(after.admins)
    for admin_id in set(after.admins) - set(before.admins):
        person = people.get(admin_id)
        if person is None or person.is_bot or person.is_deleted or person.is_external:
            who = f"{person.name} is" if person is not None and person.name else "One of these accounts is"
            raise BadInput(
                f"{who} a bot, deactivated, or of another organisation. Choose present members of this workspace.",
                field=name,
            )
    me = uow.people.get(person_id)
    if after.admins and person_id not in after.admins:
        raise BadInput(
            "Keep yourself in the list, else you could not change it back. Another admin can take you out.", field=name
        )
    if not after.admins and not (me is not None and me.is_admin):
        raise BadInput(
            "With an empty list the workspace's admins and owners administer Rowbot, and you are neither, so you could not change it back. Keep yourself in the list.",
            field=name,
        )
