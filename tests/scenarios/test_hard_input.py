"""What no keyboard types, but machines send: it is answered like anything else, and nothing is lost."""

import json

from bot.process import Process
from bot.slack.bolt import clean
from tests.scenarios.dialogs import STORE, announced, quiet, reply_text, titles
from tests.world import Team, everything


async def test_control_characters_are_dropped_before_anything_is_kept(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ana, "New initiative: Nul\x00byte\x07 checker for tables that feed training")
    assert await titles(bot) == ["Nulbyte checker for tables that feed training"]


def test_half_a_surrogate_pair_is_dropped_and_whole_characters_stay() -> None:
    assert clean({"a": ["x\ud83dy", {"b": "ol\u00e9 \U0001f600\n"}]}) == {"a": ["xy", {"b": "ol\u00e9 \U0001f600\n"}]}


async def test_a_home_that_slack_refuses_is_not_brought_again(team: Team, bot: Process) -> None:
    team.slack.faults.on("views.publish", "refuse", times=5)
    await team.slack.open_home(team.ana)
    taken = [each for each in team.slack.deliveries() if each.payload.get("event", {}).get("type") == "app_home_opened"]
    assert taken[-1].outcome == "acknowledged"
    assert len(taken[-1].attempts) == 1


async def test_nobody_announces_into_a_private_channel_that_they_are_not_in(team: Team, bot: Process) -> None:
    slack = team.slack
    private = slack.add_channel("quiet-work", members=[team.ben, slack.bot_user_id], private=True)
    await slack.command(team.ana, team.channel, "/rowbot announce")
    view = slack.views_of(team.ana)[-1]
    sent = await slack.submit(view["id"], {"initiative.title": "Fresh features", "initiative.channel": private})
    assert sent.error or "not a member" in str(sent.errors)
    assert await titles(bot) == []


async def test_an_announcement_to_the_bot_itself_is_looked_for_without_its_marker(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, STORE)
    conversation = team.slack.direct(team.ana, team.slack.bot_user_id)
    ts = await announced(bot, team, team.ana, "New initiative: online feature store for ranking", channel=conversation)
    said = "\n".join(everything(message) for message in team.slack.messages(conversation))
    assert "“Online feature store for ranking”" in said
    assert reply_text(team, ts) == ""


async def test_where_an_event_does_not_say_whether_strangers_read_along_slack_is_asked(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    # The bot is in none of Slack's lists of it: else it would be known already when the event comes.
    shared = slack.add_channel("with-partners", members=[team.ana], shared=True)
    said = {"type": "message", "channel": shared, "channel_type": "channel", "user": team.ana, "text": STORE,
            "ts": "1795400000.000100", "event_ts": "1795400000.000100"}  # fmt: skip
    envelope = {"type": "event_callback", "team_id": slack.team_id, "event_id": "EvSILENT1", "event": said}
    await slack.knock(json.dumps(envelope).encode(), {"Content-Type": "application/json"})
    await quiet(bot)
    assert await titles(bot) == []
    assert slack.thread(shared, "1795400000.000100") == []
    assert slack.calls("conversations.info")
