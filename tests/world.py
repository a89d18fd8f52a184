"""The world that tests share: who is in it, how its bot is set up, and how to read what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.config import Settings
from bot.sandbox import Sandbox

ROOT: Final = Path(__file__).parent.parent
MANIFEST: Final = ROOT / "manifest.yml"
NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass
class Team:
    """People and a channel to play with."""

    slack: Sandbox
    ana: str
    ben: str
    admin: str
    channel: str


def settings_for(slack: Sandbox, database_url: str, **other: object) -> Settings:
    """The settings of a bot in this workspace, over HTTP."""
    values = {"slack_bot_token": slack.bot_token, "slack_signing_secret": slack.signing_secret, "slack_api_url": slack.api_url,
              "database_url": database_url, "port": 0, "host": "127.0.0.1"}  # fmt: skip
    return Settings.model_validate({**values, **other})


def everything(message: dict[str, Any]) -> str:
    """Every text of a message that a person reads, in one string."""

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for name, value in part.items():
                if name == "text" and isinstance(value, str):
                    yield value
                else:
                    yield from walk(value)
        elif isinstance(part, list):
            for each in part:
                yield from walk(each)

    return "\n".join(walk(message))
