"""What people do that the app answers: commands, buttons and menus, shortcuts, forms, suggestions, the Home tab.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

import asyncio
import mimetypes
from pathlib import PurePosixPath
from typing import Any

from bot.sandbox import blockkit, facts, markup, values
from bot.sandbox.acts import Acts
from bot.sandbox.answers import Answers
from bot.sandbox.delivery import Delivery
from bot.sandbox.errors import NotPossibleError, SlackError
from bot.sandbox.events import Events
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.methods.files import LARGEST
from bot.sandbox.methods.views import check_view
from bot.sandbox.modals import STACK, elements_of
from bot.sandbox.outcomes import TROUBLE, Reply, Submission, command_fault
from bot.sandbox.payloads import Payloads
from bot.sandbox.records import Channel, File, Json, Message, View
from bot.sandbox.rendering import Messages, file_json
from bot.sandbox.tickets import Tickets
from bot.sandbox.workspace import Workspace


class Interactivity:
    """Sends interactions to the app and plays out what it answers."""

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        *,
        delivery: Delivery,
        tickets: Tickets,
        messages: Messages,
        events: Events,
        acts: Acts,
        base_url: str,
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._delivery = delivery
        self._tickets = tickets
        self._messages = messages
        self._payloads = Payloads(workspace, app, tickets=tickets, messages=messages, acts=acts, base_url=base_url)
        self._events = events
        self._acts = acts
        self._base_url = base_url
        self.answers = Answers(workspace, app, tickets)

    # Commands

    async def command(self, user: str, channel_id: str, line: str) -> Reply:
        """Type a slash command, such as `/rowbot search feature store`."""
        person, channel = self._acts.person(user), self._acts.channel(user, channel_id)
        word, _, rest = line.strip().partition(" ")
        command = self._app.command(word)
        if command is None:
            return self._failed(user, channel, f"{word} is not a valid command.", "unknown_command")
        if person.team_id != self._workspace.team_id:
            return self._failed(
                user, channel, f"{word} is not available to people of other organisations.", "not_available"
            )
        text = self._command_text(rest.strip(), escaped=command.should_escape)
        where = {"user": user, "channel": channel.id}
        payload = {
            "token": self._app.verification_token,
            "team_id": self._workspace.team_id,
            "team_domain": self._workspace.domain,
            "channel_id": channel.id,
            "channel_name": self._payloads.channel_name(channel),
            "user_id": user,
            "user_name": person.name,
            "command": word,
            "text": text,
            "api_app_id": self._app.app_id,
            "is_enterprise_install": "false",
            "response_url": self._tickets.response_url(self._base_url, **where),
            "trigger_id": self._tickets.trigger(user, channel=channel.id),
        }
        answer = await self._delivery.ask("slash_commands", payload)
        if answer.fault:
            error = command_fault(answer)
            return self._failed(user, channel, f'{word} failed with the error "{error}"', error, answer.ms)
        body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if not body:
            return Reply(ms=answer.ms)
        try:
            with self._delivery.credited(answer):
                message = self.answers.show(body, user=user, channel=channel.id)
        except SlackError:
            error = "invalid_command_response"
            return self._failed(user, channel, f'{word} failed with the error "{error}"', error, answer.ms)
        return Reply(self._messages.draw(message, metadata=False), ms=answer.ms)

    def _command_text(self, typed: str, *, escaped: bool) -> str:
        people = self._workspace.people
        if not escaped:
            return markup.plain_command(typed, people=people)
        return markup.from_typed(typed, people=people, channels=self._workspace.channels, labels=True)

    def _failed(self, user: str, channel: Channel, sentence: str, error: str, ms: float = 0.0) -> Reply:
        self._workspace.tell(facts.Noticed(user, sentence, channel.id))
        return Reply(error=error, ms=ms)

    # Actions

    async def click(self, user: str, message: Message, action: Json, typed: Json | None = None) -> Reply:
        """Use an element of a message. `action` is what Slack puts into `actions`."""
        payload = {
            "type": "block_actions",
            **self._payloads.who(user),
            **self._payloads.in_message(user, message),
            "actions": [action],
        }
        for block_id, entries in (typed or {}).items():
            payload["state"]["values"].setdefault(block_id, {}).update(entries)
        return await self._act(user, payload, self._workspace.channels[message.channel].id)

    async def click_in_view(self, user: str, view: View, action: Json, typed: Json | None = None) -> Reply:
        """Use an element of a modal or of the Home tab; what is typed elsewhere in it goes along."""
        self._own(user, view)
        for block_id, entries in (typed or {}).items():
            view.state.setdefault(block_id, {}).update(entries)
        self._remember(view, action)
        payload: Json = {
            "type": "block_actions",
            **self._payloads.who(user),
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._tickets.trigger(user, channel=view.channel, from_modal=view.type == "modal"),
            "view": self._payloads.view(view),
            "actions": [action],
        }
        payload["state"] = payload["view"]["state"]
        return await self._act(user, payload, view.channel)

    async def _act(self, user: str, payload: Json, channel_id: str) -> Reply:
        answer = await self._delivery.ask("interactive", payload)
        if answer.fault:
            sentence = f"{self._app.name} did not answer this ({command_fault(answer)}). Try again."
            self._workspace.tell(facts.Noticed(user, sentence, channel_id))
            return Reply(error=command_fault(answer), ms=answer.ms)
        return Reply(ms=answer.ms)

    def _remember(self, view: View, action: Json) -> None:
        for block in view.blocks:
            for element in elements_of(block):
                if block.get("block_id") == action.get("block_id") and element.get("action_id") == action.get(
                    "action_id"
                ):
                    if element["type"] in {"button", "overflow", "workflow_button", "icon_button", "feedback_buttons"}:
                        return
                    whole = {"type": element["type"]}
                    keep = {
                        k: v for k, v in action.items() if k == "value" or k.startswith(("selected_", "rich_text_"))
                    }
                    view.state.setdefault(block["block_id"], {})[element["action_id"]] = whole | keep

    def _own(self, user: str, view: View) -> None:
        if view.user != user:
            raise NotPossibleError("This is on somebody else's screen.")

    async def suggest(
        self, user: str, *, action_id: str, block_id: str, value: str, view: View | None, message: Message | None
    ) -> Json:
        """Ask the app for the options of an external menu; gives `{options: …}` or `{option_groups: …}`."""
        payload: Json = {
            "type": "block_suggestion",
            **self._payloads.who(user),
            "action_id": action_id,
            "block_id": block_id,
            "value": value,
        }
        if view is not None:
            self._own(user, view)
            payload |= {"container": {"type": "view", "view_id": view.id}, "view": self._payloads.view(view)}
        elif message is not None:
            inside = self._payloads.in_message(user, message)
            payload |= {key: inside[key] for key in ("container", "channel", "message") if key in inside}
        answer = await self._delivery.ask("interactive", payload)
        if answer.fault or not isinstance(answer.body, dict):
            raise NotPossibleError("The options could not be loaded.")
        faults = blockkit.suggestion_faults(answer.body)
        if faults:
            raise NotPossibleError(f"The options could not be loaded: {faults[0]}")
        return {key: answer.body[key] for key in ("options", "option_groups") if key in answer.body}

    # Shortcuts

    async def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Reply:
        """Use a shortcut: a global one, or a message shortcut on a message."""
        person = self._acts.person(user)
        shortcut = self._app.shortcut(callback_id)
        if shortcut is None:
            raise NotPossibleError(f"{self._app.name} has no shortcut {callback_id!r}.")
        if (shortcut.type == "message") is (message is None):
            raise NotPossibleError(f"{shortcut.name} is a {shortcut.type} shortcut.")
        if person.team_id != self._workspace.team_id:
            raise NotPossibleError(f"{shortcut.name} is not available to people of other organisations.")
        stamp = self._events.stamp()
        payload: Json = {**self._payloads.who(user), "callback_id": callback_id, "action_ts": stamp}
        if message is None:
            payload |= {"type": "shortcut", "trigger_id": self._tickets.trigger(user)}
            return await self._act(user, payload, "")
        if message.audience:
            raise NotPossibleError("Shortcuts do not work on messages that only one person sees.")
        inside = self._payloads.in_message(user, message)
        keys = ("channel", "message", "response_url", "trigger_id")
        payload |= {"type": "message_action", "message_ts": message.ts, **{key: inside[key] for key in keys}}
        return await self._act(user, payload, message.channel)

    # Forms

    async def submit(self, user: str, view: View, typed: dict[str, dict[str, Json]]) -> Submission:
        """Send a form. What Slack's client can judge by itself is refused without asking the app."""
        self._own(user, view)
        if view is not self._workspace.modals.top(user):
            raise NotPossibleError("This form is not the one on top.")
        for block_id, entries in typed.items():
            view.state.setdefault(block_id, {}).update(entries)
        refused = values.refusals(view.blocks, values.state(view.blocks, view.state))
        if refused:
            return Submission(errors=refused, view=self._payloads.view(view))
        payload: Json = {
            "type": "view_submission",
            **self._payloads.who(user),
            "trigger_id": self._tickets.trigger(user, channel=view.channel, from_modal=True),
            "view": self._payloads.view(view),
            "response_urls": self._payloads.response_urls(user, view),
        }
        answer = await self._delivery.ask("interactive", payload)
        if answer.fault:
            return Submission(error=TROUBLE, view=self._payloads.view(view))
        return self._played(user, view, answer.body)

    def _played(self, user: str, view: View, body: Any) -> Submission:  # noqa: ANN401 - whatever the app said
        if body is None or body == {}:
            if view in self._workspace.modals.stacks.get(user, []):
                self._workspace.modals.close_top(user)
            return self._closed(user)
        try:
            return self._play(user, view, body if isinstance(body, dict) else {})
        except SlackError as error:
            self._workspace.tell(facts.Noticed(user, f"{TROUBLE} ({error.code})", view.channel))
            return Submission(error=TROUBLE, view=self._payloads.view(view))

    def _play(self, user: str, view: View, said: Json) -> Submission:
        modals = self._workspace.modals
        match said.get("response_action"):
            case "errors":
                return Submission(errors=self._field_errors(view, said.get("errors")), view=self._payloads.view(view))
            case "update":
                checked = check_view(said.get("view"), self._workspace, kind="modal", replacing=view)
                return Submission(view=self._payloads.view(modals.update(view, checked)))
            case "push":
                checked = check_view(said.get("view"), self._workspace, kind="modal")
                if len(modals.stacks[user]) >= STACK:
                    raise SlackError("push_limit_reached")
                return Submission(view=self._payloads.view(modals.push(user, checked)))
            case "clear":
                modals.close_all(user)
                return self._closed(user)
            case _:
                raise SlackError("invalid_response_action")

    def _closed(self, user: str) -> Submission:
        top = self._workspace.modals.top(user)
        return Submission(closed=True, view=self._payloads.view(top) if top else None)

    @staticmethod
    def _field_errors(view: View, errors: Any) -> dict[str, str]:  # noqa: ANN401 - whatever the app said
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
            raise SlackError("invalid_errors")
        if not all(isinstance(sentence, str) and sentence for sentence in errors.values()):
            raise SlackError("invalid_errors")
        return errors

    async def close_view(self, user: str, view: View, *, whole_stack: bool = False) -> None:
        """Close the modal on top, or with `whole_stack` all of them; the app hears of it if it asked to."""
        self._own(user, view)
        if view is not self._workspace.modals.top(user):
            raise NotPossibleError("This form is not the one on top.")
        stack = list(self._workspace.modals.stacks[user])
        whole = whole_stack or view.clear_on_close
        closed = stack[::-1] if whole else [view]
        # What was typed and not sent does not come along: nothing promises it, and Bolt's sample of this payload has an empty state.
        payloads = [
            {
                "type": "view_closed",
                **self._payloads.who(user),
                "view": self._payloads.view(one) | {"state": {"values": {}}},
                "is_cleared": whole,
            }
            for one in closed
            if one.notify_on_close
        ]
        if whole:
            self._workspace.modals.close_all(user)
        else:
            self._workspace.modals.close_top(user)
        await asyncio.gather(*(self._delivery.ask("interactive", payload) for payload in payloads))

    def attach(self, user: str, name: str, content: bytes) -> Json:
        """Upload a file for a form; gives what stands in its `files`."""
        if not content:
            raise NotPossibleError("This file is empty.")
        if len(content) > LARGEST:
            raise NotPossibleError(f"The sandbox takes files of up to {LARGEST // 1024 // 1024} MB.")
        path = PurePosixPath(name)
        record = File(
            id=self._workspace.counters.id("F"),
            name=path.name,
            title=path.name,
            mimetype=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            filetype=path.suffix.removeprefix(".").lower() or "binary",
            size=len(content),
            user=self._acts.person(user).id,
            created=int(self._workspace.clock()),
            content=content,
            uploaded=True,
        )
        self._workspace.files[record.id] = record
        self._workspace.add_file(record)
        return file_json(record, self._workspace, self._base_url)

    # Home

    def open_home(self, user: str, *, tab: str = "home") -> None:
        """Look at the app's Home tab (or its Messages tab); the app hears of it as an event."""
        if self._acts.person(user).team_id != self._workspace.team_id:
            raise NotPossibleError(f"{self._app.name} is not available to people of other organisations.")
        channel, _ = self._workspace.direct([user, self._app.bot_user_id])
        home = self._workspace.modals.homes.get(user)
        event = self._events.home_opened(
            user, channel, tab, self._payloads.view(home) if home and tab == "home" else None
        )
        if self._events.hears(event):
            self._delivery.event(event)
