"""The HTTP door: what is not Slack's, or not whole, is refused in good order and leaves nothing behind."""

import asyncio
import gzip
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlmodel import select

from bot.process import Process
from bot.server import LARGEST_BODY, Unusable, decode, verify
from storage.announcements import Announcement
from storage.events import ProcessedEvent
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import Team

SECRET: Final = "door"
ANNOUNCEMENT: Final = "New initiative: Feature store\nWe will serve fresh features to the ranking models."


def event(team: Team, **other: Any) -> dict[str, Any]:
    """An announcement's envelope."""
    body = {
        "type": "message",
        "channel": team.channel,
        "channel_type": "channel",
        "user": team.ana,
        "text": ANNOUNCEMENT,
        "ts": f"{time.time():.6f}",
    } | other
    return {
        "type": "event_callback",
        "team_id": team.slack.team_id,
        "api_app_id": team.slack.app_id,
        "event_id": "Ev1",
        "event_time": 1,
        "event": body,
    }


def stored(uow: UnitOfWork) -> int:
    """How many events and announcements are known."""
    return len(uow.session.exec(select(ProcessedEvent)).all()) + len(uow.session.exec(select(Announcement)).all())


async def knows(bot: Process) -> int:
    return await bot.bot.db.read(Scope(""), stored)


# --- signatures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": ""},
        {"x-slack-signature": "\xff\xfe"},
        {"x-slack-request-timestamp": str(int(time.time()) - 3600)},
        {"x-slack-request-timestamp": str(int(time.time()) + 3600)},
        {"x-slack-request-timestamp": "now"},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "٣"},
        {"x-slack-request-timestamp": "1e9"},
        {"x-slack-request-timestamp": "9" * 40},
        {"x-slack-request-timestamp": ""},
    ],
)
async def test_a_request_that_slack_did_not_sign_just_now_is_refused_and_leaves_nothing(
    team: Team, bot: Process, headers: dict[str, str]
) -> None:
    answer = await team.slack.knock(json.dumps(event(team)).encode(), headers)
    assert answer.status == 401
    assert await knows(bot) == 0


async def test_a_body_that_was_changed_after_signing_is_refused(team: Team, bot: Process) -> None:
    signed = team.slack.http.headers(b'{"type": "url_verification", "challenge": "x"}', "application/json")
    assert (await team.slack.knock(json.dumps(event(team)).encode(), signed)).status == 401
    assert await knows(bot) == 0


def test_a_signature_is_good_for_five_minutes() -> None:
    headers = {"X-Slack-Request-Timestamp": "1000", "X-Slack-Signature": signature(b"x", "1000")}
    verify(headers, b"x", secret=SECRET, now=1300)
    with pytest.raises(Unusable):
        verify(headers, b"x", secret=SECRET, now=1301)


def signature(raw: bytes, stamp: str) -> str:
    """As Slack's documentation describes it (docs.slack.dev, verifying requests)."""
    return "v0=" + hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()


# --- shapes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"event_callback"', 400),
        (b"null", 400),
        (b"\xff\xfe\xfd", 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, 400),
        (b'{"type": "event_callback", "event": ' + b'{"a":' * 70 + b"1" + b"}" * 71, 400),
        (b'{"type": ' + b"9" * 5000 + b"}", 400),
        (b'{"type": "event_callback"}', 400),
        (b'{"type": "event_callback", "event": {}, "event_id": "E", "team_id": "T"}', 400),
        (b'{"type": "event_callback", "event": [], "event_id": "E", "team_id": "T"}', 400),
        (b'{"type": "event_callback", "event": {"type": "message"}, "event_id": 1, "team_id": "T"}', 400),
        (
            b'{"type": "event_callback", "event": {"type": "message", "channel": 5}, "event_id": "E", "team_id": "T"}',
            400,
        ),
        (
            b'{"type": "event_callback", "event": {"type": "message", "channel": "C", "ts": {}}, "event_id": "E", "team_id": "T"}',
            400,
        ),
        (
            b'{"type": "event_callback", "event": {"type": "message", "channel": "C", "blocks": [1]}, "event_id": "E", "team_id": "T"}',
            400,
        ),
        (b'{"type": "block_actions", "user": {"id": "U"}, "actions": []}', 400),
        (b'{"type": "block_actions", "user": {}, "actions": [{"action_id": "a"}]}', 400),
        (b'{"type": "view_submission", "user": {"id": "U"}}', 400),
        (b'{"type": "something_new"}', 400),
        (b'{"command": "/rowbot"}', 400),
        (b'{"type": "url_verification"}', 400),
    ],
)
async def test_a_signed_body_without_its_shape_is_refused_and_leaves_nothing(
    team: Team, bot: Process, body: bytes, status: int
) -> None:
    assert (await team.slack.knock(body)).status == status
    assert await knows(bot) == 0


async def test_a_body_over_a_mebibyte_is_refused(team: Team, bot: Process) -> None:
    body = json.dumps(event(team, text="x" * LARGEST_BODY)).encode()

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    async with aiohttp.ClientSession() as session:
        for data in (io.BytesIO(body), in_pieces()):
            async with session.post(str(team.slack.request_url), data=data) as answer:
                assert answer.status == 413
    assert await knows(bot) == 0


async def test_a_body_that_is_not_what_its_encoding_says_is_refused(team: Team, bot: Process) -> None:
    bomb = gzip.compress(b"0" * (LARGEST_BODY * 20))
    for raw, encoding, status in ((b"garbage", "gzip", 400), (b"garbage", "deflate", 400), (bomb, "gzip", 413)):
        async with (
            aiohttp.ClientSession() as session,
            session.post(str(team.slack.request_url), data=raw, headers={"Content-Encoding": encoding}) as answer,
        ):
            assert answer.status == status
    assert await knows(bot) == 0


async def test_bolt_reads_what_was_checked_and_nothing_else(team: Team, bot: Process) -> None:
    """Two payloads in one form, a form inside a JSON type, JSON inside a form type: one reading, not two."""
    message = json.dumps(event(team)).encode()
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/JSON", ""):
        assert (await team.slack.knock(message, content_type=content_type or "x/y")).status < 500
    click = json.dumps({"type": "block_actions", "user": {"id": team.ana}, "actions": [{"action_id": "a"}]})
    form = urlencode([("payload", "{"), ("payload", click)]).encode()
    assert (await team.slack.knock(form, content_type="application/x-www-form-urlencoded")).status == 200
    odd = b'{"type": "event_callback"&command=/rowbot&user_id=U&team_id=T&channel_id=C'
    assert (await team.slack.knock(odd, content_type="application/x-www-form-urlencoded")).status < 500


# --- what Slack sends -------------------------------------------------------------------------------------------


async def test_slack_may_check_the_address_and_its_certificate(team: Team, bot: Process) -> None:
    answer = await team.slack.knock(b'{"type": "url_verification", "challenge": "rhubarb", "token": "t"}')
    assert (answer.status, answer.body) == (200, {"challenge": "rhubarb"})
    assert (
        await team.slack.knock(b"ssl_check=1&token=t", content_type="application/x-www-form-urlencoded")
    ).status == 200
    assert (
        await team.slack.knock(b'{"type": "app_rate_limited", "team_id": "T", "minute_rate_limited": 1}')
    ).status == 200
    assert await knows(bot) == 0


async def test_an_event_that_nobody_waits_for_is_acknowledged(team: Team, bot: Process) -> None:
    for kind in ("something_new", "emoji_changed", "tokens_revoked", "app_uninstalled"):
        body = event(team) | {"event": {"type": kind, "user": team.ana}}
        assert (await team.slack.knock(json.dumps(body).encode())).status == 200
    assert await knows(bot) == 0


async def test_a_replayed_request_changes_nothing(team: Team, bot: Process) -> None:
    body = json.dumps(event(team)).encode()
    headers = team.slack.http.headers(body, "application/json")
    assert [(await team.slack.http.post(body, headers)).status for _ in range(3)] == [200, 200, 200]
    assert await knows(bot) == 2


async def test_a_store_that_cannot_keep_an_event_has_slack_bring_it_again(team: Team, bot: Process) -> None:
    engine = create_engine(bot.settings.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as outside:
        outside.execute(
            text(
                "CREATE TRIGGER full_disk BEFORE INSERT ON announcement BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END"
            )
        )
        answer = await team.slack.knock(json.dumps(event(team)).encode())
        kept = await knows(bot)
        outside.execute(text("DROP TRIGGER full_disk"))
    engine.dispose()
    assert kept == 0
    assert answer.status == 503
    assert (await team.slack.knock(json.dumps(event(team)).encode(), {"x-slack-retry-num": "1"})).status == 200
    assert await knows(bot) == 2


async def test_an_event_that_fails_twice_is_set_aside_for_an_admin(team: Team, bot: Process) -> None:
    engine = create_engine(bot.settings.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as outside:
        outside.execute(
            text("CREATE TRIGGER fault BEFORE INSERT ON announcement BEGIN SELECT RAISE(ABORT, 'constraint'); END")
        )
        body = json.dumps(event(team)).encode()
        first = await team.slack.knock(body)
        assert (first.status, await knows(bot)) == (503, 0)
        again = await team.slack.knock(body, {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_error"})
        assert again.status == 200
        outside.execute(text("DROP TRIGGER fault"))
    engine.dispose()
    faults = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.events.faults())
    assert [(fault.key, len(fault.fault)) for fault in faults] == [("Ev1", 4)]


async def test_the_pages_say_how_the_bot_is(team: Team, bot: Process) -> None:
    assert bot.door is not None
    async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{bot.door.port}") as session:
        async with session.get("/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "why": ""})
        await team.slack.say(team.ana, team.channel, ANNOUNCEMENT)
        async with session.get("/metrics") as answer:
            page = await answer.text()
        assert 'rowbot_requests_total{kind="event_callback",status="200"}' in page
        assert "Feature store" not in page
        async with session.get("/slack/events") as answer:
            assert answer.status == 405
        bot.bot.db.close()
        async with session.get("/healthz") as answer:
            assert answer.status == 503
            assert "database" in (await answer.json())["why"]


async def test_a_stop_lets_requests_under_way_end(team: Team, bot: Process) -> None:
    talks = [
        asyncio.create_task(
            team.slack.knock(
                json.dumps(event(team, ts=f"17000000{number}.000100") | {"event_id": f"Ev{number}"}).encode()
            )
        )
        for number in range(10, 20)
    ]
    await asyncio.sleep(0.005)
    stopping = asyncio.create_task(bot.stop())
    answers = await asyncio.gather(*talks)
    await stopping
    assert {answer.status for answer in answers} <= {0, 200}


# --- anything at all --------------------------------------------------------------------------------------------

_LEAVES: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["C1", "U1", "T1", "1700000000.000100"])
)
_NAMES: Final = st.sampled_from(
    ["type", "event", "user", "channel", "team", "view", "actions", "action_id", "block_id", "value", "text", "ts", "thread_ts", "message", "previous_message",
     "blocks", "elements", "files", "attachments", "edited", "subtype", "bot_id", "item", "state", "values", "private_metadata", "callback_id", "trigger_id",
     "response_url", "container", "authorizations", "enterprise", "id", "team_id", "user_id", "channel_id", "command", "event_id", "tab", "selected_option",
     "is_enterprise_install", "channel_type", "bot_profile", "user_team", "deleted_ts", "hash", "submit", "name"],
) | st.text(max_size=8)  # fmt: skip
_ANYTHING: Final = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5), max_leaves=25
)
_OBJECTS: Final = st.dictionaries(_NAMES, _ANYTHING, max_size=8)
_USERS: Final = st.fixed_dictionaries({"id": st.text(min_size=1, max_size=9)}) | _OBJECTS
_EVENTS: Final = st.builds(
    lambda any_event, kind: any_event | kind,
    _OBJECTS,
    st.fixed_dictionaries(
        {"type": st.sampled_from(["message", "app_mention", "member_joined_channel", "member_left_channel", "app_home_opened", "channel_rename", "channel_archive"])},
        optional={"subtype": st.sampled_from(["message_changed", "message_deleted", "bot_message", "file_share", "me_message"]), "channel": st.just("C1"),
                  "user": st.just("U1"), "ts": st.just("1700000000.000100"), "text": st.just(ANNOUNCEMENT), "channel_type": st.sampled_from(["channel", "im", "group"])},
    ),
)  # fmt: skip
_ENVELOPES: Final = st.one_of(
    _OBJECTS,
    st.builds(lambda extra, body: extra | {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": body}, _OBJECTS, _EVENTS),
    st.builds(
        lambda extra, user, kind, action: extra | {"type": kind, "user": user, "actions": [action]}, _OBJECTS, _USERS, st.just("block_actions"),
        st.builds(lambda extra, name: extra | {"action_id": name}, _OBJECTS, st.sampled_from(["announcements.dismiss", "announcements.team", "candidates.join", "x"])),
    ),
    st.builds(
        lambda extra, user, kind, view: extra | {"type": kind, "user": user, "view": view, "callback_id": "x", "trigger_id": "t", "message": view, "channel": user},
        _OBJECTS, _USERS, st.sampled_from(["view_submission", "view_closed", "shortcut", "message_action", "block_suggestion"]), _OBJECTS,
    ),
    st.builds(lambda extra: {"command": "/rowbot", "user_id": "U1", "team_id": "T1", "channel_id": "C1"} | extra, _OBJECTS),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    raw=st.binary(max_size=400) | _ANYTHING.map(lambda value: json.dumps(value).encode()),
    content_type=st.sampled_from(["application/json", "x-www-form-urlencoded", ""]),
)
def test_bytes_are_either_an_envelope_or_refused(raw: bytes, content_type: str) -> None:
    try:
        body = decode(content_type, raw)
    except Unusable as refusal:
        body = {"refused with": refusal.status}
    assert isinstance(body, dict)
    assert body.get("refused with", 400) == 400


@pytest.mark.timeout(180)
async def test_signed_garbage_is_never_answered_with_a_server_error(team: Team, bot: Process) -> None:
    """Envelopes of every type with anything in their fields. (A store that fails is another matter: see above.)"""
    loop = asyncio.get_running_loop()

    def knock(raw: bytes, content_type: str) -> int:
        return (
            asyncio.run_coroutine_threadsafe(team.slack.knock(raw, content_type=content_type), loop).result(30).status
        )

    @settings(max_examples=250, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(envelope=_ENVELOPES, as_form=st.booleans())
    def never_a_server_error(envelope: dict[str, Any], as_form: bool) -> None:
        raw = json.dumps(envelope).encode()
        if as_form:
            raw = urlencode({"payload": raw.decode()}).encode()
        status = knock(raw, "application/x-www-form-urlencoded" if as_form else "application/json")
        assert 200 <= status < 500, (status, envelope)

    await asyncio.to_thread(never_a_server_error)
