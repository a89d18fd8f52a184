"""What somebody would see who looks in after a while: where something was said since."""

from typing import Final

from bot.sandbox.records import Channel, ChannelKind, Json
from bot.sandbox.workspace import Workspace

#: People beside the one who looks whose direct messages are spoken of.
OTHERS: Final = 3


class News:
    """What is new in a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def since(self, moment: float, user: str) -> Json:
        """Conversations of somebody's with messages of others since a moment, the most first; and who else has apps' direct messages."""
        mine, others = [], []
        for channel in self._workspace.channels.values():
            if user in channel.members:
                if count := self._said(channel, moment, to=user):
                    mine.append(
                        {"channel": channel.id, "count": count, "unread": self._workspace.unread(channel, user)[0]}
                    )
            elif (person := self._reads_an_app(channel)) and (count := self._said(channel, moment, to=person)):
                others.append({"user": person, "channel": channel.id, "count": count})
        by_count = lambda one: -one["count"]  # noqa: E731 - the order of both lists
        return {"news": sorted(mine, key=by_count), "elsewhere": sorted(others, key=by_count)[:OTHERS]}

    def _said(self, channel: Channel, moment: float, *, to: str) -> int:
        timeline = self._workspace.timelines[channel.id]
        return sum(float(one.ts) > moment and one.user != to and not one.hidden for one in timeline)

    def _reads_an_app(self, channel: Channel) -> str:
        """Who has this direct conversation with an app; "" if it is another kind of conversation."""
        people = [self._workspace.people[one] for one in channel.members if one in self._workspace.people]
        readers = [one.id for one in people if not one.is_bot]
        return readers[0] if channel.kind is ChannelKind.IM and len(readers) == 1 and len(people) > 1 else ""
