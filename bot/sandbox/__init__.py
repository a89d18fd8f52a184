"""A Slack-like workspace on this machine: the world of the demo, and the only fake Slack of the tests.

Any Slack app can be pointed at it; it knows none in particular. It speaks the Web API (`Sandbox.api_url`), delivers
events over HTTP (`Sandbox.request_url`) or Socket Mode, and serves a page for people at `Sandbox.url`.

    async with Sandbox(Path("manifest.yml")) as slack:
        slack.request_url = "http://127.0.0.1:3000/slack/events"      # None: Socket Mode
        ana = slack.add_person("Ana Ruiz", tz="Europe/Lisbon")
        channel = slack.add_channel("ml-initiatives", members=[ana, slack.bot_user_id])
        ts = await slack.say(ana, channel, "We are building a feature store")
        reply = await slack.wait_for(lambda: slack.thread(channel, ts))
        await slack.click(ana, channel, reply[0]["ts"], "overlaps.join")

It is strict where Slack is: unknown methods, missing scopes, broken blocks, expired triggers, archived channels and
strangers get Slack's own error codes. `bot/sandbox/limits.py` is its table of limits.
"""

from bot.sandbox.errors import NotPossibleError
from bot.sandbox.faults import Fault
from bot.sandbox.outcomes import Reply, Submission
from bot.sandbox.server import Sandbox

__all__ = ["Fault", "NotPossibleError", "Reply", "Sandbox", "Submission"]
