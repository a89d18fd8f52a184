"""Settings: each can be read, and what cannot is named."""

import pytest

from bot import config
from bot.config import Settings
from bot.errors import Misconfigured


def given(**values: str) -> Settings:
    """Settings of these values alone; the environment and `.env` are not read."""
    return Settings.model_validate(values)


def test_the_defaults_can_work_together(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))
    settings = config.load()
    assert settings.lease_seconds >= settings.http_timeout_seconds + 5
    assert not settings.socket_mode


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("ROWBOT_THRESHOLD", "2"),
        ("ROWBOT_LEASE_SECONDS", "-1"),
        ("ROWBOT_DRAIN_SECONDS", "x"),
        ("ROWBOT_SANDBOX_PORT", "-4"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=f"^{name} is "):
        config.load()


def test_a_lease_shorter_than_a_call_to_slack_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROWBOT_LEASE_SECONDS", "14.9")
    with pytest.raises(Misconfigured, match="could be sent twice"):
        config.load()


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    settings = config.load()
    assert settings.port == 3000
    assert not settings.socket_mode


def test_secrets_are_not_shown() -> None:
    settings = given(slack_bot_token="xoxb-secret", slack_signing_secret="sesame")
    assert "xoxb-secret" not in repr(settings)
    assert "sesame" not in repr(settings)


def test_what_is_missing_is_said_with_a_way_out() -> None:
    with pytest.raises(Misconfigured, match="python -m bot sandbox"):
        given().require_slack()
    with pytest.raises(Misconfigured, match="SLACK_SIGNING_SECRET"):
        given(slack_bot_token="xoxb-1").require_slack()
    assert given(slack_bot_token="xoxb-1", slack_app_token="xapp-1").require_slack() == (
        "xoxb-1",
        "",
    )
