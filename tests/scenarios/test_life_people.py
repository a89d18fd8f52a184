"""Colleagues who leave, change and come back: what they led is offered to who is near it, and to nobody else."""

import pytest

from bot import clock
from bot.features.announcements import leaving
from bot.process import Process
from storage.initiatives import Status
from storage.teams import Team as TeamRow
from tests.scenarios.dialogs import (
    STORE,
    STORE_TITLE,
    announced,
    direct,
    labels,
    quiet,
    seeded,
    whispers,
)
from tests.scenarios.edges import invited, led_by, team_of
from tests.world import Team, everything


@pytest.fixture
def hall(team: Team) -> str:
    """A public channel that the bot is not in yet."""
    return team.slack.add_channel("hall", members=[team.ana, team.ben, team.admin])


@pytest.fixture
def den(team: Team) -> str:
    """A private channel with Ben, the admin and the bot."""
    return team.slack.add_channel("den", members=[team.ben, team.admin, team.slack.bot_user_id], private=True)


@pytest.fixture
async def cleo(team: Team, bot: Process) -> str:
    """A lead of two initiatives of Ads Platform, whose lead is Ben."""
    person = team.slack.add_person("Cleo Danso")
    await bot.bot.directory.read_everybody()
    await team_of(bot, "Ads Platform", lead=team.ben)
    return person


async def test_a_teams_lead_is_asked_once_about_all_that_a_colleague_led(team: Team, bot: Process, cleo: str) -> None:
    slack = team.slack
    first, second, over = await seeded(
        bot, {"title": "Feature store", "team": "Ads Platform", "lead_id": cleo}, {"title": "Label queue", "team": "Ads Platform", "lead_id": cleo},
        {"title": "Old scorer", "team": "Ads Platform", "lead_id": cleo, "status": Status.SHIPPED},
    )  # fmt: skip
    await slack.deactivate(team.admin, cleo)
    await quiet(bot)
    (asked,) = [
        message for message in slack.direct_messages(team.ben) if "has left the workspace" in everything(message)
    ]
    said = everything(asked)
    assert "Cleo Danso" in said
    assert "Feature store" in said
    assert "Label queue" in said
    assert "Old scorer" not in said
    place = slack.direct(team.ben, slack.bot_user_id)
    await slack.click(team.ben, place, asked["ts"], "announcements.take_lead", str(first))
    await slack.click(team.ben, place, asked["ts"], "announcements.name_lead", team.ana, block_id=f"lead.{second}")
    await quiet(bot)
    assert await led_by(bot, first, second, over) == [team.ben, team.ana, cleo]
    now_says = slack.message(place, asked["ts"])
    assert now_says is not None
    assert labels(now_says) == []
    assert f"is led by <@{team.ana}> now" in everything(now_says)
    assert any("Label queue" in text for text in direct(team, team.ana))
    # Told again, by an event or by the list that is read every six hours, nobody is asked again.
    await slack.change_person(cleo, title="gone")
    await bot.bot.directory.read_everybody()
    await bot.bot.db.write(bot.bot.scope, leaving.ask_for_leads, now=clock.now())
    await quiet(bot)
    assert len([text for text in direct(team, team.ben) if "has left" in text]) == 1


async def test_who_left_without_an_event_is_found_when_the_list_of_people_is_read(
    team: Team, bot: Process, cleo: str
) -> None:
    await seeded(bot, {"title": "Feature store", "team": "Ads Platform", "lead_id": cleo})
    with team.slack.delivery.muted():
        team.slack.workspace.change_person(cleo, deleted=True)
    await bot.bot.directory.read_everybody()
    await bot.bot.db.write(bot.bot.scope, leaving.ask_for_leads, now=clock.now())
    await quiet(bot)
    assert any("has left the workspace" in text for text in direct(team, team.ben))


async def test_without_a_teams_lead_its_home_channel_is_asked_and_without_either_admins_see_it(
    team: Team, bot: Process, hall: str, cleo: str
) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    await team_of(bot, "Ads Platform", home=hall)
    (first,) = await seeded(bot, {"title": "Feature store", "team": "Ads Platform", "lead_id": cleo})
    (second,) = await seeded(bot, {"title": "Label queue", "lead_id": cleo})
    await slack.deactivate(team.admin, cleo)
    await quiet(bot)
    (asked,) = [message for message in slack.messages(hall) if "has left" in everything(message)]
    assert "Label queue" not in everything(asked)
    left = await bot.bot.db.read(bot.bot.scope, leaving.vacant)
    assert {card.id for card in left.cards} == {first, second}
    await slack.click(team.ana, hall, asked["ts"], "announcements.take_lead")
    await quiet(bot)
    assert await led_by(bot, first) == [team.ana]
    health = await slack.command(team.admin, team.channel, "/rowbot health")
    assert health.message is not None
    assert "Label queue" in everything(health.message)
    assert "Feature store" not in everything(health.message)
    await slack.click(team.admin, team.channel, health.message["ts"], "announcements.name_lead", team.ben)
    await quiet(bot)
    assert await led_by(bot, second) == [team.ben]
    assert not (await bot.bot.db.read(bot.bot.scope, leaving.vacant)).cards


async def test_of_private_work_only_its_channel_hears_that_its_lead_left(
    team: Team, bot: Process, den: str, cleo: str
) -> None:
    slack = team.slack
    await slack.invite(team.ben, den, cleo)
    await announced(bot, team, cleo, STORE, channel=den)
    await slack.deactivate(team.admin, cleo)
    await quiet(bot)
    (asked,) = [message for message in slack.messages(den) if "has left the workspace" in everything(message)]
    assert STORE_TITLE in everything(asked)
    assert not any("has left" in text for person in (team.ana, team.ben, team.admin) for text in direct(team, person))
    assert not (await bot.bot.db.read(bot.bot.scope, leaving.vacant)).cards
    # Whoever is not in it cannot take it, and cannot be named.
    await slack.click(team.ben, den, asked["ts"], "announcements.name_lead", team.ana)
    await quiet(bot)
    assert any("they are not in it" in text for text in whispers(team, team.ben, channel=den))
    await slack.click(team.ben, den, asked["ts"], "announcements.take_lead")
    await quiet(bot)
    assert await led_by(bot, 1) == [team.ben]


async def test_who_comes_back_has_lost_nothing_and_is_asked_about_again_when_they_leave_again(
    team: Team, bot: Process, cleo: str
) -> None:
    slack = team.slack
    (first,) = await seeded(bot, {"title": "Feature store", "team": "Ads Platform", "lead_id": cleo})
    await slack.deactivate(team.admin, cleo)
    await quiet(bot)
    asked = slack.direct_messages(team.ben)[-1]
    await slack.deactivate(team.admin, cleo, restore=True)
    assert await led_by(bot, first) == [cleo]
    place = slack.direct(team.ben, slack.bot_user_id)
    await slack.click(team.ben, place, asked["ts"], "announcements.take_lead")
    await quiet(bot)
    assert await led_by(bot, first) == [cleo]
    assert any(f"<@{cleo}> leads it" in everything(message) for message in slack.ephemerals(team.ben, place))
    await slack.deactivate(team.admin, cleo)
    await quiet(bot)
    assert len([text for text in direct(team, team.ben) if "has left the workspace" in text]) == 2


async def test_a_team_whose_lead_left_is_asked_who_leads_it(team: Team, bot: Process, cleo: str) -> None:
    slack = team.slack
    number = await team_of(bot, "Search ML", lead=cleo, members=(team.ana, team.ben, cleo))
    await slack.deactivate(team.admin, cleo)
    await quiet(bot)
    asked = {person: slack.direct_messages(person)[-1] for person in (team.ana, team.ben)}
    assert all("Search ML" in everything(message) for message in asked.values())
    place = slack.direct(team.ana, slack.bot_user_id)
    await slack.click(team.ana, place, asked[team.ana]["ts"], "announcements.take_team")
    other = slack.direct(team.ben, slack.bot_user_id)
    await slack.click(team.ben, other, asked[team.ben]["ts"], "announcements.take_team")
    row: TeamRow | None = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.teams.get(number))
    assert row is not None
    assert row.lead_id == team.ana
    assert any(f"<@{team.ana}> leads it" in everything(message) for message in slack.ephemerals(team.ben, other))


async def test_names_zones_and_newcomers_are_known_at_once(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.change_person(team.ana, real_name="Ana Ruiz-Soto", tz="America/Lima", email="soto@example.com")
    new = await slack.join_team("Dana Levi", tz="Asia/Jerusalem")
    people = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.people.named([team.ana, new]))
    assert (people[team.ana].name, people[team.ana].zone, people[team.ana].email) == (
        "Ana Ruiz-Soto",
        "America/Lima",
        "soto@example.com",
    )
    assert people[new].zone == "Asia/Jerusalem"
