"""The sandbox as tests and the demo use it: a Slack-like workspace on loopback, and hands for its people."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from bot.sandbox import values
from bot.sandbox.carriers import Answer
from bot.sandbox.modals import elements_of
from bot.sandbox.outcomes import Reply, Submission
from bot.sandbox.records import Json, View
from bot.sandbox.scene import Scene


class Sandbox(Scene):
    """A workspace that runs while the `async with` block does. See `Wiring` for the arguments.

    People are named by their ids, messages by channel and ts. What Slack would not let a person do raises
    `NotPossibleError` with the sentence that they would read.
    """

    # Messages

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: list[tuple[str, bytes]] | None = None,
        subtype: str = "",
        at: float | None = None,
        deliver: bool = True,
        wait: bool = True,
        times: int = 1,
    ) -> str:
        """Write a message and give its ts once the app has acknowledged the events (or all tries have failed).

        Args:
            user: Who writes; a bot's message carries its bot id.
            channel: Where.
            text: In Slack's markup, taken as it is.
            thread_ts: The message that is answered.
            broadcast: Show the reply in the channel too.
            files: Names and contents.
            subtype: Such as `bot_message`, which has a bot id and a name but no user.
            at: A time stamp of the past, in seconds.
            deliver: False keeps it from the app: it was there before.
            wait: False returns at once, while the event is on its way.
            times: How often the app gets the same event.
        """
        if not deliver:
            with self.delivery.muted():
                return self.acts.say(
                    user,
                    channel,
                    text,
                    thread_ts=thread_ts or "",
                    broadcast=broadcast,
                    files=files,
                    subtype=subtype,
                    at=at,
                ).ts
        with self.delivery.collecting() as sent:
            message = self.acts.say(
                user, channel, text, thread_ts=thread_ts or "", broadcast=broadcast, files=files, subtype=subtype, at=at
            )
            for sending in list(sent.sendings):
                for _ in range(times - 1):
                    self.delivery.again(sending.record)
        if wait:
            await sent.settled()
        return message.ts

    async def _done(self, act: Callable[[], object], *, deliver: bool = True, wait: bool = True) -> None:
        if not deliver:
            with self.delivery.muted():
                act()
            return
        with self.delivery.collecting() as sent:
            act()
        if wait:
            await sent.settled()

    async def edit(
        self, user: str, channel: str, ts: str, text: str, *, deliver: bool = True, wait: bool = True
    ) -> None:
        """Edit one's own message."""
        await self._done(lambda: self.acts.edit(user, channel, ts, text), deliver=deliver, wait=wait)

    async def delete(self, user: str, channel: str, ts: str, *, deliver: bool = True, wait: bool = True) -> None:
        """Delete a message. With replies under it, it becomes a tombstone and the app hears `message_changed`."""
        await self._done(lambda: self.acts.delete(user, channel, ts), deliver=deliver, wait=wait)

    async def react(self, user: str, channel: str, ts: str, name: str, *, remove: bool = False) -> None:
        """Add a reaction or take it back."""
        await self._done(lambda: self.acts.react(user, channel, ts, name, remove=remove))

    # Channels and people

    async def join(self, user: str, channel: str) -> None:
        """Join a public channel."""
        await self._done(lambda: self.acts.join(user, channel))

    async def leave(self, user: str, channel: str) -> None:
        """Leave a channel."""
        await self._done(lambda: self.acts.leave(user, channel))

    async def invite(self, user: str, channel: str, guest: str) -> None:
        """Bring somebody, or the app, into a channel."""
        await self._done(lambda: self.acts.invite(user, channel, guest))

    async def remove(self, user: str, channel: str, member: str) -> None:
        """Remove somebody, or the app, from a channel."""
        await self._done(lambda: self.acts.remove(user, channel, member))

    async def archive(self, user: str, channel: str, *, restore: bool = False) -> None:
        """Archive or restore a channel."""
        await self._done(lambda: self.acts.archive(user, channel, restore=restore))

    async def rename(self, user: str, channel: str, name: str) -> None:
        """Rename a channel."""
        await self._done(lambda: self.acts.rename(user, channel, name))

    async def share(self, channel: str, *, new_id: str | None = None) -> str:
        """Share a channel with another organisation; a private one may get another id on the way. Gives the id."""
        record = self.workspace.channels[channel]

        def act() -> None:
            if new_id:
                self.workspace.change_channel_id(record, new_id)
            self.workspace.change_channel(record, "shared", is_shared=True)

        await self._done(act)
        return record.id

    async def delete_channel(self, user: str, channel: str) -> None:
        """Delete a channel with everything in it; admins only."""
        await self._done(lambda: self.acts.delete_channel(user, channel))

    async def convert(self, user: str, channel: str, *, private: bool) -> None:
        """Make a channel private or public; admins only."""
        await self._done(lambda: self.acts.convert(user, channel, private=private))

    async def change_id(self, channel: str, new_id: str) -> None:
        """Give a channel another id."""
        await self._done(lambda: self.workspace.change_channel_id(self.workspace.channels[channel], new_id))

    async def deactivate(self, user: str, person: str, *, restore: bool = False) -> None:
        """Deactivate somebody's account, or bring it back; admins only."""
        await self._done(lambda: self.acts.deactivate(user, person, restore=restore))

    async def join_team(self, real_name: str, **profile: Any) -> str:  # noqa: ANN401 - Person's fields
        """Somebody joins the workspace, and the app hears of it; gives their id."""
        known = set(self.workspace.people)
        await self._done(lambda: self.workspace.add_person(real_name, **profile))
        return (set(self.workspace.people) - known).pop()

    async def uninstall(self) -> None:
        """Remove the app: its token works no more, its bot user is in no channel; it hears of that and of nothing after."""
        self.api.revoked = True
        await self._done(lambda: self.workspace.remove_app(self.bot_user_id))

    def reinstall(self) -> None:
        """Install the app again, with the token that it had. It has to be invited to channels anew."""
        self.api.revoked = False

    async def change_person(self, user: str, **profile: Any) -> None:  # noqa: ANN401 - Person's fields
        """Change a profile, such as `tz` or `deleted`."""
        await self._done(lambda: self.workspace.change_person(user, **profile))

    # What the app answers

    async def command(self, user: str, channel: str, line: str) -> Reply:
        """Type a slash command; the reply holds what the acknowledgement showed, if anything."""
        return await self.interactivity.command(user, channel, line)

    def _element(self, blocks: list[Json], action_id: str, value: Any, block_id: str | None) -> tuple[str, Json]:  # noqa: ANN401 - what a person chooses
        found = [
            (block.get("block_id", ""), element)
            for block in _flat(blocks)
            for element in elements_of(block)
            if element.get("action_id") == action_id and block_id in {None, block.get("block_id")}
        ]
        if len(found) > 1 and value is not None:
            found = [(b, e) for b, e in found if e.get("value") == value or _offers(e, value)] or found
        if not found:
            known = [e["action_id"] for block in _flat(blocks) for e in elements_of(block) if "action_id" in e]
            raise LookupError(f"There is no element {action_id!r} here; there are {known}.")
        if len({str(element) for _, element in found}) > 1:
            raise LookupError(f"There are {len(found)} elements {action_id!r} here: say which by value or block_id.")
        return found[0]

    def _action(self, blocks: list[Json], action_id: str, value: Any, block_id: str | None) -> Json:  # noqa: ANN401 - what a person chooses
        block, element = self._element(blocks, action_id, value, block_id)
        return values.action(element, block_id=block, value=value, action_ts=self.events.stamp())

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: Any = None,  # noqa: ANN401 - what a person chooses
        *,
        block_id: str | None = None,
        values: Json | None = None,
    ) -> Reply:
        """Use a button or menu of a message that this person sees, ephemeral ones included.

        Args:
            user: Who.
            channel: Where the message is.
            ts: Which message.
            action_id: Which element.
            value: For a menu what is chosen (an option's value, an id, a date); for one of several buttons its value.
            block_id: Which of several elements with the same action id.
            values: What is typed or chosen in other inputs of the message.
        """
        message = self.acts.message(user, channel, ts)
        action = self._action(message.blocks, action_id, value, block_id)
        return await self.interactivity.click(user, message, action, self._form(message.blocks, values))

    @staticmethod
    def _form(blocks: list[Json], given: Json | None) -> dict[str, dict[str, Json]]:
        return values.read_form(blocks, given) if given else {}

    async def click_in_view(
        self,
        user: str,
        view_id: str,
        action_id: str,
        value: Any = None,  # noqa: ANN401 - what a person chooses
        *,
        block_id: str | None = None,
        values: Json | None = None,
    ) -> Reply:
        """Use an element of an open modal or of the Home tab; `values` are typed before."""
        view = self._view(view_id)
        action = self._action(view.blocks, action_id, value, block_id)
        return await self.interactivity.click_in_view(user, view, action, self._form(view.blocks, values))

    async def click_home(
        self,
        user: str,
        action_id: str,
        value: Any = None,  # noqa: ANN401 - what a person chooses
        *,
        block_id: str | None = None,
    ) -> Reply:
        """Use an element of a person's Home tab."""
        return await self.click_in_view(user, self.workspace.modals.homes[user].id, action_id, value, block_id=block_id)

    async def shortcut(
        self, user: str, callback_id: str, *, channel: str | None = None, ts: str | None = None
    ) -> Reply:
        """Use a global shortcut, or with channel and ts a message shortcut."""
        message = self.acts.message(user, channel, ts) if channel and ts else None
        return await self.interactivity.shortcut(user, callback_id, message)

    async def options(self, user: str, view_id: str, action_id: str, text: str) -> list[Json]:
        """Type into an external menu of a modal; gives the options that the app offers."""
        view = self._view(view_id)
        block_id, _ = self._element(view.blocks, action_id, None, None)
        said = await self.interactivity.suggest(
            user, action_id=action_id, block_id=block_id, value=text, view=view, message=None
        )
        return values.options_of(said)

    async def submit(self, view_id: str, values: Json | None = None, *, user: str | None = None) -> Submission:
        """Send a form. `values`: block id (or action id) → plain value; what is left out stays as it stands."""
        view = self._view(view_id)
        return await self.interactivity.submit(user or view.user, view, self._form(view.blocks, values))

    async def close_view(self, view_id: str, *, whole_stack: bool = False) -> None:
        """Close the modal on top."""
        view = self._view(view_id)
        await self.interactivity.close_view(view.user, view, whole_stack=whole_stack)

    async def open_home(self, user: str, *, tab: str = "home") -> Json | None:
        """Look at the Home tab; gives what it shows once the app has acknowledged."""
        await self._done(lambda: self.interactivity.open_home(user, tab=tab))
        return self.home_of(user)

    def _view(self, view_id: str) -> View:
        view = self.workspace.modals.get(view_id)
        if view is None:
            raise LookupError(f"There is no view {view_id!r} on any screen.")
        return view

    # Bad days

    def redeliver_next(self, times: int) -> None:
        """Have the app get the next event so many times."""
        self.delivery.repeat_next.append(times)

    def reorder_next(self, count: int) -> None:
        """Hold the next events back until there are so many, then send them last first. `say` does not wait for them."""
        self.delivery.reorder_next(count)

    def out_of_order(self, *, seed: int | None = None) -> AbstractAsyncContextManager[None]:
        """Within `async with`, events are held back; then they go out in reverse, or shuffled by a seed."""
        return self.delivery.held(seed=seed)

    async def knock(
        self, body: bytes, headers: dict[str, str] | None = None, *, content_type: str = "application/json"
    ) -> Answer:
        """Post any bytes to the app's request URL, signed correctly unless `headers` say otherwise."""
        return await self.http.post(body, self.http.headers(body, content_type) | (headers or {}))


def _flat(blocks: list[Json]) -> list[Json]:
    """Blocks with those inside of containers and carousels."""
    flat: list[Json] = []
    for block in blocks:
        children = block.get("child_blocks") or (block.get("elements", []) if block.get("type") == "carousel" else [])
        flat += [block] if not children else _flat(children)
    return flat


def _offers(element: Json, value: Any) -> bool:  # noqa: ANN401 - what a person chooses
    return any(option.get("value") == value for option in values.options_of(element))
