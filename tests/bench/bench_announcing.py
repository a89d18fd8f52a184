"""From a signed event to Slack, at several sizes of registry, beside a bare Bolt app in the same run.

For each size: the answer to an announcement (its last byte to our 200: by then the outbox row is committed), the first byte of
`chat.postMessage` in an idle lane, acknowledgements under a hundred events a second, cold start and memory.
"""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp

ROOT: Final = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from bot.features.matching.matcher import Matcher  # noqa: E402
from bot.sandbox import Sandbox  # noqa: E402
from tests.bench.registry import WORDS, fill  # noqa: E402 - the path comes first
from tests.bench.report import Table, percentile  # noqa: E402

SIZES: Final = (100, 10_000, 100_000)
ANNOUNCEMENTS: Final = 60
RATE: Final = 100
RATE_SECONDS: Final = 10
#: A Bolt app as its tutorial writes it: hears a message, answers in the thread, keeps nothing.
BARE: Final = """
import os
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])
@app.event("message")
async def hear(event, say):
    if "initiative" in event.get("text", ""):
        await say(text="heard", thread_ts=event["ts"])
@app.event("member_joined_channel")
async def ignore(): pass
app.start(port=int(os.environ["PORT"]))
"""

_numbers = itertools.count(1)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signed(secret: str, body: bytes) -> dict[str, str]:
    """Slack's headers for a body."""
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + digest, "Content-Type": "application/json"}


def event(slack: Sandbox, channel: str, user: str, text: str) -> tuple[str, bytes]:
    """A message event as Slack sends it; its ts and its bytes."""
    number = next(_numbers)
    ts = f"{int(time.time())}.{number:06d}"
    message = {
        "type": "message",
        "channel": channel,
        "channel_type": "channel",
        "user": user,
        "text": text,
        "ts": ts,
        "event_ts": ts,
    }
    envelope = {"token": "x", "team_id": slack.team_id, "api_app_id": slack.app_id, "type": "event_callback", "event_id": f"EvBENCH{number}",
                "event_time": int(time.time()), "event": message}  # fmt: skip
    return ts, json.dumps(envelope).encode()


@contextlib.asynccontextmanager
async def program(slack: Sandbox, command: list[str], database_url: str) -> AsyncIterator[tuple[str, float, int]]:
    """A bot in a process of its own: its address, seconds until it was healthy, its process number."""
    port = free_port()
    environment = {**os.environ, "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_API_URL": slack.api_url,
                   "DATABASE_URL": database_url, "PORT": str(port), "ROWBOT_LOG_LEVEL": "WARNING", "ROWBOT_HOST": "127.0.0.1"}  # fmt: skip
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)  # noqa: ASYNC220 - started once, before anything is measured
    try:
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                        if answer.status in (200, 404):
                            break
                if process.poll() is not None:
                    raise RuntimeError(f"{command} ended with {process.returncode}")
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}/slack/events", time.perf_counter() - started, process.pid
    finally:
        process.terminate()
        process.wait(20)


async def announce(
    slack: Sandbox, session: aiohttp.ClientSession, url: str, channels: list[str], user: str
) -> tuple[list[float], list[float]]:
    """Announce into idle lanes, one after the other: milliseconds to the answer, and to the first byte of the post."""
    chance = random.Random(3)  # noqa: S311 - the same texts each time
    answers, posts = [], []
    for number in range(ANNOUNCEMENTS):
        channel = channels[number % len(channels)]
        ts, body = event(
            slack,
            channel,
            user,
            f"New initiative: {' '.join(chance.choices(WORDS, k=4))} {number}. We will build {' '.join(chance.choices(WORDS, k=16))}.",
        )
        before, headers = len(slack.calls()), signed(slack.signing_secret, body)
        clock, started = time.time(), time.perf_counter()
        async with session.post(url, data=body, headers=headers) as answer:
            await answer.read()
            assert answer.status == 200, answer.status
        answers.append((time.perf_counter() - started) * 1000)
        for _ in range(400):
            calls = [call for call in slack.calls()[before:] if call.method in ("chat.postMessage", "reactions.add")
                     and ts in (call.arguments.get("thread_ts"), call.arguments.get("timestamp"))]  # fmt: skip
            if calls:
                posts.append((calls[0].at - clock) * 1000)
                break
            await asyncio.sleep(0.005)
    return answers, posts


async def flood(slack: Sandbox, session: aiohttp.ClientSession, url: str, channel: str, user: str) -> list[float]:
    """A hundred events a second, one in twenty an announcement: milliseconds to each answer."""
    chance = random.Random(5)  # noqa: S311
    taken: list[float] = []

    async def send(number: int) -> None:
        marker = "New initiative: " if number % 20 == 0 else "did anybody see the "
        _, body = event(slack, channel, user, marker + " ".join(chance.choices(WORDS, k=12)))
        started = time.perf_counter()
        async with session.post(url, data=body, headers=signed(slack.signing_secret, body)) as answer:
            await answer.read()
        taken.append((time.perf_counter() - started) * 1000)

    tasks = []
    start = time.perf_counter()
    for number in range(RATE * RATE_SECONDS):
        await asyncio.sleep(max(0, start + number / RATE - time.perf_counter()))
        tasks.append(asyncio.create_task(send(number)))
    await asyncio.gather(*tasks)
    return taken


def memory_of(pid: int) -> tuple[float, float]:
    """Resident memory of a process now, and its peak, in MB."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return int(fields["VmRSS"].split()[0]) / 1024, int(fields["VmHWM"].split()[0]) / 1024


def import_seconds() -> float:
    """How long the bot's imports alone take, best of three."""
    command = [sys.executable, "-c", "import bot.__main__, bot.features.matching.matcher"]
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


async def measure(name: str, command: list[str], database_url: str, table: Table, *, imports: float) -> None:
    """One program: all figures into the table."""
    async with Sandbox(ROOT / "manifest.yml") as slack, aiohttp.ClientSession() as session:
        user = slack.add_person("Ana Ruiz")
        channels = [slack.add_channel(f"bench-{number}", members=[user, slack.bot_user_id]) for number in range(20)]
        async with program(slack, command, database_url) as (url, healthy, pid):
            await asyncio.sleep(3)  # the first timed work is over
            answers, posts = await announce(slack, session, url, channels, user)
            taken = await flood(slack, session, url, channels[0], user)
            memory, peak = memory_of(pid)
    table.row(name, answer_p50=percentile(answers, 50), answer_p99=percentile(answers, 99), post_p50=percentile(posts, 50), post_p99=percentile(posts, 99),
              flood_p50=statistics.median(taken), flood_p99=percentile(taken, 99), start_s=healthy - imports, memory_mb=memory, peak_mb=peak)  # fmt: skip


async def main() -> None:
    """Every size, and the bare app, in one run."""
    table = Table("From a signed event to Slack (milliseconds; cold start in seconds without imports; memory in MB)",
                  ["answer_p50", "answer_p99", "post_p50", "post_p99", "flood_p50", "flood_p99", "start_s", "memory_mb", "peak_mb"])  # fmt: skip
    imports = import_seconds()
    matcher = Matcher.load("shipped")
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        await measure("bare Bolt app", [sys.executable, str(bare)], "", table, imports=0)
        for size in [int(word) for word in sys.argv[1:]] or SIZES:
            url = f"sqlite:///{Path(folder) / f'{size}.db'}"
            fill(url, "T0SANDBOX1", size, matcher)
            await measure(f"Rowbot, {size:,}", [sys.executable, "-m", "bot", "run"], url, table, imports=imports)
    table.show(peer="bare Bolt app")
    print(f"Imports alone take {imports:.2f} s.")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
