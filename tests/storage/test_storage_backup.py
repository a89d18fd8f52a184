"""Copies of a registry: whole while it is written to, kept by age, put back without a loss."""

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import outbox
from storage.backup import (
    NOWHERE,
    Backup,
    BackupFailed,
    backups,
    began,
    known_revisions,
    last_backup,
    outdated,
    prove,
    rotate,
    sqlite_file,
    take,
)
from storage.database import Database
from storage.due import count_due
from storage.hours import Away
from storage.initiatives import Initiative
from storage.items import Item
from storage.meetings import Meeting, Slot
from storage.migrate import HEAD
from storage.outbox import OutboxRow, OutboxState, OutboxVerb
from storage.restore import put_back, refuse_if_in_use
from storage.rounds import Prompt, Round, RoundState
from storage.syncs import Sync
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW, ROOT

SCOPE: Final = Scope("T1")


@pytest.fixture
def source(tmp_path: Path, sqlite_schema: Path) -> Path:
    """The file of a registry that nobody has open."""
    path = tmp_path / "rowbot.db"
    shutil.copyfile(sqlite_schema, path)
    with opened(path) as db:
        db.write_now(SCOPE, lambda uow: uow.workspaces.ensure(now=NOW))
        fill(db, 50)
    return path


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Database]:
    db = Database(f"sqlite:///{path}")
    try:
        yield db
    finally:
        db.close()


def fill(db: Database, count: int) -> None:
    def unit(uow: UnitOfWork) -> None:
        uow.session.add_all(
            Initiative(
                workspace_id="T1",
                title=f"Work {number}",
                folded_title=f"work {number}",
                version=1,
                created_at=NOW,
                updated_at=NOW,
            )
            for number in range(count)
        )

    db.write_now(SCOPE, unit)


def taken(source: Path, folder: Path, *, now: datetime = NOW) -> Path:
    made = take(source, folder, now=now)
    assert made is not None
    return made.backup.path


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


# --- taking -----------------------------------------------------------------------------------------------------


def test_a_copy_is_whole_is_its_owners_alone_and_is_named_by_its_time(source: Path, tmp_path: Path) -> None:
    made = take(source, tmp_path / "backups", now=NOW)
    assert made is not None
    assert made.backup.path.name == "rowbot-20261123T093000Z.db"
    assert made.contents.rows["initiative"] == 50
    assert made.contents.revision == HEAD
    assert stat.S_IMODE(made.backup.path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700
    assert files(tmp_path / "backups") == {made.backup.path.name}
    assert last_backup(tmp_path / "backups", "rowbot") == made.backup


def test_a_copy_holds_what_was_committed_while_others_write(source: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    waits: list[float] = []
    with opened(source) as db:

        def write() -> None:
            while not stop.is_set():
                began_at = time.monotonic()
                fill(db, 5)
                waits.append(time.monotonic() - began_at)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            made = [take(source, tmp_path / "backups", now=NOW + timedelta(seconds=number)) for number in range(6)]
        finally:
            stop.set()
            writer.join()
        written = len(waits) * 5 + 50
    held = [each.contents.rows["initiative"] for each in made if each is not None]
    assert len(held) == 6
    assert held == sorted(held)
    assert {count % 5 for count in held} == {0}, "A transaction was cut in two."
    assert 50 < held[-1] <= written


def test_a_registry_whose_last_process_was_killed_is_copied_with_what_it_had_committed(
    source: Path, tmp_path: Path
) -> None:
    program = (
        "import os, sys; from storage.database import Database; from storage.unit_of_work import Scope; from tests.storage.test_storage_backup import fill;"
        "db = Database(sys.argv[1]); fill(db, 7); os._exit(9)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{source}"],
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 9
    assert source.with_name("rowbot.db-wal").exists()
    made = take(source, tmp_path / "backups", now=NOW)
    assert made is not None
    assert made.contents.rows["initiative"] == 57


def test_of_many_who_ask_at_once_one_makes_the_nightly_copy(source: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: take(source, tmp_path / "b", now=NOW, since=NOW - timedelta(hours=1)), range(8)))
    assert sum(each is not None for each in made) == 1
    assert len(backups(tmp_path / "b", "rowbot")) == 1
    assert take(source, tmp_path / "b", now=NOW + timedelta(days=1), since=NOW + timedelta(hours=2)) is not None


def test_two_copies_of_one_second_are_two_files(source: Path, tmp_path: Path) -> None:
    assert taken(source, tmp_path / "b") != taken(source, tmp_path / "b")


def test_what_a_killed_backup_left_is_cleared_away(source: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / ".rowbot-20261122T031500Z.db.partial").write_bytes(b"half")
    (tmp_path / "b" / ".rowbot-20261121T031500Z.db.partial-journal").write_bytes(b"half")
    made = taken(source, tmp_path / "b")
    assert files(tmp_path / "b") == {made.name}


def test_a_disk_that_takes_no_more_leaves_the_older_copy_and_nothing_else(source: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk."""
    older = taken(source, tmp_path / "b")
    program = (
        "import resource, sys, pathlib; from storage.backup import take, BackupFailed; from tests.world import NOW; from datetime import timedelta\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try: take(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), now=NOW + timedelta(days=1))\n"
        "except BackupFailed as fault: print(fault)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(source), str(tmp_path / "b")], cwd=ROOT, check=True, capture_output=True, text=True,
                           env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    assert "cannot be copied" in ended.stdout
    assert files(tmp_path / "b") == {older.name}
    assert prove(older).rows["initiative"] == 50


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="nothing to back up"):
        take(tmp_path / "none.db", tmp_path / "b", now=NOW)
    assert not (tmp_path / "b").exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(source: Path, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("a file")
    with pytest.raises(BackupFailed, match="Nothing can be written"):
        take(source, tmp_path / "b", now=NOW)


def test_only_sqlite_has_a_file() -> None:
    assert sqlite_file("sqlite:///var/rowbot.db") == Path("var/rowbot.db")
    assert sqlite_file("postgresql://a@b/c") is None
    assert sqlite_file("nonsense") is None


def test_when_the_registry_began_is_when_its_first_workspace_joined(db: Database) -> None:
    assert db.read_now(Scope(""), lambda uow: began(uow.session)) is None
    for days in (3, 1, 2):
        db.write_now(Scope(f"T{days}"), lambda uow, days=days: uow.workspaces.ensure(now=NOW + timedelta(days=days)))  # type: ignore[misc]  # a default in a lambda
    assert db.read_now(Scope(""), lambda uow: began(uow.session)) == NOW + timedelta(days=1)


def test_every_migration_is_known_by_its_file() -> None:
    assert HEAD in known_revisions()
    assert "0001" in known_revisions()


# --- proving ----------------------------------------------------------------------------------------------------


def damage(path: Path) -> None:
    """Overwrite the middle of the file."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(8192))


def test_a_damaged_copy_is_told_from_a_good_one(source: Path, tmp_path: Path) -> None:
    copied = taken(source, tmp_path / "b")
    damage(copied)
    with pytest.raises(BackupFailed, match=r"damaged|cannot be read"):
        prove(copied)


def test_another_programs_database_is_none_of_ours(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "x.db")) as other:
        other.execute("CREATE TABLE t (a)")
    with pytest.raises(BackupFailed, match="no database of Rowbot's"):
        prove(tmp_path / "x.db")
    (tmp_path / "y.db").write_text("a letter" * 1000)
    with pytest.raises(BackupFailed, match="cannot be read as a database"):
        prove(tmp_path / "y.db")


# --- keeping ----------------------------------------------------------------------------------------------------


def lain(*moments: datetime) -> list[Backup]:
    return [Backup(Path(f"{moment:%Y%m%dT%H%M%SZ}"), moment, 1) for moment in moments]


def test_fourteen_nights_and_eight_weeks_are_kept() -> None:
    nights = lain(*(NOW - timedelta(days=days) for days in range(200)))
    kept = [each.taken_at for each in nights if each not in outdated(nights, days=14, weeks=8, now=NOW)]
    assert kept[:14] == [NOW - timedelta(days=days) for days in range(14)]
    assert len(kept) == 14 + 5  # the youngest of three weeks are among the fourteen
    assert all(moment.isoweekday() == 7 for moment in kept[14:]), "Of a week, the youngest."


def test_two_copies_before_an_update_both_stay_for_a_day() -> None:
    both = lain(NOW, NOW - timedelta(hours=1))
    assert outdated(both, days=1, weeks=1, now=NOW) == []
    assert outdated(both, days=1, weeks=1, now=NOW + timedelta(hours=30)) == both[1:]


@given(
    st.lists(
        st.integers(0, 365 * 24).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
        min_size=1,
        unique=True,
    ),
    st.integers(1, 20),
    st.integers(0, 10),
)
def test_whatever_lies_there_the_youngest_stays_and_no_day_that_counts_is_emptied(
    moments: list[datetime], days: int, weeks: int
) -> None:
    found = lain(*moments)
    gone = outdated(found, days=days, weeks=weeks, now=datetime(2027, 1, 2, tzinfo=UTC))
    kept = [each.taken_at for each in found if each not in gone]
    assert max(moments) in kept
    dates = sorted({moment.date() for moment in moments}, reverse=True)[:days]
    assert set(dates) <= {moment.date() for moment in kept}
    assert (
        len(kept)
        <= days + weeks + sum(datetime(2027, 1, 2, tzinfo=UTC) - moment < timedelta(days=1) for moment in moments) + 1
    )


def test_other_files_and_other_registries_are_left_alone(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    for days in range(5):
        taken(source, folder, now=NOW + timedelta(days=days))
    (folder / "notes.txt").write_text("mine")
    (folder / "sandbox-rowbot-20200101T000000Z.db").write_text("another's")
    (folder / "rowbot-20209901T000000Z.db").write_text("no date")
    gone = rotate(folder, "rowbot", days=2, weeks=0, now=NOW + timedelta(days=9))
    assert len(gone) == 3
    assert files(folder) == {"rowbot-20261127T093000Z.db", "rowbot-20261126T093000Z.db", "notes.txt", "sandbox-rowbot-20200101T000000Z.db",
                             "rowbot-20209901T000000Z.db"}  # fmt: skip


# --- putting back -----------------------------------------------------------------------------------------------


def count(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM initiative WHERE workspace_id <> ''").fetchone()[0])


def test_a_copy_takes_the_place_of_the_registry_which_is_kept_beside_it(source: Path, tmp_path: Path) -> None:
    copied = taken(source, tmp_path / "b")
    with opened(source) as db:
        fill(db, 10)
    restored = put_back(copied, source, now=NOW)
    assert restored.kept == tmp_path / "rowbot-before-20261123T093000Z.db"
    assert (count(source), count(restored.kept)) == (50, 60)
    assert copied.exists()
    assert put_back(restored.kept, source, now=NOW).kept == tmp_path / "rowbot-before-20261123T093001Z.db"
    assert count(source) == 60
    assert files(tmp_path) == {
        "b",
        "rowbot.db",
        "rowbot-before-20261123T093000Z.db",
        "rowbot-before-20261123T093001Z.db",
    }
    assert stat.S_IMODE(source.stat().st_mode) == 0o600


def test_ids_of_check_ins_that_stand_in_buttons_are_not_given_out_again(source: Path, tmp_path: Path) -> None:
    def check_in(uow: UnitOfWork) -> tuple[int, int, int]:
        sync = uow.syncs.add(
            Sync(workspace_id="T1", topic="", first_on=NOW.date(), at_minute=0, created_at=NOW, updated_at=NOW), []
        )
        turn = Round(
            workspace_id="T1",
            sync_id=sync.id,
            number=1,
            on_day=NOW.date(),
            state=RoundState.OPEN,
            opened_at=NOW,
            closes_at=NOW,
        )
        prompt = Prompt(workspace_id="T1", round_id=0, person_id="U1", due_at=NOW, remind_at=NOW, deadline_at=NOW)
        uow.rounds.open_round(turn, [prompt])
        return sync.id, turn.id, prompt.id

    copied = taken(source, tmp_path / "b")
    with opened(source) as db:
        lost = [db.write_now(SCOPE, check_in) for _ in range(5)]
    put_back(copied, source, now=NOW)
    with opened(source) as db:
        fresh = db.write_now(SCOPE, check_in)
        due = db.read_now(SCOPE, lambda uow: (uow.rounds.due_prompts(NOW, limit=9), uow.syncs.due_syncs(NOW, limit=9)))
    assert all(new > old for old, new in zip(lost[-1], fresh, strict=True))
    assert due == ([], []), "what keeps the ids is never due"


def test_ids_of_meetings_items_and_days_off_that_stand_in_buttons_are_not_given_out_again(
    source: Path, tmp_path: Path
) -> None:
    def all_kinds(uow: UnitOfWork) -> tuple[int, int, int, int]:
        sync = uow.syncs.add(
            Sync(workspace_id="T1", topic="", first_on=NOW.date(), at_minute=0, created_at=NOW, updated_at=NOW), []
        )
        turn = Round(workspace_id="T1", sync_id=sync.id, number=1, on_day=NOW.date(), state=RoundState.OPEN, opened_at=NOW, closes_at=NOW)  # fmt: skip
        prompt = Prompt(workspace_id="T1", round_id=0, person_id="U1", due_at=NOW, remind_at=NOW, deadline_at=NOW)
        uow.rounds.open_round(turn, [prompt])
        meeting = uow.meetings.add(Meeting(workspace_id="T1", sync_id=sync.id, number=1, uid="", created_at=NOW, updated_at=NOW))  # fmt: skip
        slot = Slot(workspace_id="T1", meeting_id=meeting.id, starts_at=NOW)
        uow.meetings.propose([slot])
        item = uow.items.add(Item(workspace_id="T1", sync_id=sync.id, prompt_id=prompt.id, waiter_id="U1", created_at=NOW, updated_at=NOW))  # fmt: skip
        days = uow.hours.add(Away(workspace_id="T1", person_id="U1", first_on=NOW.date(), last_on=NOW.date(), created_at=NOW))  # fmt: skip
        return meeting.id, slot.id, item.id, days.id

    copied = taken(source, tmp_path / "b")
    with opened(source) as db:
        lost = [db.write_now(SCOPE, all_kinds) for _ in range(5)]
    put_back(copied, source, now=NOW)
    with opened(source) as db:
        fresh = db.write_now(SCOPE, all_kinds)
        assert db.read_now(Scope(NOWHERE), count_due, NOW + timedelta(days=1)) == 0
    assert all(new > old for old, new in zip(lost[-1], fresh, strict=True))


def test_a_lost_registry_comes_back(source: Path, tmp_path: Path) -> None:
    copied = taken(source, tmp_path / "b")
    source.unlink()
    restored = put_back(copied, source, now=NOW)
    assert restored.kept is None
    assert count(source) == 50


def test_a_registry_in_use_is_not_replaced(source: Path, tmp_path: Path) -> None:
    copied = taken(source, tmp_path / "b")
    with opened(source) as db:
        fill(db, 1)  # opens its connection
        program = "import sys, pathlib; from storage.restore import put_back; from tests.world import NOW; put_back(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), now=NOW)"
        ended = subprocess.run([sys.executable, "-c", program, str(copied), str(source)], cwd=ROOT, check=False, capture_output=True, text=True,
                               env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert "is in use" in ended.stderr
        fill(db, 1)
    assert count(source) == 52
    refuse_if_in_use(source)
    assert put_back(copied, source, now=NOW).kept is not None


def test_what_a_killed_process_had_committed_is_in_the_one_that_is_kept(source: Path, tmp_path: Path) -> None:
    copied = taken(source, tmp_path / "b")
    test_a_registry_whose_last_process_was_killed_is_copied_with_what_it_had_committed(source, tmp_path)
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    program = "import os, sys; from storage.database import Database; from tests.storage.test_storage_backup import fill; db = Database(sys.argv[1]); fill(db, 3); os._exit(9)"
    subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{source}"],
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert source.with_name("rowbot.db-wal").exists()
    kept = put_back(copied, source, now=NOW).kept
    assert kept is not None
    assert (count(source), count(kept)) == (50, 60)
    assert not source.with_name("rowbot.db-wal").exists()


def test_a_damaged_registry_is_set_aside_with_its_log(source: Path, tmp_path: Path) -> None:
    copied = taken(source, tmp_path / "b")
    source.write_bytes(b"\0" * 100 + os.urandom(9000))
    source.with_name("rowbot.db-wal").write_bytes(b"old pages")
    kept = put_back(copied, source, now=NOW).kept
    assert kept is not None
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"old pages"
    assert not source.with_name("rowbot.db-wal").exists(), "A log of another database would be played into this one."
    assert count(source) == 50


def test_a_kill_while_it_is_put_back_leaves_the_old_registry_or_the_new_one(source: Path, tmp_path: Path) -> None:
    fifty = taken(source, tmp_path / "b")
    with opened(source) as db:
        fill(db, 10)
    sixty = taken(source, tmp_path / "b")
    program = (
        "import sys, pathlib; from storage.restore import put_back; from tests.world import NOW\n"
        "one, other, target = map(pathlib.Path, sys.argv[1:])\n"
        "print('ready', flush=True)\n"
        "while True: [kept.unlink() for copied in (one, other) if (kept := put_back(copied, target, now=NOW).kept)]"
    )
    for number in range(4):
        process = subprocess.Popen([sys.executable, "-c", program, str(fifty), str(sixty), str(source)], cwd=ROOT, stdout=subprocess.PIPE,
                                   env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.05 + 0.17 * number)
        process.kill()
        process.wait()
        process.stdout.close()
        assert prove(source).rows["initiative"] in (50, 60)
    put_back(fifty, source, now=NOW)
    assert count(source) == 50
    assert not [name for name in files(tmp_path) if name.endswith((".partial", "-wal", "-journal"))]


@pytest.mark.parametrize("wrong", ["damaged", "letter", "none", "newer", "itself"])
def test_what_cannot_be_put_back_changes_nothing(source: Path, tmp_path: Path, wrong: str) -> None:
    copied = taken(source, tmp_path / "b")
    match wrong:
        case "damaged":
            damage(copied)
        case "letter":
            copied.write_text("a letter" * 1000)
        case "none":
            copied.unlink()
        case "newer":
            with contextlib.closing(sqlite3.connect(copied)) as connection, connection:
                connection.execute("UPDATE alembic_version SET version_num = '9999'")
        case _:
            copied = source
    before = files(tmp_path)
    said = {
        "newer": "9999, which this version of Rowbot does not know",
        "none": "There is no file",
        "itself": "itself",
    }.get(wrong, r"damaged|cannot be read")
    with pytest.raises(BackupFailed, match=said):
        put_back(copied, source, now=NOW)
    assert count(source) == 50
    assert files(tmp_path) == before


def test_an_older_copy_is_brought_up_to_date(source: Path, tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    from storage.migrate import MIGRATIONS

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{source}")
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0001")
    engine.dispose()
    copied = taken(source, tmp_path / "b")
    restored = put_back(copied, source, now=NOW)
    assert restored.migrated
    assert restored.contents.revision == "0001"
    assert prove(source).revision == HEAD
    assert prove(copied).revision == "0001"


# --- what waited in the outbox ----------------------------------------------------------------------------------


def put(db: Database, key: str, verb: OutboxVerb, **other: object) -> None:
    usual = {"workspace_id": "T1", "key": f"T1:{key}", "lane": "T1:C1", "verb": verb, "target": "C1", "body": {"text": key},
             "not_before": NOW, "created_at": NOW}  # fmt: skip
    row = OutboxRow(**(usual | other))  # type: ignore[arg-type]  # fields of a row by name
    db.write_now(SCOPE, lambda uow: uow.outbox.enqueue(row))


def test_after_a_restore_posts_are_in_doubt_and_the_rest_is_repeated_or_left_out(db: Database) -> None:
    put(db, "post", OutboxVerb.POST)
    put(db, "tick", OutboxVerb.REACT)
    put(db, "question", OutboxVerb.EPHEMERAL)
    put(db, "monday", OutboxVerb.POST, not_before=NOW + timedelta(days=3))
    later = NOW + timedelta(hours=2)
    doubted = db.write_now(Scope(""), lambda uow: outbox.doubt_everything(uow.session, now=later))
    assert doubted == outbox.Doubted(posts=1, left_out=1)

    def state(key: str) -> OutboxState:
        found = db.read_now(SCOPE, lambda uow: uow.outbox.get(f"T1:{key}"))
        assert found is not None
        return found.state

    assert [state(key) for key in ("post", "tick", "question", "monday")] == [
        OutboxState.SENDING, OutboxState.PENDING, OutboxState.SENT, OutboxState.PENDING,
    ]  # fmt: skip
    (claim,) = db.write_now(
        Scope(""), lambda uow: outbox.claim(uow.session, owner="p", now=later, lease=timedelta(seconds=30), limit=5)
    )
    assert (claim.row.key, claim.in_doubt) == ("T1:post", True)
