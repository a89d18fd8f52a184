"""Days off and hours as people meet them: `/rowbot away`, the form, a Slack status, the App Home."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.features.teams.calendars import Calendar
from bot.features.teams.hours import calendar_of
from bot.process import Process
from tests.scenarios.dialogs import Json, quiet
from tests.world import Team, everything


async def calendar(bot: Process, person: str) -> Calendar:
    """What the bot knows of somebody's days."""
    return await bot.bot.db.read(bot.bot.scope, calendar_of, person, now=datetime.now(UTC))


async def said(team: Team, line: str) -> str:
    """What Ana is answered."""
    return everything((await team.slack.command(team.ana, team.channel, line)).message or {})


async def form_of(team: Team) -> Json:
    """The form that Ana gets."""
    await team.slack.command(team.ana, team.channel, "/rowbot away")
    return team.slack.views_of(team.ana)[-1]


async def test_days_off_in_words_are_answered_with_what_they_mean_and_can_be_undone(team: Team, bot: Process) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    text = await said(team, f"/rowbot away {tomorrow.isoformat()} to {(tomorrow + timedelta(days=3)).isoformat()}")
    assert "You are away from" in text
    assert "Check-ins leave you out." in text
    assert (await calendar(bot, team.ana)).away == ((tomorrow, tomorrow + timedelta(days=3)),)
    message = team.slack.ephemerals(team.ana, team.channel)[-1]
    await team.slack.click(team.ana, team.channel, message["ts"], "away.take_back")
    assert (await calendar(bot, team.ana)).away == ()
    message = team.slack.ephemerals(team.ana, team.channel)[-1]
    assert "Taken back: away from" in everything(message)
    await team.slack.click(team.ana, team.channel, message["ts"], "away.again")
    assert (await calendar(bot, team.ana)).away == ((tomorrow, tomorrow + timedelta(days=3)),)


async def test_being_back_and_words_that_say_nothing(team: Team, bot: Process) -> None:
    await said(team, "/rowbot away for 3 days")
    assert "You are back. Check-ins ask you again." in await said(team, "/rowbot away back")
    assert "You are not away today." in await said(team, "/rowbot away off")
    text = await said(team, "/rowbot away <!channel> `whenever`")
    assert "I do not see from" in text
    assert "/rowbot away until Friday" in text
    assert (await calendar(bot, team.ana)).away == ()


async def test_the_form_takes_days_off_and_hours_and_is_filled_with_them_next_time(team: Team, bot: Process) -> None:
    form = await form_of(team)
    first = datetime.now(UTC).date() + timedelta(days=10)
    zones = await team.slack.options(team.ana, form["id"], "hours.zone", "tokyo")
    assert [option["value"] for option in zones] == ["slack", "Asia/Tokyo"]
    countries = await team.slack.options(team.ana, form["id"], "hours.country", "bayern")
    assert [option["value"] for option in countries] == ["DE-BY"]
    sent = await team.slack.submit(
        form["id"],
        {"absence.first": first.isoformat(), "absence.zone": "Asia/Tokyo", "absence.country": "DE-BY", "absence.workdays": ["0", "1"],
         "absence.starts": "11:00", "absence.ends": "19:00"},
    )  # fmt: skip
    assert sent.errors == {}
    assert sent.view is not None
    assert "Your hours are kept." in everything(sent.view)
    found = await calendar(bot, team.ana)
    assert (found.zone, found.country, found.workdays, found.starts, found.ends) == (
        "Asia/Tokyo",
        "DE-BY",
        (0, 1),
        660,
        1140,
    )
    assert found.away == ((first, first),)
    form = await form_of(team)
    assert "Planned" in everything(form)
    assert "Germany · Bayern" in str(form)
    await team.slack.click_in_view(team.ana, form["id"], "away.take_back")
    assert (await calendar(bot, team.ana)).away == ()
    assert "Planned" not in everything(team.slack.views_of(team.ana)[-1])


@pytest.mark.parametrize(
    ("values", "field"),
    [({"absence.last": "2020-01-01"}, "absence.first"), ({"absence.first": "2020-01-01"}, "absence.last"), ({"absence.starts": "09:00"}, "absence.ends")],
)  # fmt: skip
async def test_a_form_that_does_not_add_up_says_so_beside_the_field_and_keeps_nothing(
    team: Team, bot: Process, values: Json, field: str
) -> None:
    form = await form_of(team)
    sent = await team.slack.submit(form["id"], values)
    assert list(sent.errors) == [field]
    assert (await calendar(bot, team.ana)).away == ()


async def test_a_slack_status_is_days_off_until_it_goes_and_its_words_are_nowhere(team: Team, bot: Process) -> None:
    await team.slack.change_person(team.ana, status_text="Vacationing in Bali", status_emoji=":palm_tree:")
    await quiet(bot)
    assert (await calendar(bot, team.ana)).is_away(datetime.now(UTC).date())
    form = await form_of(team)
    assert "until your Slack status changes" in everything(form)
    await team.slack.change_person(team.ana, status_text="", status_emoji="")
    await quiet(bot)
    assert not (await calendar(bot, team.ana)).is_away(datetime.now(UTC).date())


async def test_a_status_that_was_set_while_nobody_listened_is_read_with_the_people(team: Team, bot: Process) -> None:
    from bot import clock, scheduler

    team.slack.request_url, address = "http://127.0.0.1:9/", team.slack.request_url
    await team.slack.change_person(team.ben, status_text="Out sick", status_emoji=":face_with_thermometer:")
    team.slack.request_url = address
    await scheduler.read_people(bot.bot, clock.now)
    assert (await calendar(bot, team.ben)).away != ()
