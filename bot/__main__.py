"""The command line: python -m bot run | web | worker | migrate | sandbox | check | import | export | backup | restore | evaluate."""

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
from storage.database import Database, StoreUnavailable

#: As shells have it for a process that SIGINT ended.
INTERRUPTED = 130


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
        return INTERRUPTED


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
    imports = commands.add_parser(
        "import", help="read existing work into the registry: CSV, JSON Lines, Backstage catalog-info.yaml"
    )
    task = imports.add_mutually_exclusive_group(required=True)
    task.add_argument("file", type=Path, metavar="FILE", nargs="?")
    task.add_argument(
        "--undo",
        type=_positive,
        nargs="?",
        const=0,
        metavar="RUN",
        help="take a run back; the latest, or that of this number",
    )
    task.add_argument("--list", action="store_true", help="the latest runs, with their numbers")
    imports.add_argument("--dry-run", action="store_true", help="say what would change, row by row, and write nothing")
    imports.add_argument(
        "--format", choices=("csv", "jsonl", "backstage"), help="read the file as this, whatever its name says"
    )
    imports.add_argument("--workspace", default="", help="Slack's id of the workspace (T…); left out, the token's")
    imports.add_argument(
        "--faults", type=Path, metavar="FILE", help="write every row that was left out, and why, to this file"
    )
    imports.set_defaults(command=_import)
    export = commands.add_parser(
        "export", help="write the registry to a file that import reads back: CSV or JSON Lines"
    )
    export.add_argument("file", metavar="FILE", nargs="?", default="-", help="left out, or -: the standard output")
    export.add_argument("--workspace", default="", help="Slack's id of the workspace (T…); left out, the token's")
    export.add_argument("--format", choices=("csv", "jsonl"), help="left out: by the file's name, else JSON Lines")
    export.add_argument(
        "--with-private", action="store_true", help="private work too: the file is then as private as that work"
    )
    export.add_argument("--force", action="store_true", help="write over a file that is there")
    export.set_defaults(command=_export)
    backup = commands.add_parser(
        "backup", help="copy a SQLite registry, also while Rowbot runs on it, and prove the copy"
    )
    backup.add_argument(
        "--to", type=Path, metavar="FOLDER", help="left out: ROWBOT_BACKUP_FOLDER, or `backups` beside the database"
    )
    backup.add_argument(
        "--keep", type=_positive, metavar="N", help="drop outdated copies, keeping those of N days and 8 weeks"
    )
    backup.set_defaults(command=_backup)
    restore = commands.add_parser(
        "restore", help="put a copy back in the place of the registry; Rowbot must not be running"
    )
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(command=_restore)
    evaluate = commands.add_parser("evaluate", help="score the matcher on labelled data")
    evaluate.add_argument("path", type=Path, metavar="PATH", nargs="?", help="a folder of JSON Lines, or a .csv file")
    evaluate.add_argument(
        "--history", action="store_true", help="score it on what people answered under its public warnings"
    )
    evaluate.add_argument(
        "--explain", nargs=2, metavar=("A", "B"), help="why two entries (id or title) or texts are matched, or not"
    )
    evaluate.add_argument(
        "--workspace",
        default="",
        help="for --history and --explain: Slack's id of the workspace; left out, the token's",
    )
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
    from bot.features.imports.command import run_import
    from bot.features.imports.reading import Format
    from bot.features.imports.undo_command import list_runs, run_undo
    from bot.features.matching.matcher import Matcher

    if options.file is None and (options.dry_run or options.format or options.faults):
        raise Misconfigured("--dry-run, --format and --faults belong to the import of a file.")
    prepare_store(settings)
    with contextlib.closing(Database(settings.database_url)) as db:
        workspace_id = _workspace(settings, options.workspace, db)
        if options.list:
            return list_runs(db=db, workspace_id=workspace_id)
        if options.undo is not None:
            return run_undo(options.undo or None, db=db, workspace_id=workspace_id)
        return run_import(
            options.file,
            db=db,
            workspace_id=workspace_id,
            # What is not written need not be embedded.
            matcher=Matcher(None) if options.dry_run else Matcher.load(settings.embedder),
            faults_to=options.faults,
            as_format=Format(options.format) if options.format else None,
            dry_run=options.dry_run,
        ).exit_code


def _export(settings: Settings, options: argparse.Namespace) -> int:
    from bot.features.imports.export_command import run_export
    from bot.features.imports.reading import Format

    prepare_store(settings)
    with contextlib.closing(Database(settings.database_url)) as db:
        return run_export(
            options.file,
            db=db,
            workspace_id=_workspace(settings, options.workspace, db),
            as_format=Format(options.format) if options.format else None,
            with_private=options.with_private,
            force=options.force,
        )


def _workspace(settings: Settings, named: str, db: Database) -> str:
    """The workspace that a command is about: the one that was named, else the token's.

    Raises:
        Misconfigured: neither is there.
    """
    from bot.app import clients, identify, remember, session_for
    from bot.clock import now
    from storage.unit_of_work import Scope

    if named:
        return named
    if settings.slack_bot_token is None:
        raise Misconfigured("Which workspace? Set SLACK_BOT_TOKEN, or name it: --workspace T0123456789")

    async def ask() -> str:
        async with session_for(settings) as session:
            identity = await identify(clients(settings, session)[0])
        await db.write(Scope(identity.workspace_id), remember, identity, now())
        return identity.workspace_id

    return asyncio.run(ask())


def _positive(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"'{word}' is no whole number from 1 on")
    return int(word)


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from bot.backup import back_up
    from bot.clock import now

    print(back_up(settings, to=options.to, keep=options.keep, now=now()))
    return OK


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from bot.backup import restore
    from bot.clock import now

    print(restore(settings, options.file, now=now()))
    return OK


def _evaluate(settings: Settings, options: argparse.Namespace) -> int:
    from bot.clock import monotonic
    from bot.features.matching.evaluation import Interrupted, evaluate
    from bot.features.matching.progress import Progress

    asked = (options.path is not None, options.history, options.explain is not None)
    if sum(asked) != 1 or (options.path is None and (options.run or options.pairs)):
        raise Misconfigured("Give a folder or a .csv file, or --history, or --explain A B: one of them.")
    if options.path is None:
        return _evaluate_registry(settings, options)
    progress = Progress(lambda line: print(line, file=sys.stderr, flush=True), monotonic)
    try:
        evaluate(options.path, run_out=options.run, pairs_out=options.pairs, progress=progress)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return UNUSABLE
    except Interrupted as wish:
        print(wish, file=sys.stderr)
        return INTERRUPTED
    return OK


def _evaluate_registry(settings: Settings, options: argparse.Namespace) -> int:
    from bot.features.matching import history, why_not
    from bot.features.matching.matcher import Matcher
    from storage.unit_of_work import Scope

    prepare_store(settings)
    with contextlib.closing(Database(settings.database_url)) as db:
        # With everybody's eyes: whoever runs a command may be no member of a private channel.
        scope = Scope(_workspace(settings, options.workspace, db))
        matcher = Matcher.load(settings.embedder)
        if options.history:
            lines = asyncio.run(db.read(scope, history.told, matcher, settings.threshold))
        else:
            texts = asyncio.run(db.read(scope, why_not.texts, options.explain))
            probes = [matcher.probe(*text) for text in texts]
            lines = asyncio.run(db.read(scope, why_not.told, matcher, options.explain, probes, settings.threshold))
    print("\n".join(lines))
    return OK


if __name__ == "__main__":
    sys.exit(main())
