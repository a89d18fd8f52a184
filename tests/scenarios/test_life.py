"""Life's edges: channels that close or change, an app that is removed. Nothing is lost, and the right person hears of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot import clock, scheduler
from bot.delivery import outbox as front
from bot.features.announcements import catching_up
from bot.process import Process
from bot.slack import blocks as b
from storage.outbox import OutboxRow, OutboxState
from storage.unit_of_work import UnitOfWork
from tests.scenarios.dialogs import (
    OTHER,
    OTHER_TITLE,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    announced,
    direct,
    elements,
    labels,
    quiet,
    reply,
    reply_text,
    titles,
    undelivered,
    whispers,
)
from tests.scenarios.edges import _titles, channel_row, health_of, invited, put_back, rows, said_in
from tests.world import Team, everything


@pytest.fixture
def hall(team: Team) -> str:
    """A public channel that the bot is not in yet."""
    return team.slack.add_channel("hall", members=[team.ana, team.ben, team.admin])


@pytest.fixture
def den(team: Team) -> str:
    """A private channel with Ben, the admin and the bot."""
    return team.slack.add_channel("den", members=[team.ben, team.admin, team.slack.bot_user_id], private=True)


# --- the bot is removed -----------------------------------------------------------------------------------------------


async def test_removed_from_a_channel_it_gives_up_what_waits_as_one_and_sends_nothing_more(
    team: Team, bot: Process, hall: str
) -> None:
    await invited(team, bot, hall)
    await put_back(bot, hall, "one", "two", "three")
    await team.slack.remove(team.ana, hall, team.slack.bot_user_id)
    await quiet(bot)
    assert not (await channel_row(bot, hall)).is_reachable
    groups = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.undelivered.dead_groups())
    assert [(group.target, group.count) for group in groups] == [(hall, 3)]
    before = len(team.slack.calls("chat.postMessage"))
    await put_back(bot, hall, "four")
    await quiet(bot)
    assert len(team.slack.calls("chat.postMessage")) == before
    groups = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.undelivered.dead_groups())
    assert [(group.target, group.count) for group in groups] == [(hall, 4)]
    health = await team.slack.command(team.admin, team.channel, "/rowbot health")
    assert "Invite it with" in str(health.blocks)


async def test_invited_again_it_works_again_and_greets_nobody_twice(team: Team, bot: Process, hall: str) -> None:
    await invited(team, bot, hall)
    await team.slack.remove(team.ana, hall, team.slack.bot_user_id)
    await invited(team, bot, hall)
    assert len(said_in(team, hall)) == 1
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE, channel=hall)
    assert STORE_TITLE in reply_text(team, ts, channel=hall)
    assert await undelivered(bot) == []


async def test_what_was_given_up_is_sent_when_an_admin_tries_again(team: Team, bot: Process, hall: str) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    await put_back(bot, hall, "one", "two")
    await slack.remove(team.ana, hall, slack.bot_user_id)
    await quiet(bot)
    health = await slack.command(team.admin, team.channel, "/rowbot health")
    assert "Try again" not in labels({"blocks": health.blocks})  # it cannot arrive yet
    await invited(team, bot, hall)
    health = await slack.command(team.admin, team.channel, "/rowbot health")
    assert health.message is not None
    assert labels(health.message) == ["Try again"]
    await slack.click(team.admin, team.channel, health.message["ts"], "admin.try_again")
    await quiet(bot)
    assert [text.splitlines()[0] for text in said_in(team, hall)[1:]] == ["one", "two"]
    assert any("2 messages on the way" in text for text in whispers(team, team.admin))
    assert await undelivered(bot) == []


async def test_trying_again_where_the_bot_still_cannot_post_says_so(team: Team, bot: Process, hall: str) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    await put_back(bot, hall, "one")
    await slack.remove(team.ana, hall, slack.bot_user_id)
    await invited(team, bot, hall)
    health = await slack.command(team.admin, team.channel, "/rowbot health")
    await slack.remove(team.ana, hall, slack.bot_user_id)
    assert health.message is not None
    await slack.click(team.admin, team.channel, health.message["ts"], "admin.try_again")
    await quiet(bot)
    assert any("I still cannot post there" in text for text in whispers(team, team.admin))


async def test_a_removal_that_no_event_told_of_closes_the_channel_at_the_first_refusal(
    team: Team, bot: Process, hall: str
) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    with slack.delivery.muted():
        slack.workspace.leave(slack.workspace.channels[hall], slack.bot_user_id)
    await put_back(bot, hall, "one", "two")

    def now_due(uow: UnitOfWork) -> None:
        front.post(uow, b.Message("zero", [b.section("zero")]), key="zero", channel_id=hall, now=clock.now())
        uow.session.execute(update(OutboxRow).where(col(OutboxRow.target) == hall).values(not_before=clock.now()))

    before = len(slack.calls("chat.postMessage"))
    await bot.bot.db.write(bot.bot.scope, now_due)
    await quiet(bot)
    # One try at most: where the channel is just being read, that is refused first, and nothing is tried.
    assert len(slack.calls("chat.postMessage")) <= before + 1
    groups = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.undelivered.dead_groups())
    assert [(group.target, group.count) for group in groups] == [(hall, 3)]
    # A message heard there proves that the bot is inside again.
    with slack.delivery.muted():
        slack.workspace.join(slack.workspace.channels[hall], slack.bot_user_id)
    await bot.bot.directory.read_out_of_reach()
    assert (await channel_row(bot, hall)).is_reachable


async def test_removed_from_a_private_channel_nobody_sees_its_work_and_its_lead_is_told_once(
    team: Team, bot: Process, den: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE in str((await slack.command(team.admin, team.channel, search)).blocks)
    await slack.remove(team.ben, den, slack.bot_user_id)
    await quiet(bot)
    for person in (team.admin, team.ben):
        assert STORE_TITLE not in str((await slack.command(person, team.channel, search)).blocks)
        assert STORE_TITLE not in str((await slack.command(person, team.channel, "/rowbot mine")).blocks)
    told = [text for text in direct(team, team.ben) if "I was removed from" in text]
    assert len(told) == 1
    assert STORE_TITLE in told[0]
    assert direct(team, team.admin) == []
    assert direct(team, team.ana) == []
    await slack.invite(team.ben, den, slack.bot_user_id)
    await quiet(bot)
    assert STORE_TITLE in str((await slack.command(team.admin, team.channel, search)).blocks)
    assert await titles(bot) == [STORE_TITLE]


async def refused(bot: Process, channel_id: str, *, by: str) -> None:
    """Slack refuses what the bot asks of a channel before the event tells why."""
    if by == "reading":
        await bot.bot.db.write(bot.bot.scope, catching_up.give_up, channel_id, "channel_not_found", now=clock.now())
    else:
        await bot.bot.db.write(bot.bot.scope, front.out_of_reach, channel_id, "channel_not_found", now=clock.now())


@pytest.mark.parametrize("by", ["reading", "posting"])
async def test_a_refusal_before_the_word_of_a_removal_does_not_keep_it_from_the_lead(
    team: Team, bot: Process, den: str, by: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    await bot.bot.directory.read_memberships()
    await refused(bot, den, by=by)
    await slack.remove(team.ben, den, slack.bot_user_id)
    await quiet(bot)
    assert len([text for text in direct(team, team.ben) if "I was removed from" in text]) == 1
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE not in str((await slack.command(team.ben, team.channel, search)).blocks)


@pytest.mark.parametrize("by", ["reading", "posting"])
async def test_a_refusal_before_the_word_of_a_deletion_loses_no_private_work(
    team: Team, bot: Process, den: str, by: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    await bot.bot.directory.read_memberships()
    await refused(bot, den, by=by)
    await slack.delete_channel(team.admin, den)
    await quiet(bot)
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE in str((await slack.command(team.ben, team.channel, search)).blocks)
    assert STORE_TITLE not in str((await slack.command(team.admin, team.channel, search)).blocks)
    assert len([text for text in direct(team, team.ben) if "was deleted" in text]) == 1


async def test_a_lead_who_is_not_in_the_private_channel_hears_nothing_when_the_bot_is_removed(
    team: Team, bot: Process, den: str
) -> None:
    await announced(bot, team, team.ben, STORE + f" Led by <@{team.ana}>.", channel=den)
    await bot.bot.directory.read_memberships()
    await team.slack.remove(team.ben, den, team.slack.bot_user_id)
    await quiet(bot)
    assert direct(team, team.ana) == []


async def test_an_old_word_of_a_removal_does_not_keep_the_bot_out(team: Team, bot: Process, hall: str) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    await slack.remove(team.ana, hall, slack.bot_user_id)
    (late,) = slack.deliveries("channel_left")
    await invited(team, bot, hall)
    late.payload["event_id"] = "Ev0LATE001"
    slack.delivery.again(late)
    await slack.delivery.settle()
    assert (await channel_row(bot, hall)).is_reachable


# --- archived and deleted ---------------------------------------------------------------------------------------------


async def test_an_archived_channel_is_left_alone_and_whoever_set_the_bot_up_hears_once_what_did_not_arrive(
    team: Team, bot: Process, hall: str
) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    await slack.command(team.ben, hall, "/rowbot channel quiet")
    await slack.command(team.ben, hall, "/rowbot channel on")
    await quiet(bot)
    await put_back(bot, hall, "one", "two")
    await slack.archive(team.admin, hall)
    await quiet(bot)
    assert not (await channel_row(bot, hall)).is_reachable
    told = [text for text in direct(team, team.ben) if "still on the way" in text]
    assert len(told) == 1
    assert "2 messages of mine" in told[0]
    assert "archived" in told[0]
    await slack.archive(team.admin, hall, restore=True)
    await quiet(bot)
    assert (await channel_row(bot, hall)).is_reachable
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE, channel=hall)
    assert STORE_TITLE in reply_text(team, ts, channel=hall)


async def test_an_archived_channel_with_nothing_on_the_way_tells_nobody(team: Team, bot: Process, hall: str) -> None:
    await invited(team, bot, hall)
    await team.slack.archive(team.admin, hall)
    await quiet(bot)
    assert await undelivered(bot) == []
    assert direct(team, team.ana) == direct(team, team.ben) == direct(team, team.admin) == []


async def test_a_form_does_not_announce_into_an_archived_channel(team: Team, bot: Process, hall: str) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    await slack.archive(team.admin, hall)
    await slack.command(team.ana, team.channel, "/rowbot announce")
    sent = await slack.submit(
        slack.views_of(team.ana)[-1]["id"], {"initiative.title": STORE_TITLE, "initiative.channel": hall}
    )
    assert "is archived" in sent.errors["initiative.channel"]
    assert await titles(bot) == []


async def test_nothing_links_to_a_channel_that_was_deleted(team: Team, bot: Process, hall: str) -> None:
    slack = team.slack
    await invited(team, bot, hall)
    await announced(bot, team, team.ben, STORE, channel=hall)
    search = "/rowbot search feature store for ranking"
    assert f"/archives/{hall}/" in str((await slack.command(team.ana, team.channel, search)).blocks)
    await slack.delete_channel(team.admin, hall)
    await quiet(bot)
    found = str((await slack.command(team.ana, team.channel, search)).blocks)
    assert STORE_TITLE in found
    assert f"/archives/{hall}/" not in found
    assert await undelivered(bot) == []


async def test_private_work_of_a_deleted_channel_is_kept_to_its_lead_who_may_open_it(
    team: Team, bot: Process, den: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    await bot.bot.directory.read_memberships()
    await slack.delete_channel(team.admin, den)
    await quiet(bot)
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE not in str((await slack.command(team.admin, team.channel, search)).blocks)
    assert STORE_TITLE in str((await slack.command(team.ben, team.channel, search)).blocks)
    told = next(message for message in slack.direct_messages(team.ben) if "was deleted" in everything(message))
    assert labels(told) == ["Open it to everybody"]
    await slack.click(team.ben, slack.direct(team.ben, slack.bot_user_id), told["ts"], "announcements.open_up")
    await quiet(bot)
    assert STORE_TITLE in str((await slack.command(team.admin, team.channel, search)).blocks)


# --- another id, opened, closed ---------------------------------------------------------------------------------------


async def test_everything_follows_a_channel_to_its_new_id(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ben, STORE, channel=den)
    await announced(bot, team, team.admin, SAME_STORE, channel=den)
    await slack.command(team.ben, den, "/rowbot channel quiet")
    await slack.command(team.ben, den, "/rowbot channel on")
    await slack.change_id(den, "C0NEWID001")
    await quiet(bot)
    assert await bot.bot.db.read(bot.bot.scope, lambda uow: uow.channels.get(den)) is None
    search = "/rowbot search feature store for ranking"
    found = str((await slack.command(team.admin, team.channel, search)).blocks)
    assert STORE_TITLE in found
    assert "/archives/C0NEWID001/" in found
    assert STORE_TITLE not in str((await slack.command(team.ana, team.channel, search)).blocks)
    # What was said before is still edited in place, and what is said now is answered there.
    await slack.edit(team.ben, "C0NEWID001", ts, STORE.replace("Online", "Central"))
    await quiet(bot)
    assert "Central feature store" in await _titles(bot)
    third = await announced(
        bot, team, team.ben, "New initiative: Another feature store for ranking models", channel="C0NEWID001"
    )
    assert "feature store" in reply_text(team, third, channel="C0NEWID001")
    assert await undelivered(bot) == []


async def test_what_waits_for_a_channel_goes_to_its_new_id(team: Team, bot: Process, den: str) -> None:
    await announced(bot, team, team.ben, OTHER, channel=den)
    await put_back(bot, den, "one")
    await team.slack.change_id(den, "C0NEWID001")
    waiting = await rows(bot, state=OutboxState.PENDING)
    assert [(row.target, row.lane) for row in waiting] == [("C0NEWID001", f"{team.slack.team_id}:C0NEWID001")]

    def now_due(uow: UnitOfWork) -> None:
        uow.session.execute(
            update(OutboxRow).where(col(OutboxRow.target) == "C0NEWID001").values(not_before=clock.now())
        )
        uow.undelivered.resume(now=clock.now())

    await bot.bot.db.write(bot.bot.scope, now_due)
    await quiet(bot)
    assert "one\none" in said_in(team, "C0NEWID001")


async def test_public_work_stays_public_when_its_channel_becomes_private_and_what_follows_does_not(
    team: Team, bot: Process, hall: str
) -> None:
    slack = team.slack
    cleo = slack.add_person("Cleo Danso")
    await invited(team, bot, hall)
    await announced(bot, team, team.ben, STORE, channel=hall)
    await slack.convert(team.admin, hall, private=True)
    await announced(bot, team, team.ben, OTHER, channel=hall)
    search = "/rowbot search"
    assert STORE_TITLE in str((await slack.command(cleo, team.channel, f"{search} feature store for ranking")).blocks)
    assert OTHER_TITLE not in str(
        (await slack.command(cleo, team.channel, f"{search} labelling queue for tickets")).blocks
    )
    assert OTHER_TITLE in str(
        (await slack.command(team.ana, team.channel, f"{search} labelling queue for tickets")).blocks
    )


async def test_private_work_stays_with_the_members_when_its_channel_becomes_public_until_its_lead_opens_it(
    team: Team, bot: Process, den: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    await slack.convert(team.admin, den, private=False)
    await quiet(bot)
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE not in str((await slack.command(team.ana, team.channel, search)).blocks)
    assert STORE_TITLE in str((await slack.command(team.admin, team.channel, search)).blocks)
    ts = await announced(bot, team, team.admin, SAME_STORE, channel=den)
    assert STORE_TITLE not in reply_text(team, ts, channel=den)  # everybody may read along now
    told = next(message for message in slack.direct_messages(team.ben) if "is public now" in everything(message))
    await slack.click(team.ben, slack.direct(team.ben, slack.bot_user_id), told["ts"], "announcements.open_up")
    await quiet(bot)
    assert STORE_TITLE in str((await slack.command(team.ana, team.channel, search)).blocks)


# --- the app is removed -----------------------------------------------------------------------------------------------


async def test_removed_from_the_workspace_it_says_so_sends_nothing_and_goes_on_where_it_was(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    await slack.uninstall()
    status, why = await health_of(bot)
    assert status == 503
    assert "Install it again" in why
    calls = len(slack.calls())

    def put(uow: UnitOfWork) -> None:
        now = clock.now()
        for key, age in (("fresh", timedelta(hours=2)), ("stale", timedelta(days=2))):
            front.post(uow, b.Message(key, [b.section(key)]), key=key, channel_id=team.ana, now=now - age)

    await bot.bot.db.write(bot.bot.scope, put)
    await asyncio.sleep(1.2)
    assert len(slack.calls()) == calls
    slack.reinstall()
    await scheduler.mind_installation(bot.bot, clock.now)
    await quiet(bot)
    assert [text.splitlines()[0] for text in direct(team, team.ana)] == ["fresh"]
    assert (await health_of(bot))[0] == 200
    assert await undelivered(bot) == [
        f"post {slack.team_id}:stale: It waited for more than a day while Rowbot was not installed."
    ]


async def test_a_token_that_fails_without_an_event_is_noticed_by_the_first_message_and_costs_it_no_try(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    slack.api.revoked = True

    def put(uow: UnitOfWork) -> None:
        front.post(uow, b.Message("hello", [b.section("hello")]), key="hello", channel_id=team.channel, now=clock.now())

    await bot.bot.db.write(bot.bot.scope, put)
    await slack.wait_for(lambda: slack.calls("chat.postMessage"))
    await asyncio.sleep(1.2)
    assert len(slack.calls("chat.postMessage")) == 1
    (row,) = await rows(bot, state=OutboxState.PENDING)
    assert row.attempts == 0
    slack.reinstall()
    await scheduler.mind_installation(bot.bot, clock.now)
    await quiet(bot)
    assert "hello\nhello" in said_in(team, team.channel)


async def test_an_old_word_of_a_removal_does_not_stop_an_app_that_is_installed(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.uninstall()
    slack.reinstall()
    await scheduler.mind_installation(bot.bot, clock.now)
    (late,) = slack.deliveries("app_uninstalled")
    slack.delivery.again(late)
    await slack.delivery.settle()
    assert (await health_of(bot))[0] == 200


async def test_an_update_of_a_reply_that_somebody_deleted_is_no_dead_letter(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    answer = reply(team, ts)
    await slack.delete(team.admin, team.channel, answer["ts"])
    await slack.edit(team.ana, team.channel, ts, SAME_STORE + " It will be central.")
    await slack.edit(team.ana, team.channel, ts, SAME_STORE + " It will be very central.")
    await quiet(bot)
    assert await undelivered(bot) == []
    assert list(elements(answer))
