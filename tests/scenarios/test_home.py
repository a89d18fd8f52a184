"""The App Home as people meet it: what waits for them, what is theirs, search, and what an admin has still to set up."""

from datetime import timedelta
from typing import Any

import pytest

from bot.features.home import views
from bot.features.home.desk import Desk
from bot.features.home.lookers import FOLLOWED, FOLLOWED_FOR, Lookers
from bot.process import Process
from bot.sandbox import Sandbox
from tests.scenarios.dialogs import ENTRY, SAME_STORE, STORE_TITLE, UNSURE, announced, quiet, seeded
from tests.world import NOW, Team, everything

pytestmark = pytest.mark.usefixtures("hurried")


async def home_of(slack: Sandbox, person: str) -> str:
    """What somebody's App Home says when they open it."""
    view = await slack.open_home(person)
    assert view is not None
    return everything(view)


async def shows(slack: Sandbox, person: str, text: str) -> bool:
    """Whether an open Home comes to say this within a few seconds."""

    def there() -> bool:
        view = slack.home_of(person)
        return view is not None and text in everything(view)

    return bool(await slack.wait_for(there, timeout=15))


async def test_a_newcomer_is_told_how_to_begin_and_sees_no_admins_list(bot: Process, team: Team) -> None:
    said = await home_of(team.slack, team.ana)

    assert "Nothing here is yours yet." in said
    assert "To set up" not in said
    assert "Settings" not in said


def test_an_admin_sees_how_far_a_registry_is_read_anew_and_nothing_of_a_moment_s_backlog() -> None:
    def said(left: int) -> str:
        return everything(
            views.home(Desk(person_id="U1", cards=(), registered=0, is_admin=True, reading=(left, 12_000)))
        )

    assert "I read the registry anew, 38 % so far" in said(7_440)
    assert "anew" not in said(40)


async def test_an_admin_sees_what_is_left_to_set_up_until_it_is_done(bot: Process, team: Team) -> None:
    assert "`/rowbot import` says how" in await home_of(team.slack, team.admin)

    await seeded(bot, {**ENTRY, "lead_id": team.ben})
    await bot.bot.db.write(bot.bot.scope, _give_every_team_a_lead, team.ben)
    await bot.bot.db.write(bot.bot.scope, _met, team.channel)

    assert "To set up" not in await home_of(team.slack, team.admin)


def _give_every_team_a_lead(uow: Any, person_id: str) -> None:
    for each in uow.teams.all():
        each.lead_id = person_id


def _met(uow: Any, channel_id: str) -> None:
    """It was invited before its process ran, so it never greeted anybody there."""
    assert uow.channels.meet(channel_id).greeted_at is None


async def test_what_somebody_leads_stands_in_their_home_and_an_open_home_follows(bot: Process, team: Team) -> None:
    await home_of(team.slack, team.ana)

    await announced(bot, team, team.ana, "New initiative: Labelling queue for support tickets.")

    assert await shows(team.slack, team.ana, "Labelling queue for support tickets")


async def test_an_unanswered_question_waits_in_the_home_and_can_be_answered_there(bot: Process, team: Team) -> None:
    await announced(bot, team, team.ana, UNSURE)
    assert "the start of something new?" in await home_of(team.slack, team.ana)
    assert "the start of something new?" not in await home_of(team.slack, team.ben)

    await team.slack.click_home(team.ana, "announcements.register")

    assert await shows(team.slack, team.ana, "registry that you may see")
    said = await home_of(team.slack, team.ana)
    assert "the start of something new?" not in said
    assert "labelling queue" in said.lower()


async def test_a_wish_waits_in_the_home_of_the_other_lead_until_they_answer(bot: Process, team: Team) -> None:
    await seeded(bot, {**ENTRY, "lead_id": team.ben})
    ts = await announced(bot, team, team.ana, SAME_STORE)
    answer = team.slack.thread(team.channel, ts)[-1]
    await team.slack.click(team.ana, team.channel, answer["ts"], "overlaps.join")
    await quiet(bot)

    said = await home_of(team.slack, team.ben)
    assert "would like to join forces" in said
    assert STORE_TITLE in said
    assert "would like to join forces" not in await home_of(team.slack, team.ana)


async def test_a_check_in_stands_in_both_homes_on_each_ones_own_clock_and_the_wish_is_gone(
    bot: Process, team: Team
) -> None:
    await seeded(bot, {**ENTRY, "lead_id": team.ben})
    ts = await announced(bot, team, team.ana, SAME_STORE)
    answer = team.slack.thread(team.channel, ts)[-1]
    await team.slack.click(team.ana, team.channel, answer["ts"], "overlaps.sync")
    await quiet(bot)

    homes = {person: await home_of(team.slack, person) for person in (team.ana, team.ben)}

    assert all("Next check-ins" in said and ", 09:30 · " in said for said in homes.values())
    assert "with Ben Okafor" in homes[team.ana]
    assert "with Ana Ruiz" in homes[team.ben]
    assert "would like the leads to talk" not in homes[team.ben]


async def test_private_work_shows_in_the_home_of_its_members_only(bot: Process, team: Team) -> None:
    secret = team.slack.add_channel("secret", members=[team.ana, team.slack.bot_user_id], private=True)
    await announced(bot, team, team.ana, "New initiative: Secret forecasting engine.", channel=secret)

    assert "Secret forecasting engine" in await home_of(team.slack, team.ana)
    assert "0 initiatives in the registry" in await home_of(team.slack, team.ben)
    assert "Secret" not in await home_of(team.slack, team.admin)


async def test_search_in_the_home_shows_what_is_similar_in_the_place_of_the_form(bot: Process, team: Team) -> None:
    await seeded(bot, {**ENTRY, "lead_id": team.ben})
    await home_of(team.slack, team.ana)
    await team.slack.click_home(team.ana, "home.search")

    form = team.slack.views_of(team.ana)[-1]
    found = await team.slack.submit(form["id"], {"search.words": "features for ranking"})

    assert STORE_TITLE in everything(found.view or {})


async def test_a_search_without_words_is_told_beside_its_field(bot: Process, team: Team) -> None:
    await home_of(team.slack, team.ana)
    await team.slack.click_home(team.ana, "home.search")

    form = team.slack.views_of(team.ana)[-1]
    refused = await team.slack.submit(form["id"], {"search.words": "   "})

    assert refused.errors == {"search.words": "Write a few words of what you are looking for."}


def test_a_home_is_followed_for_a_while_after_it_was_opened() -> None:
    lookers = Lookers()
    lookers.opened("U1", {"blocks": [1]}, now=NOW)

    assert lookers.followed(now=NOW + FOLLOWED_FOR) == ["U1"]
    assert lookers.is_news("U1", {"blocks": [1]}) is False
    assert lookers.is_news("U1", {"blocks": [2]}) is True
    assert lookers.followed(now=NOW + FOLLOWED_FOR + timedelta(seconds=1)) == []


def test_only_so_many_homes_are_followed_and_the_oldest_goes_first() -> None:
    lookers = Lookers()
    for number in range(FOLLOWED + 1):
        lookers.opened(f"U{number}", {}, now=NOW)

    assert lookers.followed(now=NOW)[0] == "U1"
    assert len(lookers.followed(now=NOW)) == FOLLOWED
