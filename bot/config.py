"""Settings from the environment (and `.env`). Every variable is listed in docs/operations.md; a test keeps the two equal."""

from datetime import timedelta
from typing import Final

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import Misconfigured

SLACK_API: Final = "https://slack.com/api/"
#: Switches off what has a default; an empty variable is an unset one.
OFF: Final = "off"


class Settings(BaseSettings):
    """How this process is set up."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, populate_by_name=True)

    slack_bot_token: SecretStr | None = Field(default=None, description="Bot token (`xoxb-…`) of the one workspace.")
    slack_app_token: SecretStr | None = Field(
        default=None, description="App-level token (`xapp-…`, `connections:write`). Set: Socket Mode. Unset: HTTP."
    )
    slack_signing_secret: SecretStr | None = Field(default=None, description="Signing secret, needed over HTTP.")
    slack_api_url: str = Field(default=SLACK_API, description="Base of the Web API: GovSlack or a local server.")
    database_url: str = Field(default="sqlite:///var/rowbot.db", description="`sqlite:///path` or `postgresql://…`.")
    port: int = Field(default=3000, ge=0, le=65535, description="Port of the HTTP door, of `/healthz` and `/metrics`.")
    host: str = Field(default="0.0.0.0", alias="ROWBOT_HOST", description="Address of the HTTP door.")  # noqa: S104 - a container's port must be reachable; requests are verified
    log_level: str = Field(
        default="INFO",
        alias="ROWBOT_LOG_LEVEL",
        description="`WARNING`, `INFO` or `ERROR`. Never `DEBUG` in production: it prints payloads.",
    )
    sandbox_port: int = Field(
        default=3001, ge=0, le=65535, alias="ROWBOT_SANDBOX_PORT", description="Port of the sandbox's page."
    )
    embedder: str = Field(
        default="shipped",
        alias="ROWBOT_EMBEDDER",
        description="`shipped`, `words` to match on words alone, or the path of a folder with an ONNX embedder.",
    )
    threshold: float | None = Field(
        default=None, gt=0, lt=1, alias="ROWBOT_THRESHOLD",
        description="Probability from which a match is shown. Unset: the calibrated default (docs/matching.md).",
    )  # fmt: skip
    backup_folder: str = Field(
        default="",
        alias="ROWBOT_BACKUP_FOLDER",
        description="Where nightly copies of a SQLite registry go; `off`: none. Unset: `backups` beside the database.",
    )
    backups_kept: int = Field(
        default=14, ge=1, le=3650, alias="ROWBOT_BACKUPS_KEPT", description="Days of which a nightly copy is kept."
    )
    lease_seconds: float = Field(
        default=30,
        gt=0,
        alias="ROWBOT_LEASE_SECONDS",
        description="How long a message may be in one process's hands; longer than the HTTP timeout.",
    )
    http_timeout_seconds: float = Field(
        default=10, gt=0, alias="ROWBOT_HTTP_TIMEOUT_SECONDS", description="How long to wait for Slack's answer."
    )
    posts_per_minute: int = Field(
        default=300, ge=1, le=6000, alias="ROWBOT_POSTS_PER_MINUTE", description="Messages that leave for the workspace in a minute at the most."
    )  # fmt: skip
    drain_seconds: float = Field(
        default=8,
        ge=0,
        alias="ROWBOT_DRAIN_SECONDS",
        description="How long a stopping process finishes what it has begun.",
    )

    @property
    def lease(self) -> timedelta:
        """The lease as a duration."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def socket_mode(self) -> bool:
        """Whether events come over a WebSocket."""
        return self.slack_app_token is not None

    def require_token(self) -> str:
        """The bot token.

        Raises:
            Misconfigured: it is not set.
        """
        if self.slack_bot_token is None:
            raise Misconfigured(
                "SLACK_BOT_TOKEN is not set, so there is no workspace to join. Set it together with SLACK_APP_TOKEN (Socket Mode) "
                "or SLACK_SIGNING_SECRET (HTTP), or try Rowbot without Slack: python -m bot sandbox"
            )
        token = self.slack_bot_token.get_secret_value()
        if token.startswith("xapp-"):
            raise Misconfigured(
                "SLACK_BOT_TOKEN holds an app-level token (xapp-…). Put it into SLACK_APP_TOKEN, and the bot token (xoxb-…) here."
            )
        return token

    def require_slack(self) -> tuple[str, str]:
        """The bot token and, over HTTP, the signing secret ("" in Socket Mode).

        Raises:
            Misconfigured: one of them is missing; the sentence says which, and names the sandbox.
        """
        token = self.require_token()
        if self.socket_mode:
            return token, ""
        if self.slack_signing_secret is None:
            raise Misconfigured(
                "SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP). "
                "Set one of them: the README shows where to find both."
            )
        return token, self.slack_signing_secret.get_secret_value()


def load() -> Settings:
    """The settings of this process.

    Raises:
        Misconfigured: a variable cannot be read; the sentence names it.
    """
    try:
        settings = Settings()
    except ValidationError as fault:
        first = fault.errors()[0]
        field = str(first["loc"][0])
        name = field if field.isupper() else field.upper()
        raise Misconfigured(f"{name} is {first['input']!r}, which cannot be used: {first['msg']}.") from fault
    if settings.lease_seconds < settings.http_timeout_seconds + 5:
        raise Misconfigured(
            f"ROWBOT_LEASE_SECONDS is {settings.lease_seconds:g}; it must exceed ROWBOT_HTTP_TIMEOUT_SECONDS "
            f"({settings.http_timeout_seconds:g}) by at least 5, or a message that is still under way could be sent twice."
        )
    return settings
