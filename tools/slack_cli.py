"""What the Slack CLI asks of this checkout (`slack run`, `slack doctor`): its hooks, the manifest, a start.

The CLI runs these commands from the project's folder by the `python3` it finds, which may have nothing installed: so this file needs only the standard
library, and hands over to `.venv` where that is not enough. An answer stands on standard output, between two boundaries where the CLI names one; all
else goes to standard error. Decision record 0014 says why this is a script of our own.
"""

from __future__ import annotations  # the CLI's python3 may be older than ours

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
ENVIRONMENT: Final = ROOT / ".venv"
PYTHON: Final = ENVIRONMENT / "bin" / "python"
UNUSABLE: Final = 2

#: The CLI's environment variable, then the usual one, for each of Rowbot's. The CLI's wins: `slack run` has asked for which workspace it is,
#: while the usual one may come from a `.env` that is meant for another.
TOKENS: Final = {
    "SLACK_BOT_TOKEN": ("SLACK_CLI_XOXB", "SLACK_BOT_TOKEN"),
    "SLACK_APP_TOKEN": ("SLACK_CLI_XAPP", "SLACK_APP_TOKEN"),
}


class CannotError(Exception):
    """It cannot be done; the sentence says what to do first."""


def main() -> int:
    """Run one hook; 0, or 2 with a sentence on standard error."""
    # The CLI may add options that later versions know; they mean nothing here.
    options, _ = parser().parse_known_args()
    try:
        if options.hook == "start":
            start(os.environ)
        answers = {"get-hooks": hooks, "get-manifest": manifest, "doctor": doctor}
        respond(answers[options.hook](), boundary=options.boundary if options.protocol == "message-boundaries" else "")
    except CannotError as fault:
        print(fault, file=sys.stderr)
        return UNUSABLE
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line that the CLI writes: a hook's name, and for most of them the protocol with its boundary."""
    top = argparse.ArgumentParser(description="Hooks of the Slack CLI.", allow_abbrev=False)
    top.add_argument("hook", choices=["get-hooks", "get-manifest", "start", "doctor"])
    top.add_argument("--protocol", default="default")
    top.add_argument("--boundary", default="")
    return top


def respond(payload: Mapping[str, Any], *, boundary: str) -> None:
    """Give the CLI its answer."""
    sys.stdout.write(f"{boundary}{json.dumps(payload)}{boundary}\n")
    sys.stdout.flush()


def hooks() -> dict[str, Any]:
    """Which hooks there are, what to watch, and that Rowbot opens its connection itself."""
    return {
        "hooks": {name: f"python3 tools/slack_cli.py {name}" for name in ("get-manifest", "start", "doctor")},
        "config": {
            "protocol-version": ["message-boundaries"],
            "sdk-managed-connection-enabled": True,
            "watch": {
                "manifest": {"paths": ["manifest.yml"]},
                "app": {"paths": ["bot", "storage"], "filter-regex": r"\.(py|yml)$"},
            },
        },
    }


def manifest() -> dict[str, Any]:
    """`manifest.yml` for a run on this machine: over Socket Mode, and so without addresses.

    Raises:
        CannotError: there is no environment to read YAML with.
    """
    program = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding='utf-8')), sys.stdout)"
    read = subprocess.run(
        [python(), "-c", program, str(ROOT / "manifest.yml")], capture_output=True, text=True, check=False
    )
    if read.returncode:
        raise CannotError(
            f"manifest.yml cannot be read: {(read.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        )
    return over_socket(json.loads(read.stdout))


def over_socket(loaded: dict[str, Any]) -> dict[str, Any]:
    """The manifest with Socket Mode on and no addresses, which the CLI would otherwise ask Slack to verify. Pure but for its argument."""
    for command in loaded.get("features", {}).get("slash_commands", []):
        command.pop("url", None)
    loaded.get("oauth_config", {}).pop("redirect_urls", None)
    settings = loaded.setdefault("settings", {})
    for part in ("event_subscriptions", "interactivity"):
        settings.get(part, {}).pop("request_url", None)
    settings["socket_mode_enabled"] = True
    return loaded


def start(environment: Mapping[str, str]) -> None:
    """Become `python -m bot run` in Socket Mode, so that the CLI's signals reach Rowbot itself. Returns only by an error.

    Raises:
        CannotError: there is no environment, or the CLI gave no tokens.
    """
    given = {
        name: next((environment[source] for source in sources if environment.get(source)), "")
        for name, sources in TOKENS.items()
    }
    if missing := [TOKENS[name][0] for name, token in given.items() if not token]:
        raise CannotError(
            f"{' and '.join(missing)} are not set. `slack run` sets them; without the Slack CLI, use `make run`."
        )
    os.chdir(ROOT)
    os.execve(python(), [python(), "-m", "bot", "run"], {**environment, **given})  # noqa: S606 - nothing of it is a shell's


def doctor() -> dict[str, Any]:
    """What `slack doctor` shows of this checkout."""
    if not PYTHON.exists():
        return {
            "versions": [{"name": "rowbot", "current": "not set up", "message": "make setup creates its environment"}]
        }
    program = (
        "import platform, json, slack_bolt.version, slack_sdk.version, bot; print(json.dumps([('rowbot', bot.__version__),"
        "('python', platform.python_version()), ('slack-bolt', slack_bolt.version.__version__), ('slack-sdk', slack_sdk.version.__version__)]))"
    )
    found = subprocess.run([python(), "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        return {
            "versions": [{"name": "rowbot", "current": "incomplete", "message": "make setup completes its environment"}]
        }
    return {"versions": [{"name": name, "current": version} for name, version in json.loads(found.stdout)]}


def python() -> str:
    """The Python of this checkout's environment.

    Raises:
        CannotError: there is none.
    """
    if not PYTHON.exists():
        raise CannotError("Rowbot's environment is not there yet. Create it with `make setup`, then try again.")
    return str(PYTHON)


if __name__ == "__main__":
    sys.exit(main())
