"""Announcing, as engineers meet it: over signed HTTP, through Bolt, to the posted reply."""

from bot.process import Process

from world import Team, everything


async def test_a_second_announcement_of_the_same_work_is_answered_with_the_first(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.say(team.ben, team.channel, "New initiative: Online feature store for ranking. We will serve fresh features to the ranking models within 10 ms.")
    ts = await slack.say(team.ana, team.channel, "We're kicking off a feature store so that ranking models get fresh features at request time.")

    reply = await slack.wait_for(lambda: slack.thread(team.channel, ts))
    assert "Online feature store for ranking" in everything(reply[0])
