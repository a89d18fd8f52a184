"""An example of everything that days off and hours draw."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from bot.features.away import views
from bot.features.away.card import DaysOff, Mine, OwnHours, Said
from bot.features.initiatives.examples import Words
from bot.features.teams.calendars import ENDLESS, WORKDAYS
from bot.slack.blocks import Message

TODAY: Final = date(2026, 11, 27)
WINTER: Final = DaysOff(1, date(2026, 12, 24), date(2027, 1, 2))
NOW_AWAY: Final = DaysOff(2, TODAY, date(2026, 11, 30))
BY_STATUS: Final = (DaysOff(3, TODAY, ENDLESS, by_status=True), DaysOff(4, TODAY, TODAY, by_status=True))
NOTHING_CHOSEN: Final = Mine(TODAY, (), OwnHours(), "Europe/Lisbon", WORKDAYS, 540, 1020)


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    many = tuple(replace(WINTER, id=number) for number in range(6))
    return {
        "away": views.said(Said(TODAY, taken=WINTER)),
        "away one day": views.said(Said(TODAY, taken=DaysOff(1, TODAY, TODAY))),
        "away in two years": views.said(Said(TODAY, taken=DaysOff(1, date(2028, 12, 24), date(2028, 12, 31)), hours_changed=True)),
        "hours": views.said(Said(TODAY, hours_changed=True)),
        "back": views.said(Said(TODAY, back=(NOW_AWAY, *BY_STATUS), others=many)),
        "taken back": views.said(Said(TODAY, back=(WINTER,))),
        "not away": views.said(Said(TODAY)),
        "not away now": views.said(Said(TODAY, others=(WINTER,))),
        "not understood": views.not_understood(words.text),
    }  # fmt: skip


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    chosen = OwnHours("America/Argentina/Buenos_Aires", "DE-BY", (1, 2, 3), 660, 1140)
    full = replace(
        NOTHING_CHOSEN, planned=(NOW_AWAY, *BY_STATUS, *[WINTER] * 30), own=chosen, country=words.name[:75] or "Germany"
    )
    return {
        "days off and hours": views.form(NOTHING_CHOSEN),
        "days off and hours, all chosen": views.form(full),
        "days off and hours, no zone known": views.form(replace(NOTHING_CHOSEN, slack_zone="")),
        "done": views.done(views.said(Said(TODAY, taken=WINTER, hours_changed=True))),
    }
