"""Draws and reads back the forms of the settings: how early I warn, check-ins, who administers me, what is kept.

A field's action id carries the value that it was filled with: when another value is stored (by a reset, an undo, another
admin), the redrawn field shows it, while Slack keeps what is typed in the others. What a form gives back as it was filled
is nobody's choice: another admin's, made meanwhile, stays.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.features.admin import pair_views, views
from bot.features.admin.shown import HELD, Level, Levels, Page, Preview, field_of, mark_of
from bot.features.matching.learning import Level as Standing
from bot.slack import blocks as b
from storage.preferences import Preferences
from storage.syncs import Cadence

RESET: Final = "admin.reset"
SAVE: Final = "admin.save"

FIELD_LEVEL: Final = "setting.level"

#: What each setting does, beside it.
EXPLAINED: Final[Mapping[str, str]] = {
    "precision": "Of the warnings that people answer, so many should be right; with more I warn later. Counts while I warn as balanced.",
    "learns": "Answers under public warnings move the probability from which I warn, a little each. “No” takes it back to what was shipped.",
    "cadence": "How often a sync comes round unless its leads choose something else.",
    "checkin_weekday": "The day on which check-ins ask.",
    "checkin_minute": "On each person's own clock.",
    "deadline_minute": "Until when on the same day an answer is in time, on each person's own clock.",
    "workdays": "Nobody is asked or reminded on other days.",
    "work_from": "When people work, on each person's own clock: times for meetings are proposed inside. `/rowbot away` lets people say their own hours.",
    "work_until": "When they stop.",
    "quiet_from": "In the quiet hours nobody is sent a prompt or a reminder; it waits for their end. Two equal times mean no quiet hours.",
    "quiet_until": "When the quiet hours end, on each person's own clock.",
    "escalate_after_days": "So many working days without a word of whoever somebody waits for, and their lead is told, once. From 1 to 30.",
    "admins": "Only these people see and change the settings. Left empty: every admin and owner of the workspace.",
    "keep_days": "Days for which the words of delivered messages and the keys of handled events are kept, from 2 to 3650.",
    "keep_text_days": "Days for which the text of an announcement is kept beside its entry, up to 3650. 0: as long as the registry.",
}  # fmt: skip
_PRECISIONS: Final = (0.6, 0.7, 0.8, 0.9, 0.95)
_LABELS: Final = {
    "keep_days": "Delivered words and keys",
    "keep_text_days": "Texts of announcements",
    "admins": "Admins of Rowbot",
}


def form(page: Page, chosen: Preferences, levels: Levels) -> dict[str, Any]:
    """The form of check-ins, of admins, or of what is kept: each setting with its explanation, its default and a way back to it."""
    drawn = [block for name in HELD[page] for block in _setting(name, chosen, levels)]
    if page is Page.CHECKINS:
        drawn.insert(0, b.context("Syncs that leads have set up already keep their own times."))
    return b.modal(
        views.TITLES[page], drawn, callback_id=SAVE, submit="Save", close="Back", metadata=views.metadata(page)
    )


def warning_form(chosen: Preferences, levels: Levels, preview: Preview) -> dict[str, Any]:
    """How early the bot warns: in words, or as an exact probability."""
    level, exact = levels.of(chosen.threshold), f"{chosen.threshold:g}" if chosen.threshold is not None else ""
    numbers = {Level.EARLY: levels.early, Level.BALANCED: levels.balanced, Level.RARELY: levels.rarely}
    options = [
        b.option(f"{views.LEVEL_WORDS[each].capitalize()} · from {number:g} on" + (" (default)" if each is Level.BALANCED else ""), each.value,
                 description=_LEVELS_EXPLAINED[each])
        for each, number in numbers.items()
    ]  # fmt: skip
    options.append(b.option("An exact number", Level.EXACT.value))
    menu = b.select(f"level:{chosen.threshold}", options, initial=level.value)
    number = b.text_input(f"threshold:{chosen.threshold}", initial=exact if level is Level.EXACT else "", longest=10)
    drawn = [
        b.section("Each candidate has a probability that it is the same work, with a reason that is shown. From this probability on I warn."),
        b.field(FIELD_LEVEL, "How early", menu, hint=f"Default: balanced, from {levels.balanced:g} on."),
        b.field(field_of("threshold"), "The exact number", number, optional=True, hint="Between 0.15 and 0.95; only for “An exact number”."),
        *_setting("precision", chosen, levels),
        *_setting("learns", chosen, levels),
        *([b.context(standing_words(preview.standing, chosen))] if preview.standing is not None else []),
        b.context(preview_words(preview)),
        *_reset("threshold", chosen, levels),
        pair_views.opener(),
    ]  # fmt: skip
    return b.modal(views.TITLES[Page.WARNING], drawn, callback_id=SAVE, submit="Save", close="Back",
                   metadata=views.metadata(Page.WARNING))  # fmt: skip


_LEVELS_EXPLAINED: Final = {
    Level.EARLY: "Misses little, and is wrong more often",
    Level.BALANCED: "As measured on the labelled examples",
    Level.RARELY: "Seldom wrong, and misses more",
}


def standing_words(standing: Standing, chosen: Preferences) -> str:
    """From where on I warn now, and what it comes from."""
    if chosen.threshold is not None:
        return (
            f"I warn from {standing.number:g} on, as chosen above; answers change nothing until it is balanced again."
        )
    if not standing.answers:
        learnt = "No public warning was answered yet" if chosen.learns else "I do not learn from answers"
        return f"{learnt}: I warn from {standing.number:g} on."
    one = standing.answers == 1
    told = f"{standing.same} the same work, {standing.unrelated} not related"
    return f"From your {standing.answers} answer{'' if one else 's'} ({told}) and the precision above I warn from {standing.number:g} on; as shipped it is {standing.shipped:g}."


def preview_words(preview: Preview) -> str:
    """What the levels would have meant for the last 30 days."""
    if not preview.warned:
        return (
            "In the last 30 days I warned of nothing in public channels, so there is nothing to compare the levels by."
        )
    told = [f"_{views.LEVEL_WORDS[level]}_ {count}" for level, count in preview.would.items()]
    missing = "" if Level.EARLY in preview.would else " How many more _warn early_ would have named was not kept."
    warned = f"In the last 30 days I warned of {preview.warned} initiative{'' if preview.warned == 1 else 's'} in public channels."
    return f"{warned} It would have been: {', '.join(told)}.{missing}" if told else warned + missing


def _setting(name: str, chosen: Preferences, levels: Levels) -> list[b.Block]:
    default = views.words_of(name, getattr(Preferences(), name), levels)
    hint = f"{EXPLAINED[name]} Default: {default}."
    optional = name == "admins"
    label = _LABELS.get(name, views.NAMES[name])
    element = _ELEMENTS[name](f"{name}:{mark_of(getattr(chosen, name))}", getattr(chosen, name))
    return [b.field(field_of(name), label, element, optional=optional, hint=hint), *_reset(name, chosen, levels)]


def _reset(name: str, chosen: Preferences, levels: Levels) -> list[b.Block]:
    default = getattr(Preferences(), name)
    if getattr(chosen, name) == default:
        return []
    label = f"Reset to {views.words_of(name, default, levels)}"
    return [b.actions(b.button(label, RESET, value=name), block_id=f"reset.{name}")]


def _time(action_id: str, value: int) -> b.Element:
    return b.time_select(action_id, initial=views.clock(value))


def _number(action_id: str, value: int) -> b.Element:
    return b.text_input(action_id, initial=str(value), longest=6)


def _precision(action_id: str, value: float) -> b.Element:
    numbers = sorted({*_PRECISIONS, value})
    options = [b.option(f"{round(number * 100)} of 100", f"{number:g}") for number in numbers]
    return b.select(action_id, options, initial=f"{value:g}")


def _learns(action_id: str, value: bool) -> b.Element:  # noqa: FBT001 - a preference's value, like its neighbours
    return b.select(action_id, [b.option("Yes", "True"), b.option("No", "False")], initial=str(value))


def _cadence(action_id: str, value: Cadence) -> b.Element:
    options = [b.option(words.capitalize(), each.value) for each, words in views.CADENCE_WORDS.items()]
    return b.select(action_id, options, initial=value.value)


def _weekday(action_id: str, value: int) -> b.Element:
    return b.select(
        action_id, [b.option(day, str(number)) for number, day in enumerate(views.DAYS)], initial=str(value)
    )


def _workdays(action_id: str, value: tuple[int, ...]) -> b.Element:
    options = [b.option(day, str(number)) for number, day in enumerate(views.DAYS)]
    return b.checkboxes(action_id, options, initial=[str(day) for day in value])


def _people(action_id: str, value: tuple[str, ...]) -> b.Element:
    return b.people_select(action_id, initial=value)


_ELEMENTS: Final[Mapping[str, Callable[[str, Any], b.Element]]] = {
    "precision": _precision, "learns": _learns,
    "cadence": _cadence, "checkin_weekday": _weekday, "checkin_minute": _time, "deadline_minute": _time, "workdays": _workdays,
    "work_from": _time, "work_until": _time, "quiet_from": _time, "quiet_until": _time, "escalate_after_days": _number, "admins": _people,
    "keep_days": _number, "keep_text_days": _number,
}  # fmt: skip


def read_form(page: Page, values: dict[str, Any]) -> dict[str, Any]:
    """What stands in a form, by the names of preferences; a time that was emptied is "", numbers are as typed."""
    if page is Page.WARNING:
        return {
            "level": Level(b.read_value(values, FIELD_LEVEL) or Level.BALANCED),
            "exact": b.read_value(values, field_of("threshold")) or "",
            "precision": b.read_value(values, field_of("precision")) or "",
            "learns": b.read_value(values, field_of("learns")) or "",
        }
    return {name: b.read_value(values, field_of(name)) or "" for name in HELD[page]}


def read_marks(page: Page, values: Mapping[str, Any]) -> dict[str, str]:
    """Of each preference in a form the mark of the value that its field was filled with."""
    fields = {name: next(iter(values.get(field_of(name), {})), "") for name in HELD[page]}
    return {name: action_id.partition(":")[2] for name, action_id in fields.items()}
