"""The app that is installed in the workspace, as its manifest describes it: scopes, events, commands, shortcuts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bot.sandbox.records import Json

#: libyaml's parser where it is built in: ten times as fast.
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class SlashCommand:
    """A slash command of the manifest."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut of the manifest."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class InstalledApp:
    """An installed app with its secrets. The tokens mean something to this sandbox only."""

    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[SlashCommand, ...]
    shortcuts: tuple[Shortcut, ...]
    home_enabled: bool
    messages_enabled: bool
    messages_read_only: bool
    app_id: str = "A0SANDBOX1"
    bot_id: str = "B0SANDBOX1"
    bot_user_id: str = "U0SANDBOX1"
    bot_token: str = "xoxb-sandbox-bot"  # noqa: S105 - a stand-in, worth nothing outside of this server
    app_token: str = "xapp-sandbox-app"  # noqa: S105 - the same
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - the same
    verification_token: str = "sandbox-verification"  # noqa: S105 - the same

    @property
    def scope_header(self) -> str:
        """The scopes as Slack lists them in `x-oauth-scopes` and `provided`."""
        return ",".join(sorted(self.scopes))

    def command(self, word: str) -> SlashCommand | None:
        """The command of this name."""
        return next((command for command in self.commands if command.command == word), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """The shortcut of this callback id."""
        return next((shortcut for shortcut in self.shortcuts if shortcut.callback_id == callback_id), None)


def _read(manifest: Path | Json) -> Json:
    if isinstance(manifest, dict):
        return manifest
    loaded = yaml.load(manifest.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - safe, either of them
    if not isinstance(loaded, dict):
        raise TypeError(f"{manifest} holds no app manifest.")
    return loaded


def install(manifest: Path | Json, *, without_scopes: frozenset[str] = frozenset(), **identity: Any) -> InstalledApp:  # noqa: ANN401 - InstalledApp's fields
    """Install an app from its manifest (https://docs.slack.dev/reference/app-manifest).

    Args:
        manifest: A file in YAML (or JSON, which is YAML), or the manifest itself.
        without_scopes: Optional scopes that the workspace's admin did not grant.
        identity: Ids and tokens other than the usual ones.
    """
    whole = _read(manifest)
    features = whole.get("features", {})
    scopes = whole.get("oauth_config", {}).get("scopes", {})
    home = features.get("app_home", {})
    return InstalledApp(
        name=features.get("bot_user", {}).get("display_name")
        or whole.get("display_information", {}).get("name", "App"),
        scopes=frozenset([*scopes.get("bot", []), *scopes.get("bot_optional", [])]) - without_scopes,
        events=frozenset(whole.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])),
        commands=tuple(
            SlashCommand(
                command=entry["command"],
                description=entry.get("description", ""),
                usage_hint=entry.get("usage_hint", ""),
                should_escape=bool(entry.get("should_escape")),
            )
            for entry in features.get("slash_commands", [])
        ),
        shortcuts=tuple(
            Shortcut(entry["name"], entry["type"], entry["callback_id"], entry.get("description", ""))
            for entry in features.get("shortcuts", [])
        ),
        home_enabled=bool(home.get("home_tab_enabled")),
        messages_enabled=bool(home.get("messages_tab_enabled", True)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled")),
        **identity,
    )
