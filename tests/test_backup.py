"""Backups as people and nights make them, and the day on which one is needed."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlmodel import col, select

from bot import clock, metrics, scheduler
from bot.__main__ import main
from bot.backup import Backups, Standing, back_up, last_night, restore
from bot.config import Settings
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
from storage.announcements import Announcement, AnnouncementState, Door
from storage.backup import backups
from storage.database import Database
from storage.events import ProcessedEvent
from storage.initiatives import Initiative
from storage.migrate import migrate
from storage.outbox import OutboxRow, OutboxState, OutboxVerb
from storage.unit_of_work import Scope, UnitOfWork
from tests.scenarios.dialogs import CHATTER, OTHER, SAME_STORE, STORE, UNSURE, quiet
from tests.world import NOW, Team, settings_for

Command = Callable[..., CompletedProcess[str]]


def registry(folder: Path, *, joined: datetime = NOW) -> str:
    """A registry of one workspace; its URL."""
    url = f"sqlite:///{folder / 'rowbot.db'}"
    migrate(url)
    with closing(Database(url)) as db:
        db.write_now(Scope("T1"), lambda uow: uow.workspaces.ensure(now=joined))
    return url


def backups_of(url: str, folder: Path | None, *, days: int = 14) -> Backups:
    return Backups(Path(url.removeprefix("sqlite:///")), folder, days)


# --- by hand ----------------------------------------------------------------------------------------------------


def test_a_backup_says_where_it_is_what_it_holds_and_the_way_back(tmp_path: Path, run_command: Command) -> None:
    url = registry(tmp_path)
    ended = run_command("backup", DATABASE_URL=url)
    assert ended.returncode == 0, ended.stderr
    (made,) = backups(tmp_path / "backups", "rowbot")
    assert ended.stdout.splitlines()[0] == str(made.path)
    assert "MB in" in ended.stdout
    assert "0 initiatives" in ended.stdout
    back = run_command("restore", str(made.path), DATABASE_URL=url)
    assert back.returncode == 0, back.stderr
    assert f"{tmp_path / 'rowbot.db'} is what {made.path} was" in back.stdout
    assert "python -m bot restore" in back.stdout


def test_a_folder_that_is_named_is_not_tidied_unless_asked(tmp_path: Path, run_command: Command) -> None:
    url = registry(tmp_path)
    old = NOW - timedelta(days=398)  # a Tuesday
    for days in range(3):
        back_up(settings(url), to=tmp_path / "usb", keep=None, now=old + timedelta(days=days))
    assert run_command("backup", "--to", str(tmp_path / "usb"), DATABASE_URL=url).returncode == 0
    assert len(backups(tmp_path / "usb", "rowbot")) == 4
    ended = run_command("backup", "--to", str(tmp_path / "usb"), "--keep", "1", DATABASE_URL=url)
    assert "Outdated and dropped" in ended.stdout
    assert len(backups(tmp_path / "usb", "rowbot")) == 3, "Two of today, and one for the week of the others."


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["backup"], {"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "There is no database at /nowhere/at/all.db"),
        (["backup"], {"DATABASE_URL": "postgresql://a@b/c"}, "pg_dump"),
        (["restore", "x.db"], {"DATABASE_URL": "postgresql://a@b/c"}, "pg_restore"),
        (
            ["restore", "/nowhere/x.db"],
            {"DATABASE_URL": "sqlite:////tmp/rowbot-none.db"},
            "There is no file /nowhere/x.db",
        ),
        (["backup", "--keep", "0"], {}, "argument --keep: '0' is no whole number from 1 on"),
        (["backup"], {"ROWBOT_BACKUPS_KEPT": "0"}, "ROWBOT_BACKUPS_KEPT is '0'"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    environment: dict[str, str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert sentence in capsys.readouterr().err


def settings(url: str, **other: object) -> Settings:
    return Settings.model_validate({"database_url": url, **other})


def test_where_backups_go(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert Backups.of(settings(url)).folder == tmp_path / "backups"
    assert Backups.of(settings(url, backup_folder="/srv/b")).folder == Path("/srv/b")
    assert Backups.of(settings(url, backup_folder="off")).folder is None
    assert Backups.of(settings("postgresql://a@b/c")).source is None


def test_a_backup_by_hand_is_made_where_nightly_ones_are_off(tmp_path: Path) -> None:
    said = back_up(settings(registry(tmp_path), backup_folder="off"), to=None, keep=None, now=NOW)
    assert said.startswith(str(tmp_path / "backups"))


def test_a_registry_in_use_is_not_replaced(tmp_path: Path, run_command: Command) -> None:
    url = registry(tmp_path)
    made = back_up(settings(url), to=None, keep=None, now=NOW).splitlines()[0]
    with closing(Database(url)) as db:
        db.ping()
        ended = run_command("restore", made, DATABASE_URL=url)
    assert ended.returncode == 2
    assert "is in use" in ended.stderr
    assert restore(settings(url), Path(made), now=NOW)


# --- by night ---------------------------------------------------------------------------------------------------


def test_a_night_ends_at_a_quarter_past_three() -> None:
    at = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
    assert last_night(at) == at
    assert last_night(at - timedelta(seconds=1)) == at - timedelta(days=1)
    assert last_night(at + timedelta(hours=20)) == at


def test_a_missed_night_is_made_up_for_and_a_new_registry_has_missed_none(tmp_path: Path) -> None:
    url = registry(tmp_path)
    kept = backups_of(url, tmp_path / "b")
    assert not kept.is_due(since=NOW, now=NOW + timedelta(hours=5))
    assert kept.is_due(since=NOW, now=NOW + timedelta(days=1))
    kept.nightly(since=NOW - timedelta(days=2), now=NOW + timedelta(days=1))
    assert not kept.is_due(since=NOW, now=NOW + timedelta(days=1, minutes=15))
    assert kept.is_due(since=NOW, now=NOW + timedelta(days=2))
    assert not kept.is_due(since=None, now=NOW + timedelta(days=2))
    assert not backups_of(url, None).is_due(since=NOW, now=NOW + timedelta(days=2))


def test_nights_are_rotated(tmp_path: Path) -> None:
    kept = backups_of(registry(tmp_path), tmp_path / "b", days=2)
    for days in range(5):
        kept.nightly(since=NOW - timedelta(days=2), now=NOW + timedelta(days=days))
    assert [each.taken_at.day for each in backups(tmp_path / "b", "rowbot")] == [27, 26]


def test_a_night_that_fails_is_logged_counted_and_shown_until_one_succeeds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = backups_of(registry(tmp_path), tmp_path / "b")
    kept.nightly(since=NOW - timedelta(days=2), now=NOW)
    path = tmp_path / "rowbot.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    before = metrics.BACKUPS.labels("failed")._value.get()
    with caplog.at_level(logging.ERROR):
        kept.nightly(since=NOW - timedelta(days=2), now=NOW + timedelta(days=2))
    assert metrics.BACKUPS.labels("failed")._value.get() == before + 1
    assert "backup was not made" in caplog.text
    standing = kept.standing(now=NOW + timedelta(days=2))
    assert standing.is_late
    assert standing.failure
    assert standing.last is not None
    assert standing.last.taken_at == NOW, "The good one stands."
    path.write_bytes(whole)
    kept.nightly(since=NOW - timedelta(days=2), now=NOW + timedelta(days=2))
    assert metrics.BACKUP_TAKEN._value.get() == (NOW + timedelta(days=2)).timestamp()
    after = kept.standing(now=NOW + timedelta(days=2))
    assert (after.failure, after.is_late) == ("", False)
    assert backups_of("sqlite:///x", None).standing(now=NOW) == Standing(is_on=False)


async def test_a_bot_that_slept_through_the_night_makes_the_backup_when_it_starts(
    slack: Sandbox, team: Team, tmp_path: Path
) -> None:
    url = registry(tmp_path, joined=clock.now() - timedelta(days=3))
    running = [await start(settings_for(slack, url), role) for role in (Role.RUN, Role.WORKER)]
    try:
        for _ in range(100):
            if backups(tmp_path / "backups", "rowbot"):
                break
            await asyncio.sleep(0.1)
        for process in running:
            await scheduler.back_up(process.bot, clock.now)
        assert len(backups(tmp_path / "backups", "rowbot")) == 1
    finally:
        for process in running:
            await process.stop()


# --- the day on which it is needed ------------------------------------------------------------------------------


def rows(uow: UnitOfWork) -> list[tuple[str, str, str]]:
    """The registry with its announcements."""
    found = uow.session.exec(select(Initiative, Announcement).where(Announcement.initiative_id == Initiative.id)).all()
    return sorted((initiative.title, str(initiative.status), announcement.ts) for initiative, announcement in found)


def said_by_bot(team: Team) -> list[str]:
    """Every message of the bot's in the channel and its threads."""
    channel = team.slack.messages(team.channel)
    threads = [reply for message in channel for reply in team.slack.thread(team.channel, message["ts"])]
    return sorted({message["ts"] for message in (*channel, *threads) if message.get("user") == team.slack.bot_user_id})


def lose(path: Path) -> None:
    """The disk is gone."""
    for lost in path.parent.glob(f"{path.name}*"):
        lost.unlink()


def ticks_of_bot(team: Team) -> list[tuple[str, str]]:
    """Every reaction of the bot's."""
    return [
        (message["ts"], tick["name"])
        for message in team.slack.messages(team.channel)
        for tick in message.get("reactions", [])
    ]


async def test_a_lost_registry_is_restored_and_nothing_is_said_twice(
    slack: Sandbox, team: Team, tmp_path: Path
) -> None:
    """Messages waited when the backup was taken, and were sent before the disk was lost: the restored outbox must not send them again."""
    path = tmp_path / "bot.db"
    settings = settings_for(slack, f"sqlite:///{path}")
    web = await start(settings, Role.WEB)  # hears, and leaves what it has to say in the outbox
    assert web.door is not None
    slack.request_url = f"http://127.0.0.1:{web.door.port}/slack/events"
    for author, text in ((team.ana, STORE), (team.ben, SAME_STORE), (team.ana, OTHER)):
        await slack.say(author, team.channel, text)
    await scheduler.catch_up(web.bot, clock.now)
    before = await web.bot.db.read(Scope(web.bot.identity.workspace_id), rows)
    made = back_up(settings, to=None, keep=None, now=clock.now()).splitlines()[0]
    worker = await start(settings, Role.WORKER)
    await slack.say(team.ben, team.channel, f"{SAME_STORE} For Lisbon.")  # answered, and not in the backup
    await quiet(web)
    said, ticks = said_by_bot(team), ticks_of_bot(team)
    assert said
    assert ticks
    await worker.stop()
    await web.stop()

    lose(path)
    assert "looked for in Slack before being sent" in restore(settings, Path(made), now=clock.now())

    again = await start(settings, Role.RUN)
    try:
        assert await again.bot.db.read(Scope(again.bot.identity.workspace_id), rows) == before
        await scheduler.catch_up(again.bot, clock.now)
        await quiet(again)
        assert (said_by_bot(team), ticks_of_bot(team)) == (said, ticks)
        arrived = await again.bot.db.read(Scope(""), lambda uow: [row.arrived_ts for row in uow.session.exec(posts())])
        assert sorted(arrived) == said[: len(arrived)], (
            "Where they arrived is known again, so that a later update finds them."
        )
        assert again.door is not None
        slack.request_url = f"http://127.0.0.1:{again.door.port}/slack/events"
        await slack.say(team.ben, team.channel, SAME_STORE + " Now in Lisbon.")
        await quiet(again)
        assert len(said_by_bot(team)) == len(said) + 1, "It goes on as before."
        known = await again.bot.db.read(Scope(again.bot.identity.workspace_id), announcements)
        assert [row.id for row in known][:3] == [1, 2, 3]
        assert known[-1].id > 4, "Number 4 stands in a button under a message that the registry has forgotten."
    finally:
        await again.stop()


async def test_what_waited_and_was_never_sent_is_sent_after_the_restore(
    slack: Sandbox, team: Team, tmp_path: Path
) -> None:
    path = tmp_path / "bot.db"
    settings = settings_for(slack, f"sqlite:///{path}")
    web = await start(settings, Role.WEB)
    assert web.door is not None
    slack.request_url = f"http://127.0.0.1:{web.door.port}/slack/events"
    for author, text in ((team.ana, STORE), (team.ben, SAME_STORE)):
        await slack.say(author, team.channel, text)
    made = back_up(settings, to=None, keep=None, now=clock.now()).splitlines()[0]
    await web.stop()
    lose(path)
    restore(settings, Path(made), now=clock.now())
    again = await start(settings, Role.RUN)
    try:
        await quiet(again)
        assert len(said_by_bot(team)) == 1, "The warning under the second."
        assert ticks_of_bot(team)
    finally:
        await again.stop()


async def test_a_backup_taken_while_announcements_pour_in_is_a_registry_that_starts(
    bot: Process, team: Team, tmp_path: Path
) -> None:
    async def announce() -> None:
        for number in range(30):
            await team.slack.say(
                team.ana, team.channel, f"New initiative: Work {number}. We build tool number {number}."
            )

    pouring = asyncio.create_task(announce())
    while not await bot.bot.db.read(bot.bot.scope, rows):  # noqa: ASYNC110 - nothing tells of a row
        await asyncio.sleep(0.01)
    said = await asyncio.to_thread(back_up, bot.settings, to=None, keep=None, now=clock.now())
    await pouring
    copied = tmp_path / "copy" / "bot.db"
    restore(
        bot.settings.model_copy(update={"database_url": f"sqlite:///{copied}"}),
        Path(said.splitlines()[0]),
        now=clock.now(),
    )
    with closing(Database(f"sqlite:///{copied}")) as db:
        held = db.read_now(Scope(bot.bot.identity.workspace_id), rows)
    known = await bot.bot.db.read(bot.bot.scope, rows)
    assert 0 < len(held) <= len(known)
    assert set(held) <= set(known)


# --- retention --------------------------------------------------------------------------------------------------


def posts() -> Any:
    return select(OutboxRow).where(OutboxRow.verb == OutboxVerb.POST)


async def choose(bot: Process, **fields: int) -> None:
    await bot.bot.db.write(bot.bot.scope, lambda uow: uow.settings.change(person_id="U1", now=clock.now(), **fields))


def at(bot: Process, days: int) -> Callable[[], datetime]:
    moment = clock.now() + timedelta(days=days)
    return lambda: moment


def announcements(uow: UnitOfWork) -> list[Announcement]:
    return list(uow.session.exec(select(Announcement).order_by(col(Announcement.id))))


async def test_words_and_keys_go_after_the_days_that_the_workspace_chose(bot: Process, team: Team) -> None:
    await team.slack.say(team.ana, team.channel, STORE)
    await team.slack.say(team.ben, team.channel, SAME_STORE)
    await quiet(bot)
    await choose(bot, keep_days=10)

    def kept(uow: UnitOfWork) -> tuple[int, int]:
        worded = [row for row in uow.session.exec(posts()) if row.body]
        return len(worded), len(uow.session.exec(select(ProcessedEvent)).all())

    words, keys = await bot.bot.db.read(bot.bot.scope, kept)
    assert words
    assert keys
    await scheduler.forget(bot.bot, at(bot, 9))
    assert await bot.bot.db.read(bot.bot.scope, kept) == (words, keys)
    await scheduler.forget(bot.bot, at(bot, 11))
    assert await bot.bot.db.read(bot.bot.scope, kept) == (0, 0)
    texts = [row.text for row in await bot.bot.db.read(bot.bot.scope, announcements)]
    assert texts == [STORE, SAME_STORE], "For ever, unless somebody chose otherwise."


async def test_texts_go_and_an_edit_a_deletion_and_a_cross_post_are_still_understood(bot: Process, team: Team) -> None:
    first = await team.slack.say(team.ana, team.channel, STORE)
    second = await team.slack.say(team.ben, team.channel, SAME_STORE)
    third = await team.slack.say(team.ana, team.channel, UNSURE)
    await quiet(bot)
    before = await bot.bot.db.read(bot.bot.scope, rows)
    await choose(bot, keep_text_days=30)
    await scheduler.forget(bot.bot, at(bot, 31))
    found = await bot.bot.db.read(bot.bot.scope, announcements)
    assert [(row.ts, row.text, bool(row.fingerprint)) for row in found] == [
        (ts, "", True) for ts in (first, second, third)
    ]
    assert [row.state for row in found] == [AnnouncementState.REGISTERED] * 2 + [AnnouncementState.DISMISSED]

    said = said_by_bot(team)
    await team.slack.edit(team.ana, team.channel, first, CHATTER)
    await team.slack.edit(team.ana, team.channel, first, STORE + " It moves to Berlin.")
    await team.slack.edit(team.ana, team.channel, third, STORE)
    await quiet(bot)
    assert await bot.bot.db.read(bot.bot.scope, rows) == before, (
        "Nothing can be told of what changed, so nothing changes."
    )
    elsewhere = team.slack.add_channel("ml-platform", members=[team.ben, team.slack.bot_user_id])
    await team.slack.say(team.ben, elsewhere, SAME_STORE)
    await quiet(bot)
    after = await bot.bot.db.read(bot.bot.scope, rows)
    assert {title for title, _, _ in after} == {title for title, _, _ in before}, (
        "The same words elsewhere are the same entry."
    )
    await team.slack.delete(team.ana, team.channel, first)
    await quiet(bot)
    assert said_by_bot(team) == said
    states = {row.ts: row.state for row in await bot.bot.db.read(bot.bot.scope, announcements)}
    assert states[first] is AnnouncementState.DELETED


def test_a_batch_is_a_thousand_and_another_workspace_keeps_what_it_chose(db: Database) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        uow.session.add_all(
            OutboxRow(workspace_id=uow.workspace_id, key=f"{uow.workspace_id}:{number}", lane="L", verb=OutboxVerb.POST, target="C1",
                      body={"text": "x"}, state=OutboxState.SENT, not_before=NOW, created_at=NOW, done_at=NOW)
            for number in range(25)
        )  # fmt: skip
        uow.session.add_all(
            Announcement(workspace_id=uow.workspace_id, channel_id="C1", ts=f"{number}.0", door=Door.PROSE, text="x", fingerprint="f",
                         state=AnnouncementState.REGISTERED, created_at=NOW, updated_at=NOW)
            for number in range(15)
        )  # fmt: skip

    for workspace in ("T1", "T2"):
        db.write_now(Scope(workspace), fill)
    db.write_now(Scope("T1"), lambda uow: uow.settings.change(person_id="U1", now=NOW, keep_days=2, keep_text_days=3))
    later = NOW + timedelta(days=4)
    gone = [db.write_now(Scope("T1"), scheduler.forget_old, later, limit=10) for _ in range(4)]
    assert gone == [10, 10, 5, 0]
    assert db.write_now(Scope("T2"), scheduler.forget_old, later, limit=10) == 0
    left = db.read_now(
        Scope(""), lambda uow: [row.workspace_id for row in uow.session.exec(select(Announcement)) if row.text]
    )
    assert left == ["T2"] * 15
