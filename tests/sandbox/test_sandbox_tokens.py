"""The sandbox is for this machine alone, and no token but its own has any business in it."""

import socket
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.traffic import without_tokens
from tests.sandbox.conftest import MANIFEST

# Made up here, so that no scanner takes them for a leak.
REAL = "-".join(["xoxb", "2345678901", "3456789012", "AbCdEfGhIjKlMnOpQrStUvWx"])  # noqa: FLY002 - the same
REAL_APP = "-".join(["xapp", "1", "A0123456789", "4567890123", "0123456789abcdef"])  # noqa: FLY002 - the same
ROTATED = "-".join(["xoxe.xoxb", "1", "MS0zLTEyMzQ1Njc4"])  # noqa: FLY002 - the same


async def test_it_listens_on_loopback_only(slack: Sandbox) -> None:
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", slack.port))
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/") as response:
        assert response.status == 200


def test_its_tokens_are_of_its_own(slack: Sandbox) -> None:
    assert slack.bot_token.startswith("xoxb-sandbox-")
    assert slack.app_token.startswith("xapp-sandbox-")


@pytest.mark.parametrize("token", [REAL, REAL_APP, ROTATED])
async def test_a_real_token_is_refused_and_kept_nowhere(
    tmp_path: Path, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = tmp_path / "sandbox.db"
    caplog.set_level(0)
    async with Sandbox(MANIFEST, journal=kept) as slack, aiohttp.ClientSession(slack.url) as session:
        channel = slack.add_channel("c", members=[slack.bot_user_id])
        given = {"channel": channel, "text": "x"}
        in_header = {"Authorization": f"Bearer {token}"}
        said = [
            await session.post("/api/chat.postMessage", json=given, headers=in_header),
            await session.post("/api/chat.postMessage", data={**given, "token": token}),
            await session.post("/api/chat.postMessage", params={**given, "token": token}),
        ]
        assert [(await one.json())["error"] for one in said] == ["invalid_auth"] * 3
        for content_type in ("application/json", "text/plain"):
            broken = await session.post(
                f"/api/chat.postMessage?token={token}", data="{", headers={**in_header, "Content-Type": content_type}
            )
            assert token not in await broken.text()
        hidden = {"channel": channel, "text": "x", "metadata": {"event_type": "a", "event_payload": {"t": [token]}}}
        await session.post("/api/chat.postMessage", json=hidden, headers={"Authorization": f"Bearer {slack.bot_token}"})
        await session.post("/response/nobody", json={"text": f"see {token}"})
        async with session.get("/sandbox/traffic") as page:
            shown = await page.text()
        assert len(slack.traffic.calls()) == 7
        assert token not in shown + repr([entry.arguments for entry in slack.traffic.calls()])
        assert slack.messages(channel)[0]["text"] == "x"
    assert token not in caplog.text


def test_a_token_is_left_out_wherever_it_stands() -> None:
    assert without_tokens({"a": [f"see {REAL}, {ROTATED}."], "b": 1}) == {"a": ["see (token), (token)"], "b": 1}
    assert without_tokens("a box-office of xoxo") == "a box-office of xoxo"


@pytest.mark.parametrize("path", ["/", "/sandbox/state", "/sandbox/traffic", "/api/auth.test", "/link/"])
@pytest.mark.parametrize(
    "headers",
    [{"Host": "rebound.example"}, {"Host": "127.0.0.1"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
async def test_other_names_and_other_sites_are_shown_nothing(
    session: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    """Against DNS rebinding and cross-site requests: https://owasp.org/www-community/attacks/csrf."""
    async with session.get(path, headers=headers) as response:
        assert response.status == 403
        assert "answers at http://127.0.0.1:" in await response.text()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_picture_on_another_site_cannot_post_as_the_app_but_a_link_leads_to_the_page(
    slack: Sandbox, session: aiohttp.ClientSession, site: str
) -> None:
    channel = slack.add_channel("c", members=[slack.bot_user_id])
    given = {"token": slack.bot_token, "channel": channel, "text": "x"}
    picture = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
    link = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    for headers in (picture, link):
        async with session.get("/api/chat.postMessage", params=given, headers=headers) as response:
            assert response.status == 403
    assert slack.messages(channel) == []
    async with session.get("/", headers=picture) as response:
        assert response.status == 403
    async with session.get("/", headers=link) as response:
        assert response.status == 200
