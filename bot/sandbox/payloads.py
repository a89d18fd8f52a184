"""The JSON of interactions, as Slack sends it to the app."""

from bot.sandbox import values
from bot.sandbox.acts import Acts
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.modals import elements_of
from bot.sandbox.records import Channel, ChannelKind, Json, Message, View
from bot.sandbox.rendering import Messages, view_json
from bot.sandbox.tickets import Tickets
from bot.sandbox.workspace import Workspace


class Payloads:
    """Draws payloads; each one that needs them gets a trigger id and a response URL of its own."""

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        *,
        tickets: Tickets,
        messages: Messages,
        acts: Acts,
        base_url: str,
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._tickets = tickets
        self._messages = messages
        self._acts = acts
        self._base_url = base_url

    def who(self, user: str) -> Json:
        """What every payload says: who acts, in which workspace, on which app."""
        person = self._acts.person(user)
        shown = {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id}
        return {
            "user": shown,
            "team": {"id": self._workspace.team_id, "domain": self._workspace.domain},
            "api_app_id": self._app.app_id,
            "token": self._app.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def view(self, view: View) -> Json:
        """A view with what is typed in it."""
        drawn = view_json(view, self._workspace, self._app)
        drawn["state"] = {"values": values.state(view.blocks, view.state)}
        return drawn

    def in_message(self, user: str, message: Message) -> Json:
        """What a payload says of the message that it came from. An ephemeral message itself is left out, as Slack does."""
        channel = self._workspace.channels[message.channel]
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(message.audience),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        where: dict[str, object] = {
            "user": user,
            "channel": channel.id,
            "message_ts": message.ts,
            "thread_ts": message.thread_ts,
            "ephemeral": bool(message.audience),
        }
        payload: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": self.channel_name(channel)},
            "state": {"values": values.state(message.blocks, {})},
            "response_url": self._tickets.response_url(self._base_url, **where),
            "trigger_id": self._tickets.trigger(user, channel=channel.id),
        }
        if not message.audience:
            payload["message"] = self._messages.draw(message, metadata=True)
        return payload

    def response_urls(self, user: str, view: View) -> list[Json]:
        """The response URLs of a form, one per conversation that was chosen in a menu that asked for one."""
        urls = []
        for block in view.blocks:
            for element in elements_of(block):
                if not element.get("response_url_enabled"):
                    continue
                filled = values.state([block], view.state)[block["block_id"]][element["action_id"]]
                channel_id = filled.get("selected_conversation") or filled.get("selected_channel")
                if channel_id:
                    url = self._tickets.response_url(self._base_url, user=user, channel=channel_id)
                    urls.append(
                        {
                            "response_url": url,
                            "channel_id": channel_id,
                            "block_id": block["block_id"],
                            "action_id": element["action_id"],
                        }
                    )
        return urls

    @staticmethod
    def channel_name(channel: Channel) -> str:
        """The name of a channel in payloads: direct messages and private channels keep theirs."""
        if channel.kind is ChannelKind.IM:
            return "directmessage"
        return channel.name if channel.kind is ChannelKind.PUBLIC else "privategroup"
