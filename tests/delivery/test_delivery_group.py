"""Group messages through a Slack that misbehaves: one conversation, each message once, and whoever it was for where Slack refuses."""

import pytest

from bot.delivery import outbox as front
from bot.sandbox import Fault
from bot.sandbox.records import ChannelKind
from bot.slack import blocks as b
from storage.outbox import OutboxRow, OutboxState, OutboxVerb, group_of
from storage.unit_of_work import UnitOfWork
from tests.delivery.test_delivery_worker import Post, desk, now

__all__ = ["desk"]


def groups(desk: Post) -> list[str]:
    """The group messages that there are."""
    return [channel.id for channel in desk.slack.workspace.channels.values() if channel.kind is ChannelKind.MPIM]


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_DROP, Fault.ACCEPT_THEN_500, Fault.DROP, Fault.RATE_LIMIT])
@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
async def test_a_group_is_opened_once_and_gets_each_message_once(desk: Post, method: str, fault: Fault) -> None:
    desk.slack.faults.on(method, fault, seconds=3)
    desk.worker()
    target = group_of([desk.team.ben, desk.team.ana])
    for text in ("one", "two"):
        await desk.post(text, channel=target)
    assert await desk.settled("one", "two") == [OutboxState.SENT, OutboxState.SENT]
    (group,) = groups(desk)
    assert sorted(message["text"] for message in desk.slack.messages(group)) == ["one", "two"]
    assert (await desk.row("one")).arrived_channel == group
    assert set(desk.slack.workspace.channels[group].members) == {desk.team.ana, desk.team.ben, desk.slack.bot_user_id}


async def test_where_slack_refuses_the_group_each_is_told_once(desk: Post) -> None:
    desk.slack.faults.on(
        "conversations.open", Fault.REFUSE, code="missing_scope", when=lambda asked: "," in str(asked["users"])
    )
    desk.worker()
    people = sorted((desk.team.ana, desk.team.ben))

    def alone(uow: UnitOfWork) -> list[OutboxRow]:
        body = front.body_of(b.Message("alone"))
        return [
            front.row_for(uow, OutboxVerb.POST, key=f"one:{each}", target=each, body=body, now=now()) for each in people
        ]

    instead = await desk.db.read(desk.scope, alone)
    await desk.post("one", channel=group_of(people), otherwise=instead)
    assert await desk.settled("one") == [OutboxState.DEAD]
    assert await desk.settled(*(f"one:{each}" for each in people)) == [OutboxState.SENT, OutboxState.SENT]
    assert groups(desk) == []
    for person in people:
        assert [message["text"] for message in desk.slack.direct_messages(person)] == ["alone"]
