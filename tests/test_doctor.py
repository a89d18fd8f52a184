"""`python -m bot check`: what is well, what is not, and what to do about it."""

import asyncio
import sys
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web

from bot.doctor import Verdict, examine, scopes
from bot.sandbox import Sandbox
from tests.world import MANIFEST, ROOT, settings_for

FAULT: Final = "✗"


async def check(slack: Sandbox, folder: Path, **environment: str) -> tuple[int, str]:
    """Run the command; its exit code and what it said."""
    given = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_API_URL": slack.api_url,
             "DATABASE_URL": f"sqlite:///{folder / 'check.db'}", "ROWBOT_EMBEDDER": "words", "PATH": ""}  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "check",
        cwd=ROOT,
        env=given | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    assert "Traceback" not in said.decode()
    return process.returncode, said.decode()


async def test_a_good_set_up_is_ready(slack: Sandbox, tmp_path: Path) -> None:
    code, said = await check(slack, tmp_path, ROWBOT_EMBEDDER="shipped", SLACK_APP_TOKEN=slack.app_token)
    assert (code, FAULT in said) == (0, False), said
    assert said.splitlines()[-1] == "Ready."
    assert "embedder" in said


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "does not accept SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "App token: refused"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "cannot be reached at http://127.0.0.1:1/api/"),
        ({"DATABASE_URL": "postgresql://nobody:sesame@127.0.0.1:1/none"}, "cannot be reached"),
        ({"DATABASE_URL": "mysql://h/d"}, "DATABASE_URL names mysql"),
        ({"SLACK_BOT_TOKEN": ""}, "python -m bot sandbox"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET"),
        ({"ROWBOT_EMBEDDER": "/srv/no/network"}, "'/srv/no/network', and there is no such folder"),
    ],
)
async def test_what_is_wrong_is_said_in_a_sentence(
    slack: Sandbox, tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    code, said = await check(slack, tmp_path, **environment)
    assert code == 1, said
    assert sentence in said
    assert "sesame" not in said
    assert said.splitlines()[-1].startswith("1 to mend")


async def test_a_missing_scope_is_named_and_an_optional_one_is_only_noted(tmp_path: Path) -> None:
    async with Sandbox(MANIFEST, without_scopes=frozenset({"reactions:write", "groups:history"})) as slack:
        code, said = await check(slack, tmp_path)
    assert code == 1
    assert f"{FAULT} Scopes: reactions:write missing" in said
    assert "· Scopes: without groups:history" in said


async def test_a_model_that_is_not_there_is_said(
    slack: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.features.matching import embedder

    moved = [name for name in vars(embedder) if isinstance(getattr(embedder, name), Path)]
    for name in moved:
        monkeypatch.setattr(embedder, name, tmp_path / "gone")
    assert moved
    found = [finding async for finding in examine(settings_for(slack, f"sqlite:///{tmp_path / 'x.db'}"))]
    assert [
        finding.what for finding in found if finding.verdict is Verdict.BAD and finding.what.startswith("Matching:")
    ]


async def test_a_clock_that_is_wrong_is_said(slack: Sandbox, tmp_path: Path) -> None:
    """Slack's answers carry its time; this one is an hour behind."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(
            {"ok": True, "team": "T", "user": "u", "team_id": "T1"},
            headers={"Date": "Mon, 01 Jan 2024 00:00:00 GMT", "X-OAuth-Scopes": "chat:write"},
        )

    application = web.Application()
    application.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        code, said = await check(slack, tmp_path, SLACK_API_URL=f"http://127.0.0.1:{runner.addresses[0][1]}/api/")
    finally:
        await runner.cleanup()
    assert code == 1
    assert f"{FAULT} Clock:" in said


def test_scopes_that_slack_does_not_name_are_no_fault() -> None:
    assert [finding.verdict for finding in scopes(None)] == [Verdict.NOTE]
