"""Meetings as people meet them: from *Sync the leads* to the invitation and what came of it. Time is moved, for the bot and for Slack alike."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bot import clock
from bot.features.syncs import jobs
from bot.process import Process, Role, start
from bot.sandbox import Fault, Sandbox
from bot.sandbox.records import ChannelKind
from tests.scenarios.dialogs import (
    SAME_STORE,
    STORE,
    STORE_TITLE,
    Json,
    announced,
    direct,
    elements,
    is_ours,
    labels,
    quiet,
    reply,
    reply_text,
    undelivered,
)
from tests.world import Team, everything, settings_for

#: A Wednesday.
WEDNESDAY = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def travel(slack: Sandbox) -> Iterator[None]:
    """It is that Wednesday, for the bot and for Slack; afterwards it is today again."""
    to(slack, WEDNESDAY)
    yield
    clock.now.offset = timedelta()


@pytest.fixture
async def bot(team: Team, bot_database_url: str) -> AsyncIterator[Process]:
    """A bot that hears over Socket Mode: what comes over HTTP is signed with the real time."""
    settings = settings_for(team.slack, bot_database_url, slack_app_token=team.slack.app_token)
    process = await start(settings, Role.RUN, survives_power_cut=False)
    yield process
    await process.stop()


def to(slack: Sandbox, moment: datetime) -> None:
    """Move both clocks."""
    offset = moment - datetime.now(UTC)
    clock.now.offset = offset
    slack.clock.offset = offset.total_seconds()


async def at(bot: Process, team: Team, moment: datetime) -> None:
    """It is this moment, and whatever is due about meetings by then was done."""
    to(team.slack, moment)
    await jobs.sweep_meetings(bot.bot.db, bot.bot.directory, bot.bot.scope, clock.now())
    await quiet(bot)


def groups(team: Team) -> list[str]:
    """The group messages that there are."""
    return [channel.id for channel in team.slack.workspace.channels.values() if channel.kind is ChannelKind.MPIM]


def said(team: Team, channel: str) -> list[Json]:
    """What the bot said in a group, the oldest first."""
    return [message for message in team.slack.messages(channel) if is_ours(team, message)]


def files(team: Team, channel: str) -> list[Calendar]:
    """The invitations in a conversation, the oldest first."""
    found = [file["id"] for message in team.slack.messages(channel) for file in message.get("files", [])]
    return [Calendar.from_ical(team.slack.workspace.files[each].content) for each in found]


def event(calendar: Any) -> Json:
    """What an invitation says."""
    (found,) = calendar.walk("VEVENT")
    return {"method": str(calendar["METHOD"]), "sequence": int(found["SEQUENCE"]), "uid": str(found["UID"]), "status": str(found["STATUS"]),
            "starts": found.decoded("DTSTART"), "rule": found.get("RRULE"), "event": found}  # fmt: skip


async def arranged(team: Team, bot: Process, channel: str = "") -> str:
    """Ana pressed *Sync the leads*; the thread."""
    await announced(bot, team, team.ben, STORE, channel=channel)
    ts = await announced(bot, team, team.ana, SAME_STORE, channel=channel)
    place = channel or team.channel
    await team.slack.click(team.ana, place, reply(team, ts, channel=place)["ts"], "overlaps.sync")
    await quiet(bot)
    return ts


async def press(team: Team, bot: Process, person: str, channel: str, message: Json, action: str, nth: int = 0) -> None:
    """Use a button of a group message; the ``nth`` of its kind."""
    values = [each["value"] for each in elements(message) if each["action_id"] == action]
    await team.slack.click(person, channel, message["ts"], action, values[nth])
    await quiet(bot)


async def agreed(team: Team, bot: Process) -> str:
    """Both can at the first moment; their group."""
    await arranged(team, bot)
    (group,) = groups(team)
    for person in (team.ana, team.ben):
        await press(team, bot, person, group, said(team, group)[0], "syncs.can")
    return group


async def choose(team: Team, bot: Process, person: str, verb: str) -> None:
    """One of the things that `/rowbot syncs` offers."""
    await team.slack.command(person, team.channel, "/rowbot syncs")
    shown = team.slack.ephemerals(person, team.channel)[-1]
    (menu,) = [element for block in shown["blocks"] if (element := block.get("accessory"))]
    value = next(option["value"] for option in menu["options"] if option["value"].startswith(verb))
    await team.slack.click(person, team.channel, shown["ts"], "syncs.manage", value)
    await quiet(bot)


async def test_the_leads_get_one_group_message_with_the_evidence_and_three_times(team: Team, bot: Process) -> None:
    ts = await arranged(team, bot)
    for _ in range(2):
        await team.slack.click(team.ben, team.channel, reply(team, ts)["ts"], "overlaps.sync")
        await quiet(bot)
    (group,) = groups(team)
    assert set(team.slack.workspace.channels[group].members) == {team.ana, team.ben, team.slack.bot_user_id}
    (message,) = said(team, group)
    text = everything(message)
    assert STORE_TITLE in text
    assert "Why: both are about _feature store_" in text
    assert "Is it the same problem?" in text
    assert text.count("<!date^") == 3
    assert "I read no calendars" in text
    assert labels(message) == ["I can", "Fix this one"] * 3 + [
        "None suits: propose others",
        "We talk anyway, no meeting",
    ]
    assert await undelivered(bot) == []


async def test_when_all_can_it_is_agreed_and_the_invitation_lies_in_the_group(team: Team, bot: Process) -> None:
    await arranged(team, bot)
    (group,) = groups(team)
    await press(team, bot, team.ben, group, said(team, group)[0], "syncs.can", 1)
    assert "Ben Okafor can" in everything(said(team, group)[0])
    assert files(team, group) == []
    await press(team, bot, team.ben, group, said(team, group)[0], "syncs.can", 1)
    assert "Ben Okafor can" in everything(said(team, group)[0]), "pressed twice, it says the same"
    await press(team, bot, team.ben, group, said(team, group)[0], "syncs.cannot")
    assert "Ben Okafor can" not in everything(said(team, group)[0])
    for person in (team.ben, team.ana):
        await press(team, bot, person, group, said(team, group)[0], "syncs.can", 2)
    text = everything(said(team, group)[0])
    assert "You meet" in text
    assert "every week at that time in Lisbon" in text
    assert "https://calendar.google.com/calendar/render?action=TEMPLATE" in text
    (calendar,) = files(team, group)
    found = event(calendar)
    assert (found["method"], found["sequence"], found["status"]) == ("REQUEST", 0, "CONFIRMED")
    assert found["rule"]["FREQ"] == ["WEEKLY"]
    assert str(found["starts"].tzinfo) == "Europe/Lisbon"
    addresses = {str(each): each.params["PARTSTAT"] for each in found["event"]["ATTENDEE"]}
    assert addresses == {"mailto:ana@example.com": "ACCEPTED", "mailto:ben@example.com": "ACCEPTED"}
    assert str(found["event"]["ORGANIZER"]) == "mailto:ana@example.com"
    listed = await team.slack.command(team.ana, team.channel, "/rowbot syncs")
    assert "you meet" in str(listed) + everything(team.slack.ephemerals(team.ana, team.channel)[-1])


async def test_a_move_raises_the_sequence_and_an_end_cancels_once(team: Team, bot: Process) -> None:
    group = await agreed(team, bot)
    await choose(team, bot, team.ana, "move")
    form = team.slack.views_of(team.ana)[-1]
    await team.slack.submit(form["id"], {"sync.cadence": "biweekly"})
    await quiet(bot)
    first, second = map(event, files(team, group))
    assert (second["method"], second["sequence"], second["uid"]) == ("REQUEST", 1, first["uid"])
    assert second["rule"]["INTERVAL"] == [2]
    await choose(team, bot, team.ben, "end")
    last = event(files(team, group)[-1])
    assert (last["method"], last["sequence"], last["status"], last["uid"]) == ("CANCEL", 2, "CANCELLED", first["uid"])
    assert len(files(team, group)) == 3
    assert "No meeting." in everything(said(team, group)[0])


async def test_none_suits_brings_others_in_a_message_of_their_own(team: Team, bot: Process) -> None:
    await arranged(team, bot)
    (group,) = groups(team)
    old = said(team, group)[0]
    await press(team, bot, team.ben, group, old, "syncs.others")
    first, second = said(team, group)
    assert "proposed other times below" in everything(first)
    stamps = [{each.split("^")[1] for each in everything(message).split("<!date")[1:]} for message in (old, second)]
    assert not stamps[0] & stamps[1]
    await press(team, bot, team.ana, group, second, "syncs.fix")
    assert "You meet" in everything(said(team, group)[1])
    assert len(files(team, group)) == 1


async def test_after_its_time_they_are_asked_once_and_what_came_of_it_stands_where_the_sync_lives(
    team: Team, bot: Process
) -> None:
    ts = await arranged(team, bot)
    (group,) = groups(team)
    await press(team, bot, team.ana, group, said(team, group)[0], "syncs.fix")
    starts = event(files(team, group)[0])["starts"].astimezone(UTC)
    await at(bot, team, starts + timedelta(minutes=29))
    assert "did you talk" not in everything(said(team, group)[-1])
    for _ in range(2):
        await at(bot, team, starts + timedelta(minutes=31))
    questions = [message for message in said(team, group) if "did you talk" in everything(message)]
    assert len(questions) == 1
    await press(team, bot, team.ben, group, questions[0], "syncs.talked")
    form = team.slack.views_of(team.ben)[-1]
    refused = await team.slack.submit(form["id"], {"meeting.result": "differ"})
    assert "how they differ" in str(refused)
    await team.slack.submit(
        form["id"], {"meeting.result": "differ", "meeting.outcome": "Ours serves <!channel> bidding"}
    )
    await quiet(bot)
    for text in (
        everything(said(team, group)[-1]),
        "\n".join(everything(each) for each in team.slack.thread(team.channel, ts)),
    ):
        assert "Ana Ruiz and Ben Okafor talked" in text
        assert "We differ, and both go on" in text
        assert "<!channel>" not in text
    assert "Ben Okafor on how they differ" in reply_text(team, ts)
    assert await undelivered(bot) == []


async def test_not_yet_is_asked_about_after_the_next_time(team: Team, bot: Process) -> None:
    group = await agreed(team, bot)
    starts = event(files(team, group)[0])["starts"].astimezone(UTC)
    await at(bot, team, starts + timedelta(hours=1))
    await press(team, bot, team.ana, group, said(team, group)[-1], "syncs.not_yet")
    assert "I ask after that" in everything(said(team, group)[-1])
    await at(bot, team, starts + timedelta(days=7, hours=1))
    assert "did you talk" in everything(said(team, group)[-1])
    await at(bot, team, starts + timedelta(days=14, hours=2))
    assert "nobody said what came of the meeting" in everything(said(team, group)[-1])


async def test_without_a_meeting_the_written_check_ins_go_on(team: Team, bot: Process) -> None:
    group = await agreed(team, bot)
    await press(team, bot, team.ben, group, said(team, group)[0], "syncs.no_meeting")
    assert event(files(team, group)[-1])["method"] == "CANCEL"
    await team.slack.command(team.ana, team.channel, "/rowbot syncs")
    shown = everything(team.slack.ephemerals(team.ana, team.channel)[-1])
    assert "next Mon 18 Jan" in shown
    assert "you meet" not in shown


async def test_where_slack_refuses_a_group_each_is_told_alone_and_everything_works_the_same(
    team: Team, bot: Process
) -> None:
    team.slack.faults.on(
        "conversations.open",
        Fault.REFUSE,
        times=99,
        code="missing_scope",
        when=lambda asked: "," in str(asked["users"]),
    )
    await arranged(team, bot)
    assert groups(team) == []
    for person in (team.ana, team.ben):
        place = team.slack.direct(person, team.slack.bot_user_id)
        message = said(team, place)[-1]
        assert "When can you meet" in everything(message)
        await press(team, bot, person, place, message, "syncs.can")
    for person in (team.ana, team.ben):
        place = team.slack.direct(person, team.slack.bot_user_id)
        (invited,) = files(team, place)
        assert event(invited)["method"] == "REQUEST"
        (message,) = [each for each in said(team, place) if "You meet" in each["text"]]
        assert "Find another time" in labels(message)


async def test_without_files_the_words_and_links_are_there(team: Team, bot: Process) -> None:
    team.slack.faults.on("files.getUploadURLExternal", Fault.REFUSE, times=99, code="missing_scope")
    group = await agreed(team, bot)
    assert "https://outlook.office.com" in everything(said(team, group)[0])
    for person in (team.ana, team.ben):
        assert "you meet" in direct(team, person)[-1]


async def test_more_than_eight_are_told_each_alone(team: Team, bot: Process) -> None:
    slack = team.slack
    people = [team.ana, team.ben, *(slack.add_person(f"Person {number}", tz="Europe/Lisbon") for number in range(8))]
    await slack.command(team.ana, team.channel, "/rowbot sync")
    form = slack.views_of(team.ana)[-1]
    await slack.submit(form["id"], {"sync.topic": "Shared GPU pool", "sync.people": people, "sync.meet_minutes": "45"})
    await quiet(bot)
    assert groups(team) == []
    for person in people:
        assert "When can you meet for 45 minutes?" in direct(team, person)[-1]
    place = slack.direct(people[-1], slack.bot_user_id)
    await press(team, bot, people[-1], place, said(team, place)[-1], "syncs.can")
    assert "Person 7 can" in " ".join(direct(team, team.ana))


async def test_private_work_is_met_about_by_those_who_may_all_see_it_and_who_left_can_press_nothing(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    den = slack.add_channel("den", members=[team.ana, team.ben, slack.bot_user_id], private=True)
    await arranged(team, bot, den)
    (group,) = groups(team)
    assert STORE_TITLE in everything(said(team, group)[0])
    await slack.leave(team.ben, den)
    before = everything(said(team, group)[0])
    await press(team, bot, team.ben, group, said(team, group)[0], "syncs.fix")
    await press(team, bot, team.ana, group, said(team, group)[0], "syncs.can")
    assert everything(said(team, group)[0]) == before
    assert files(team, group) == []


async def test_who_hands_over_is_released_and_the_heir_is_told_and_meets(team: Team, bot: Process) -> None:
    group = await agreed(team, bot)
    cleo = team.slack.add_person("Cleo Danso", tz="Europe/Berlin", email="cleo@example.com")
    await choose(team, bot, team.ben, "hand_over")
    form = team.slack.views_of(team.ben)[-1]
    assert "take part already" in str(await team.slack.submit(form["id"], {"sync.heir": team.ana}))
    await team.slack.submit(form["id"], {"sync.heir": cleo})
    await quiet(bot)
    assert "over to you" in direct(team, cleo)[0]
    assert f"over to <@{cleo}>" in direct(team, team.ana)[-1]
    new = next(each for each in groups(team) if each != group)
    assert set(team.slack.workspace.channels[new].members) == {team.ana, cleo, team.slack.bot_user_id}
    assert "who meets has changed" in everything(said(team, group)[0])
    assert "You meet" in everything(said(team, new)[0])
    invited = event(files(team, new)[0])
    assert (invited["method"], invited["sequence"]) == ("REQUEST", 1)
    assert "mailto:cleo@example.com" in [str(each) for each in invited["event"]["ATTENDEE"]]
    (cancelled,) = files(team, team.slack.direct(team.ben, team.slack.bot_user_id))
    assert event(cancelled)["method"] == "CANCEL"


async def test_the_form_follows_the_rhythm_and_brings_in_the_leads_of_teams(team: Team, bot: Process) -> None:
    slack = team.slack
    await arranged(team, bot)
    await slack.command(team.ana, team.channel, "/rowbot sync")
    form = slack.views_of(team.ana)[-1]
    fields = [block["block_id"] for block in form["blocks"]]
    assert "sync.weekdays" not in fields
    await slack.click_in_view(team.ana, form["id"], "syncs.cadence", "custom", values={"sync.topic": "Shared GPU pool"})
    form = slack.views_of(team.ana)[-1]
    assert "sync.weekdays" in [block["block_id"] for block in form["blocks"]]
    await slack.submit(
        form["id"],
        {"sync.people": [team.ana, team.admin], "sync.every_weeks": "3", "sync.weekdays": ["1", "3"], "sync.first_on": "2027-01-19", "sync.at": "14:00",
         "sync.ruled_by": team.admin, "sync.meet_minutes": "0"},
    )  # fmt: skip
    await quiet(bot)
    told = direct(team, team.admin)[-1]
    assert "Shared GPU pool" in told
    assert "every 3 weeks on Tuesday and Thursday at 14:00 on Ines Meyer's clock" in told
    assert "next Tue 19 Jan, 13:00 your time" in direct(team, team.ana)[-1]
    assert len(groups(team)) == 1
