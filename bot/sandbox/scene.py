"""A workspace to set up and to look at: who is there, what they see, what the app did. Acting is in `server.py`."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bot.sandbox import facts, usergroups, values
from bot.sandbox.records import ChannelKind, Json, Message, View
from bot.sandbox.rendering import view_json
from bot.sandbox.traffic import Delivered, RecordedCall
from bot.sandbox.wiring import Wiring
from bot.sandbox.workspace import OTHER_TEAM


class Scene(Wiring):
    """People, channels and identities, and everything that can be read."""

    # Who and where

    @property
    def api_url(self) -> str:
        """The base of the Web API, as `SLACK_API_URL` wants it."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The app's `xoxb-` token."""
        return self.app.bot_token

    @property
    def app_token(self) -> str:
        """The app's `xapp-` token, for Socket Mode."""
        return self.app.app_token

    @property
    def signing_secret(self) -> str:
        """The secret with which requests to the app are signed."""
        return self.app.signing_secret

    @property
    def bot_user_id(self) -> str:
        """The app's user."""
        return self.app.bot_user_id

    @property
    def bot_id(self) -> str:
        """The app's bot id."""
        return self.app.bot_id

    @property
    def app_id(self) -> str:
        """The app's id."""
        return self.app.app_id

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.workspace.team_id

    @property
    def request_url(self) -> str | None:
        """Where the app listens; None means Socket Mode."""
        return self.http.url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.http.url = url

    @property
    def suggestions(self) -> list[Json]:
        """What the page offers a newcomer to try: `{title?, as?, channel?, text}` each, people and channels by id or name."""
        return self.browser.reads.hints

    @suggestions.setter
    def suggestions(self, hints: list[Json]) -> None:
        self.browser.reads.hints = hints

    @property
    def tours(self) -> list[Json]:
        """The stories of the guided tour; docs/tour.md says what one holds."""
        return self.browser.reads.stories

    @tours.setter
    def tours(self, stories: list[Json]) -> None:
        self.browser.reads.stories = stories

    @property
    def gallery(self) -> Callable[[], Json]:
        """Gives what `/gallery` shows: `{"people": {id: name}, "channels": {id: name}, "examples": [...]}`, each example
        `{feature, title, for, kind: message, modal or home}` with `blocks`, and `heading`, `submit` and `close` of a modal.
        """
        return self.browser.reads.examples

    @gallery.setter
    def gallery(self, examples: Callable[[], Json]) -> None:
        self.browser.reads.examples = examples

    # Setting the scene; nothing of this is told to the app

    def add_person(
        self,
        real_name: str,
        *,
        tz: str = "Etc/UTC",
        is_admin: bool = False,
        email: str = "",
        user_id: str | None = None,
        external: bool = False,
        **profile: Any,  # noqa: ANN401 - Person's fields
    ) -> str:
        """Add somebody (`external`: of another organisation) and give their id."""
        team_id = OTHER_TEAM if external else ""
        with self.delivery.muted():
            return self.workspace.add_person(
                real_name, user_id=user_id or "", tz=tz, is_admin=is_admin, email=email, team_id=team_id, **profile
            ).id

    def add_bot(self, real_name: str) -> str:
        """Add another app's bot, such as one that posts deployments; gives its user id."""
        number = self.workspace.counters.id("B")
        with self.delivery.muted():
            return self.workspace.add_person(
                real_name, is_bot=True, bot_id=number, app_id=self.workspace.counters.id("A")
            ).id

    def add_channel(
        self,
        name: str,
        *,
        members: list[str],
        private: bool = False,
        shared: bool = False,
        **more: Any,  # noqa: ANN401 - Channel's fields
    ) -> str:
        """Create a channel (`shared`: with another organisation) and give its id."""
        kind = ChannelKind.PRIVATE if private else ChannelKind.PUBLIC
        with self.delivery.muted():
            return self.workspace.add_channel(name, kind, members=members, is_shared=shared, **more).id

    def add_user_group(self, name: str, handle: str, members: list[str]) -> str:
        """Create a user group and give its id."""
        return usergroups.add(self.workspace, name, handle, members)

    def change_user_group(
        self, group_id: str, *, members: list[str] | None = None, disabled: bool | None = None
    ) -> None:
        """Say who is in a user group, or take it out of use."""
        usergroups.change(self.workspace, group_id, members=members, disabled=disabled)

    def direct(self, *users: str) -> str:
        """The direct (or group) conversation of these people, made if needed."""
        with self.delivery.muted():
            return self.workspace.direct(list(users))[0].id

    # Looking

    def _draw(self, message: Message) -> Json:
        return self.drawing.draw(message, metadata=True)

    def messages(self, channel: str) -> list[Json]:
        """What is seen in a channel, oldest first, with metadata; ephemeral messages are not among it."""
        return [self._draw(message) for message in self.workspace.timelines[channel].in_channel()]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """The replies under a message, oldest first, without it."""
        return [self._draw(message) for message in self.workspace.timelines[channel].replies(ts)]

    def message(self, channel: str, ts: str) -> Json | None:
        """One message."""
        found = self.workspace.message(channel, ts)
        return self._draw(found) if found else None

    def direct_messages(self, user: str) -> list[Json]:
        """What stands in the conversation of a person with the app, oldest first."""
        return self.messages(self.direct(user, self.bot_user_id))

    def ephemerals(self, user: str, channel: str | None = None) -> list[Json]:
        """What only this person sees, oldest first."""
        found = [m for m in self.workspace.ephemerals if m.audience == user and channel in {None, m.channel}]
        return [{**self._draw(message), "channel": message.channel} for message in found]

    def views_of(self, user: str) -> list[Json]:
        """The open modals of a person, the one on top last."""
        return [self._shown(view) for view in self.workspace.modals.stacks.get(user, [])]

    def home_of(self, user: str) -> Json | None:
        """The Home tab of a person."""
        view = self.workspace.modals.homes.get(user)
        return self._shown(view) if view else None

    def _shown(self, view: View) -> Json:
        return view_json(view, self.workspace, self.app) | {"state": {"values": values.state(view.blocks, view.state)}}

    def calls(self, method: str = "") -> list[RecordedCall]:
        """The app's Web API calls (`response_url` and `upload` too), oldest first."""
        return self.traffic.calls(method)

    def deliveries(self, name: str = "") -> list[Delivered]:
        """What was sent to the app, by event type, command or interaction type, oldest first."""
        return self.traffic.delivered(name)

    @property
    def notices(self) -> list[facts.Noticed]:
        """Sentences that Slack itself showed to people, such as commands that failed."""
        return self._notices

    async def wait_for(self, condition: Callable[[], Any], *, timeout: float = 5.0) -> Any:  # noqa: ANN401, ASYNC109 - gives what the condition gave; a test's own patience
        """Wait until the condition holds and give its value; after `timeout` seconds a TimeoutError says what was waited for."""
        end = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise TimeoutError(f"Waited {timeout} s in vain; the last value was {value!r}.")
            await asyncio.sleep(0.01)
