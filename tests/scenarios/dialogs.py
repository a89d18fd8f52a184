"""What scenarios say, and how they wait and look: nothing here knows how the bot works inside."""

import asyncio
import json
import urllib.parse
from collections.abc import Iterator
from typing import Any

from sqlmodel import col, select

from bot import clock
from bot.features.capabilities import service as capabilities
from bot.features.matching import service as matching
from bot.process import Process
from storage import outbox
from storage.initiatives import Initiative
from storage.outbox import OutboxState
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import Team, everything

STORE = (
    "New initiative: Online feature store for ranking. We will serve fresh features to the ranking models within 10 ms."
)
STORE_TITLE = "Online feature store for ranking"
SAME_STORE = "We're kicking off a feature store so that ranking models get fresh features at request time."
OTHER = "New initiative: Labelling queue for support tickets. Annotators label tickets for the intent classifier."
OTHER_TITLE = "Labelling queue for support tickets"
UNSURE = "Our next one is a labelling queue for support tickets."
CHATTER = "Lunch at twelve, who is in?"
HOSTILE = "<!channel> <@U123> <https://evil.example|here> *bold* _i_ & <script>"

TICK = "white_check_mark"

Json = dict[str, Any]


async def quiet(bot: Process) -> None:
    """Wait until nothing is on its way to Slack any more."""

    async def waiting() -> int:
        counts = await bot.bot.db.read(Scope(""), _waiting)
        return sum(counts.get(state, 0) for state in (OutboxState.PENDING, OutboxState.SENDING))

    for _ in range(2000):
        if not await waiting():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("Messages are still on their way.")


def _waiting(uow: UnitOfWork) -> dict[str, int]:
    return outbox.waiting(uow.session)


async def undelivered(bot: Process) -> list[str]:
    """Messages that were given up, each with its reason."""
    return await bot.bot.db.read(
        Scope(bot.bot.identity.workspace_id),
        lambda uow: [f"{row.verb} {row.key}: {row.error}" for row in uow.outbox.dead()],
    )


async def titles(bot: Process, *, with_private: bool = True) -> list[str]:
    """What stands in the registry."""

    def read(uow: UnitOfWork) -> list[str]:
        rows = uow.session.exec(select(Initiative).order_by(col(Initiative.id))).all()
        return [row.title for row in rows if row.withdrawn_at is None and (with_private or not row.audience)]

    return await bot.bot.db.read(Scope(bot.bot.identity.workspace_id), read)


async def seeded(bot: Process, *rows: Json) -> list[int]:
    """Put initiatives into the registry, as an import leaves them."""
    probes = [bot.bot.matcher.probe(str(row["title"]), str(row.get("summary", ""))) for row in rows]

    def put(uow: UnitOfWork) -> list[int]:
        now = clock.now()
        uow.workspaces.ensure(now=now)
        ids = []
        for row, probe in zip(rows, probes, strict=True):
            fields = dict(row)
            team = uow.teams.ensure(str(fields.pop("team")), now=now) if "team" in fields else None
            keys = capabilities.recognise(uow, str(row.get("summary", "")), title=str(row["title"]))
            made = uow.initiatives.add(Initiative(workspace_id=uow.workspace_id, folded_title=fold(str(row["title"])), team_id=team.id if team else None,
                                                  capabilities=keys, version=uow.workspaces.raise_version(), created_at=now, updated_at=now, **fields))  # fmt: skip
            matching.keep_analysis(uow, made, probe)
            ids.append(made.id)
        return ids

    return await bot.bot.db.write(bot.bot.scope, put)


ENTRY = {
    "title": STORE_TITLE,
    "summary": "Serves fresh features to the ranking models within 10 ms.",
    "team": "Ads Platform",
}


async def announced(bot: Process, team: Team, person: str, text: str, *, channel: str = "") -> str:
    """Say something that announces, and wait until all that follows from it has arrived."""
    ts = await team.slack.say(person, channel or team.channel, text)
    await quiet(bot)
    return ts


def reply_text(team: Team, ts: str, *, channel: str = "") -> str:
    """What the bot says under a message; "" for nothing."""
    return "\n".join(
        everything(message) for message in team.slack.thread(channel or team.channel, ts) if is_ours(team, message)
    )


def reply(team: Team, ts: str, *, channel: str = "") -> Json:
    """The one answer under a message."""
    found = [message for message in team.slack.thread(channel or team.channel, ts) if is_ours(team, message)]
    assert len(found) == 1, [everything(message) for message in found]
    return found[0]


def is_ours(team: Team, message: Json) -> bool:
    """Whether the bot wrote it."""
    return bool(message.get("bot_id") == team.slack.bot_id or message.get("user") == team.slack.bot_user_id)


def ticked(team: Team, ts: str, *, channel: str = "") -> bool:
    """Whether the bot's tick stands on a message."""
    message = team.slack.message(channel or team.channel, ts) or {}
    return any(each["name"] == TICK for each in message.get("reactions", []))


def elements(message: Json) -> Iterator[Json]:
    """Everything that can be pressed in a message or view."""

    def walk(part: object) -> Iterator[Json]:
        if isinstance(part, dict):
            if "action_id" in part:
                yield part
            for value in part.values():
                yield from walk(value)
        elif isinstance(part, list):
            for each in part:
                yield from walk(each)

    return walk(message.get("blocks", []))


def labels(message: Json) -> list[str]:
    """The labels of what can be pressed."""
    return [element["text"]["text"] for element in elements(message) if "text" in element]


def whispers(team: Team, person: str, *, channel: str = "") -> list[str]:
    """What only this person sees in a channel."""
    return [everything(message) for message in team.slack.ephemerals(person, channel or team.channel)]


def direct(team: Team, person: str) -> list[str]:
    """What the bot wrote to a person."""
    return [everything(message) for message in team.slack.direct_messages(person) if is_ours(team, message)]


async def crafted_form(team: Team, person: str, view: Json, values: Json) -> str:
    """Send a form as Slack would, with values that its own client does not offer, or once more; gives the answer."""
    who = {"id": person, "username": person, "team_id": team.slack.team_id}
    payload = {"type": "view_submission", "team": {"id": team.slack.team_id, "domain": "sandbox"}, "user": who, "api_app_id": team.slack.app_id,
               "trigger_id": "1.2.crafted", "view": view | {"state": {"values": values}}}  # fmt: skip
    body = "payload=" + urllib.parse.quote(json.dumps(payload))
    return str(await team.slack.knock(body.encode(), content_type="application/x-www-form-urlencoded"))


def filled(title: str, channel: str) -> Json:
    """The state of an announcement form with a title and a channel."""
    return {"initiative.title": {"title": {"type": "plain_text_input", "value": title}},
            "initiative.channel": {"channel": {"type": "conversations_select", "selected_conversation": channel}}}  # fmt: skip
