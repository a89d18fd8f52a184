"""`python -m bot.sandbox manifest.yml`: a workspace for a Slack app of your own. docs/sandbox.md says what it does and does not."""

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

from bot.sandbox.server import Sandbox

PEOPLE = ("Ana Ruiz", "Bo Lindqvist")


def main() -> None:
    """Open a workspace with the manifest's app in it until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.sandbox", description="A Slack-like workspace for one app, on this machine only."
    )
    parser.add_argument("manifest", type=Path, help="the app's manifest, YAML or JSON")
    parser.add_argument("--request-url", help="where the app listens over HTTP; without, it comes by Socket Mode")
    parser.add_argument(
        "--port", type=int, default=3001, help="of the page and the Web API (default 3001; 0 takes a free one)"
    )
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the workspace in this file between runs")
    parser.add_argument(
        "--person", action="append", metavar="NAME", help="who is there, once for each; the first one is an admin"
    )
    options = parser.parse_args()
    if not options.manifest.is_file():
        parser.error(f"There is no manifest {options.manifest}.")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Sandbox(
        options.manifest, port=options.port, journal=options.keep, rate_limits=True, retry_scale=1
    ) as sandbox:
        sandbox.request_url = options.request_url
        names = options.person or list(PEOPLE)

        async def move_in() -> None:
            people = [sandbox.add_person(name, is_admin=at == 0) for at, name in enumerate(names)]
            sandbox.add_channel("general", members=[*people, sandbox.bot_user_id])

        if not sandbox.was_kept:
            await move_in()
        sandbox.on_reset = move_in
        print(_welcome(sandbox), flush=True)  # noqa: T201 - the command line speaks by printing
        await stop.wait()


def _welcome(sandbox: Sandbox) -> str:
    # Its tokens are good in this workspace alone: they are no secrets.
    lines = {
        "SLACK_API_URL": sandbox.api_url,
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
        "SLACK_SIGNING_SECRET": sandbox.signing_secret,
    }
    told = "\n".join(f"{name}={value}" for name, value in lines.items())
    return f"The workspace is open: {sandbox.url}/\n{told}"


if __name__ == "__main__":
    main()
