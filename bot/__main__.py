"""The command line: python -m bot run | web | worker | migrate | sandbox | check | import | evaluate."""

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import __version__, config
from bot.config import Settings
from bot.errors import Misconfigured, RowbotError
from bot.process import FAILED, OK, UNUSABLE, Role, prepare_store, serve
from storage.database import StoreUnavailable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code: 0 done, 1 done in part or found faults, 2 could not be done."""
    options = parser().parse_args(arguments)
    try:
        settings = config.load()
        logging.basicConfig(
            level=settings.log_level.upper(),
            format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
            stream=sys.stderr,
        )
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        command: Callable[[Settings, argparse.Namespace], int] = options.command
        return command(settings, options)
    except RowbotError as fault:
        print(fault.sentence, file=sys.stderr)
        return UNUSABLE
    except StoreUnavailable as fault:
        print(f"{fault} Nothing was lost; try again.", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="python -m bot", description="Rowbot keeps many ML teams rowing in the same direction."
    )
    top.add_argument("--version", action="version", version=f"Rowbot {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for role, what in ((Role.RUN, "everything in one process: hear Slack, match, deliver"), (Role.WEB, "only hear Slack (HTTP; with a worker beside it)"),
                       (Role.WORKER, "only deliver and do timed work")):  # fmt: skip
        commands.add_parser(role.value, help=what).set_defaults(command=_serve, role=role)
    commands.add_parser("migrate", help="bring the database up to date (every start does it by itself)").set_defaults(
        command=_migrate
    )
    sandbox = commands.add_parser("sandbox", help="try Rowbot without Slack: a workspace in the browser")
    sandbox.add_argument("--fresh", action="store_true", help="start over with the demo organisation")
    sandbox.set_defaults(command=_sandbox)
    commands.add_parser(
        "check", help="is everything here that Rowbot needs, and what to do about what is not"
    ).set_defaults(command=_check)
    imports = commands.add_parser("import", help="read existing work into the registry from a CSV file")
    imports.add_argument("file", type=Path, metavar="FILE")
    imports.add_argument("--workspace", default="", help="Slack's id of the workspace (T…); left out, the token's")
    imports.add_argument(
        "--faults", type=Path, metavar="FILE", help="write every row that was left out, and why, to this file"
    )
    imports.set_defaults(command=_import)
    evaluate = commands.add_parser("evaluate", help="score the matcher on labelled data")
    evaluate.add_argument("path", type=Path, metavar="PATH")
    evaluate.add_argument("--run", type=Path, metavar="OUT.jsonl", help="write the ranking of every query")
    evaluate.add_argument("--pairs", type=Path, metavar="OUT.jsonl", help="write the probability of every pair")
    evaluate.set_defaults(command=_evaluate)
    return top


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    asyncio.run(serve(settings, options.role))
    return OK


def _migrate(settings: Settings, options: argparse.Namespace) -> int:
    prepare_store(settings)
    print("The database is up to date.")
    return OK


def _sandbox(settings: Settings, options: argparse.Namespace) -> int:
    # Imported here: a bot in production needs none of the sandbox.
    from bot.demo import run_demo

    asyncio.run(run_demo(settings, fresh=options.fresh))
    return OK


def _check(settings: Settings, options: argparse.Namespace) -> int:
    from bot import doctor

    async def show() -> int:
        bad = 0
        async for finding in doctor.examine(settings):
            print(finding, flush=True)
            bad += finding.verdict is doctor.Verdict.BAD
        print("Ready." if not bad else f"{bad} to mend: see the lines with ✗.")
        return FAILED if bad else OK

    return asyncio.run(show())


def _import(settings: Settings, options: argparse.Namespace) -> int:
    from bot.app import clients, identify, remember, session_for
    from bot.clock import now
    from bot.features.imports.command import run_import
    from bot.features.matching.matcher import Matcher
    from storage.database import Database
    from storage.unit_of_work import Scope

    prepare_store(settings)
    with contextlib.closing(Database(settings.database_url)) as db:
        workspace_id: str = options.workspace
        if not workspace_id:
            if settings.slack_bot_token is None:
                raise Misconfigured("Into which workspace? Set SLACK_BOT_TOKEN, or name it: --workspace T0123456789")

            async def ask() -> str:
                async with session_for(settings) as session:
                    identity = await identify(clients(settings, session)[0])
                await db.write(Scope(identity.workspace_id), remember, identity, now())
                return identity.workspace_id

            workspace_id = asyncio.run(ask())
        return run_import(
            options.file,
            db=db,
            workspace_id=workspace_id,
            matcher=Matcher.load(settings.embedder),
            faults_to=options.faults,
        ).exit_code


def _evaluate(settings: Settings, options: argparse.Namespace) -> int:
    from bot.features.matching.evaluation import evaluate

    try:
        evaluate(options.path, run_out=options.run, pairs_out=options.pairs)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return UNUSABLE
    return OK


if __name__ == "__main__":
    sys.exit(main())
