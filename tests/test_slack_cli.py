"""The Slack CLI's side of the hooks: commands from `.slack/hooks.json`, run and read as the CLI does."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from bot.sandbox import Sandbox
from tests.scenarios.dialogs import STORE
from tests.world import MANIFEST, ROOT, Team
from tools import check_project

BOUNDARY: Final = "6d7f1a3e"
HOOKS: Final = ROOT / ".slack" / "hooks.json"


def configuration(folder: Path = ROOT) -> dict[str, Any]:
    """What the CLI knows after its first step: the answer of `get-hooks`, which `hooks.json` overrides."""
    written: dict[str, Any] = json.loads((folder / ".slack" / "hooks.json").read_text())
    answered = run(written["hooks"]["get-hooks"], folder)
    assert answered.returncode == 0, answered.stderr
    known: dict[str, Any] = json.loads(
        answered.stdout
    )  # the first step knows no boundaries: nothing else may be printed
    known["hooks"] |= written["hooks"]
    return known


def run(command: str, folder: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a hook by the shell, as the CLI does."""
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ask(hook: str, folder: Path = ROOT) -> Any:
    """The answer of a hook, by the protocol that the hooks prefer."""
    known = configuration(folder)
    assert known["config"]["protocol-version"][0] == "message-boundaries"
    answered = run(f"{known['hooks'][hook]} --protocol=message-boundaries --boundary={BOUNDARY}", folder)
    assert answered.returncode == 0, answered.stderr
    before, payload, after = answered.stdout.split(BOUNDARY)
    assert before.strip() == after.strip() == ""
    return json.loads(payload)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout in which `make setup` was not run."""
    folder = tmp_path / "checkout"
    (folder / "tools").mkdir(parents=True)
    shutil.copytree(HOOKS.parent, folder / ".slack")
    shutil.copy(ROOT / "tools" / "slack_cli.py", folder / "tools")
    shutil.copy(MANIFEST, folder)
    return folder


def test_the_cli_finds_every_hook_and_what_to_watch() -> None:
    known = configuration()
    assert set(known["hooks"]) == {"get-hooks", "get-manifest", "start", "doctor"}
    assert known["config"]["sdk-managed-connection-enabled"] is True
    watched = known["config"]["watch"]
    for path in (*watched["manifest"]["paths"], *watched["app"]["paths"]):
        assert (ROOT / path).exists(), path


def test_the_manifest_is_the_one_of_this_project_over_socket_mode_and_without_addresses() -> None:
    given, ours = ask("get-manifest"), yaml.safe_load(MANIFEST.read_text())
    assert "YOUR-HOST" not in json.dumps(given)
    assert given["settings"]["socket_mode_enabled"] is True
    assert given["oauth_config"]["scopes"] == ours["oauth_config"]["scopes"]
    assert (
        given["settings"]["event_subscriptions"]["bot_events"] == ours["settings"]["event_subscriptions"]["bot_events"]
    )
    assert [command["command"] for command in given["features"]["slash_commands"]] == ["/rowbot"]
    assert given["features"]["shortcuts"] == ours["features"]["shortcuts"]
    assert given["display_information"] == ours["display_information"]


def test_the_manifest_stays_within_slacks_limits() -> None:
    given = ask("get-manifest")
    assert len(given["display_information"]["name"]) <= check_project.LIMITS["name"]
    assert len(given["display_information"]["description"]) <= check_project.LIMITS["description"]
    for shortcut in given["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    if check_project.SCHEMA.exists():
        jsonschema.Draft7Validator(json.loads(check_project.SCHEMA.read_text())).validate(given)


async def test_an_app_of_this_manifest_can_be_installed(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text(yaml.safe_dump(ask("get-manifest")))
    async with Sandbox(path) as slack:
        assert slack.bot_token.startswith("xoxb-")


def test_the_doctor_names_versions() -> None:
    found = {each["name"]: each["current"] for each in ask("doctor")["versions"]}
    assert set(found) == {"rowbot", "python", "slack-bolt", "slack-sdk"}
    assert all(version[0].isdigit() for version in found.values())


def test_without_an_environment_the_way_to_one_is_said(bare: Path) -> None:
    known = configuration(bare)
    for hook in ("get-manifest", "start"):
        answered = run(known["hooks"][hook], bare, SLACK_CLI_XOXB="xoxb-1", SLACK_CLI_XAPP="xapp-1")
        assert answered.returncode == 2
        assert answered.stdout == ""
        assert "make setup" in answered.stderr
        assert "Traceback" not in answered.stderr
    (only,) = ask("doctor", bare)["versions"]
    assert "make setup" in only["message"]


def test_a_manifest_that_cannot_be_read_is_named(bare: Path) -> None:
    (bare / "manifest.yml").write_text("a: [1")
    (bare / ".venv").symlink_to(ROOT / ".venv")
    answered = run(configuration(bare)["hooks"]["get-manifest"], bare)
    assert answered.returncode == 2
    assert "manifest.yml cannot be read" in answered.stderr
    assert "Traceback" not in answered.stderr


def test_a_start_without_tokens_is_a_sentence() -> None:
    answered = run(configuration()["hooks"]["start"])
    assert answered.returncode == 2
    assert "SLACK_CLI_XOXB and SLACK_CLI_XAPP are not set" in answered.stderr


@pytest.mark.parametrize("names", [("SLACK_CLI_XOXB", "SLACK_CLI_XAPP"), ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")])
async def test_a_start_joins_the_workspace_of_the_clis_tokens_and_stops_when_told(
    slack: Sandbox, team: Team, tmp_path: Path, names: tuple[str, str]
) -> None:
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-of-another-workspace", "SLACK_APP_TOKEN": "xapp-of-another-workspace", "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}", "PORT": "0", "ROWBOT_HOST": "127.0.0.1", "ROWBOT_EMBEDDER": "words",
        names[0]: slack.bot_token, names[1]: slack.app_token,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", f"exec {configuration()['hooks']['start']}", cwd=ROOT, env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert b"Socket Mode" in await asyncio.wait_for(process.stdout.readline(), 60)
        ts = await slack.say(team.ana, team.channel, STORE)
        await slack.wait_for(lambda: (slack.message(team.channel, ts) or {}).get("reactions"), timeout=20)
    finally:
        process.send_signal(signal.SIGTERM)  # reaches the bot itself: the hook became it
        _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert b"Traceback" not in said


def test_what_the_cli_keeps_for_itself_is_not_committed() -> None:
    kept = (HOOKS.parent / ".gitignore").read_text().split()
    assert {"apps.dev.json", "cache/"} <= set(kept)
    assert json.loads((HOOKS.parent / "config.json").read_text())["manifest"] == {"source": "local"}
