"""What reports read: inside the workspace, inside the viewer, on both databases."""

from datetime import timedelta
from typing import Any, Final

import pytest
from sqlmodel import SQLModel

from storage.announcements import Announcement, AnnouncementState, Door
from storage.database import Database
from storage.initiatives import Initiative, Status
from storage.items import Item
from storage.matches import Match, ShownTo
from storage.overlaps import Feedback, Overlap, Verb
from storage.reports import AnswerCount, PairFound, Registered, Reports, Turn
from storage.repository import EVERYBODY, MACHINE, Viewer
from storage.rounds import Prompt, PromptState, Round, RoundState
from storage.syncs import Sync, SyncMember, SyncState
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

DAY: Final = timedelta(days=1)
SINCE: Final = NOW - 30 * DAY
INSIDER: Final = Viewer(frozenset({"G1"}))
OUTSIDER: Final = Viewer(frozenset({"G2", "U1"}))


def initiative(uow: UnitOfWork, title: str, *, days: float = 3, **other: Any) -> Initiative:
    """Put an initiative in."""
    uow.workspaces.ensure(now=NOW, url="https://sandbox.slack.com/")
    row = Initiative(workspace_id=uow.workspace_id, title=title, folded_title=title.casefold(), version=uow.workspaces.raise_version(), created_by="U1",
                     created_at=NOW - days * DAY, updated_at=NOW - days * DAY, status=Status.ACTIVE)  # fmt: skip
    for name, value in other.items():
        setattr(row, name, value)
    return uow.initiatives.add(row)


def match(one: Initiative, other: Initiative, days: float, shown_to: ShownTo = ShownTo.CHANNEL) -> Match:
    """A match that was shown."""
    return Match(workspace_id=one.workspace_id, initiative_id=one.id, candidate_id=other.id, position=1, probability=0.9, cosine=0.9, share=0.5, overlap=0.5,
                 matcher="m", shown_to=shown_to, created_at=NOW - days * DAY)  # fmt: skip


def put(uow: UnitOfWork, *rows: SQLModel) -> None:
    """Store rows."""
    for row in rows:
        uow.session.add(row)
        uow.session.flush()


def sync(
    uow: UnitOfWork, topic: str, *, overlap: Overlap | None = None, audience: str = "", member_for: int | None = None
) -> Sync:
    """A sync with one member."""
    row = Sync(workspace_id=uow.workspace_id, topic=topic, overlap_id=overlap.id if overlap else None, first_on=NOW.date(), at_minute=570, audience=audience,
               created_at=NOW - 20 * DAY, updated_at=NOW - 20 * DAY)  # fmt: skip
    return uow.syncs.add(row, [SyncMember(sync_id=0, person_id="U1", initiative_id=member_for)])


def turn_of(uow: UnitOfWork, about: Sync, days: float, *states: PromptState) -> None:
    """A round with prompts."""
    row = Round(
        workspace_id=uow.workspace_id,
        sync_id=about.id,
        number=1,
        on_day=NOW.date(),
        state=RoundState.CLOSED,
        opened_at=NOW - days * DAY,
        closes_at=NOW,
    )
    put(uow, row)
    put(uow, *(Prompt(workspace_id=uow.workspace_id, round_id=row.id, person_id=f"U{number}", state=state, due_at=NOW, remind_at=NOW, deadline_at=NOW)
               for number, state in enumerate(states)))  # fmt: skip
    for prompt in uow.rounds.prompts(row.id)[:1]:
        put(uow, Item(workspace_id=uow.workspace_id, sync_id=about.id, prompt_id=prompt.id, audience=about.audience, waiter_id="U0", created_at=row.opened_at,
                      updated_at=NOW))  # fmt: skip


def fill(uow: UnitOfWork) -> dict[str, int]:
    """A workspace with public and private work that overlaps every which way."""
    a, b, hidden = initiative(uow, "A", days=40), initiative(uow, "B"), initiative(uow, "Hidden", audience="G1")
    gone = initiative(uow, "Gone", withdrawn_at=NOW)
    imported = initiative(uow, "Imported", created_by="", days=2)
    put(
        uow,
        match(b, a, 3),
        match(a, b, 1),
        match(b, hidden, 3, ShownTo.OWNER),
        match(b, gone, 3),
        match(imported, a, 2, ShownTo.AUTHOR),
    )
    public, private = (
        uow.overlaps.between(one.id, other.id, now=NOW - 2 * DAY) for one, other in ((a, b), (b, hidden))
    )
    put(
        uow,
        *(
            Feedback(
                workspace_id=uow.workspace_id,
                overlap_id=overlap.id,
                person_id="U1",
                verb=Verb.JOIN,
                created_at=NOW - DAY,
            )
            for overlap in (public, private)
        ),
    )
    uow.initiatives.change(a, version=1, now=NOW - DAY, status=Status.SHIPPED)
    uow.initiatives.change(hidden, version=1, now=NOW - DAY, status=Status.PAUSED)
    for each in (sync(uow, "public", overlap=public), sync(uow, "about the hidden", overlap=private), sync(uow, "of the channel", audience="G1"),
                 sync(uow, "spoken for the hidden", member_for=hidden.id)):  # fmt: skip
        turn_of(uow, each, 5, PromptState.ANSWERED, PromptState.ANSWERED, PromptState.LATE)
    put(uow, *(Announcement(workspace_id=uow.workspace_id, channel_id=channel, ts=f"17000000{number}.000100", door=Door.PROSE, state=AnnouncementState.REGISTERED,
                            initiative_id=row.id, created_at=NOW, updated_at=NOW)
               for number, (channel, row) in enumerate((("C1", a), ("G1", hidden), ("G1", b)))))  # fmt: skip
    uow.channels.meet("G1", is_private=True)
    uow.session.flush()
    return {"a": a.id, "b": b.id, "hidden": hidden.id, "imported": imported.id, "gone": gone.id}


@pytest.fixture
def ids(db: Database) -> dict[str, int]:
    """The same rows in two workspaces; the ids of those in T1."""
    db.write_now(Scope("T2"), fill)
    return db.write_now(Scope("T1"), fill)


def read(db: Database, viewer: Viewer, query: str, **arguments: Any) -> Any:
    """Ask a question with somebody's eyes."""
    return db.read_now(Scope("T1", viewer), lambda uow: getattr(uow.reports, query)(**arguments))


def everything_read(db: Database, viewer: Viewer) -> list[Any]:
    """Whatever reports can read."""
    span = {"since": SINCE, "until": NOW}
    asked: list[tuple[str, dict[str, Any]]] = [("initiatives", {"until": NOW}), ("turns", {"since": SINCE}), ("pairs", span), ("said", span),
                                               ("syncs", {"until": NOW}), ("rounds", span), ("answers", span), ("waiting", span), ("last_change", {}), ("titles", {}), ("places", {})]  # fmt: skip
    assert {name for name in vars(Reports) if not name.startswith("_")} == {name for name, _ in asked}
    return [read(db, viewer, name, **arguments) for name, arguments in asked]


def test_the_registry_is_read_as_far_as_the_viewer_may_see_it(db: Database, ids: dict[str, int]) -> None:
    for viewer, names in (
        (EVERYBODY, "a b imported"),
        (OUTSIDER, "a b imported"),
        (INSIDER, "a b hidden imported"),
        (MACHINE, "a b hidden imported"),
    ):
        rows: list[Registered] = read(db, viewer, "initiatives", until=NOW)
        assert [row.id for row in rows] == [ids[name] for name in names.split()]
        assert [row.id for row in rows if row.is_imported] == [ids["imported"]]
        assert set(read(db, viewer, "titles")) == {row.id for row in rows}
    assert [row.id for row in read(db, EVERYBODY, "initiatives", until=NOW - 10 * DAY)] == [ids["a"]]


def test_private_work_makes_no_difference_to_anything_that_is_read(db: Database, ids: dict[str, int]) -> None:
    before = everything_read(db, OUTSIDER)

    def more(uow: UnitOfWork) -> None:
        hidden = [initiative(uow, f"Hidden {number}", audience="G1") for number in range(3)]
        a = uow.initiatives.get(ids["a"])
        assert a is not None
        put(uow, *(match(a, row, 1) for row in hidden), match(hidden[0], hidden[1], 1))
        overlap = uow.overlaps.between(a.id, hidden[0].id, now=NOW - DAY)
        put(
            uow,
            Feedback(
                workspace_id="T1", overlap_id=overlap.id, person_id="U1", verb=Verb.NOT_RELATED, created_at=NOW - DAY
            ),
        )
        uow.initiatives.change(hidden[0], version=1, now=NOW - DAY / 2, status=Status.MERGED)
        turn_of(uow, sync(uow, "more", overlap=overlap), 2, PromptState.MISSED)
        turn_of(uow, sync(uow, "more", member_for=hidden[1].id), 2, PromptState.MISSED)
        unspoken_for = sync(uow, "more")
        unspoken_for.work = [hidden[2].id]
        turn_of(uow, unspoken_for, 2, PromptState.MISSED)

    db.write_now(Scope("T1"), more)
    assert everything_read(db, OUTSIDER) == before
    assert everything_read(db, INSIDER) != before


def test_a_pair_is_found_when_it_was_first_shown_whichever_side_it_was_shown_to(
    db: Database, ids: dict[str, int]
) -> None:
    shown = PairFound(ids["a"], ids["b"], NOW - 3 * DAY)
    later = PairFound(ids["a"], ids["imported"], NOW - 2 * DAY)
    private = PairFound(ids["b"], ids["hidden"], NOW - 3 * DAY)
    assert read(db, EVERYBODY, "pairs", since=SINCE, until=NOW) == [shown, later]
    assert read(db, INSIDER, "pairs", since=SINCE, until=NOW) == [shown, private, later]
    assert read(db, EVERYBODY, "pairs", since=NOW - 2.5 * DAY, until=NOW) == [later]
    assert read(db, EVERYBODY, "pairs", since=SINCE, until=NOW - 2 * DAY) == [shown]


def test_changes_and_feedback_are_told_of_what_the_viewer_may_see(db: Database, ids: dict[str, int]) -> None:
    assert read(db, EVERYBODY, "turns", since=SINCE) == [Turn(ids["a"], Status.ACTIVE, NOW - DAY)]
    assert {turn.initiative_id for turn in read(db, INSIDER, "turns", since=SINCE)} == {ids["a"], ids["hidden"]}
    assert read(db, EVERYBODY, "turns", since=NOW) == []
    assert [
        (each.one_id, each.other_id, each.verb) for each in read(db, EVERYBODY, "said", since=SINCE, until=NOW)
    ] == [(ids["a"], ids["b"], Verb.JOIN)]
    assert len(read(db, INSIDER, "said", since=SINCE, until=NOW)) == 2
    assert read(db, INSIDER, "said", since=SINCE, until=NOW - DAY) == []


def test_a_sync_is_read_by_who_may_see_all_that_it_is_about(db: Database, ids: dict[str, int]) -> None:
    assert [row.topic for row in read(db, EVERYBODY, "syncs", until=NOW)] == ["public"]
    assert len(read(db, INSIDER, "syncs", until=NOW)) == len(read(db, MACHINE, "syncs", until=NOW)) == 4
    (row,) = read(db, EVERYBODY, "syncs", until=NOW)
    assert (row.one_id, row.other_id, row.state) == (ids["a"], ids["b"], SyncState.ACTIVE)
    (held,) = read(db, EVERYBODY, "rounds", since=SINCE, until=NOW)
    assert read(db, EVERYBODY, "answers", since=SINCE, until=NOW) == [
        AnswerCount(held.id, PromptState.ANSWERED, 2),
        AnswerCount(held.id, PromptState.LATE, 1),
    ]
    assert len(read(db, INSIDER, "rounds", since=SINCE, until=NOW)) == 4
    assert read(db, INSIDER, "rounds", since=SINCE, until=NOW - 5 * DAY) == []
    assert [len(read(db, viewer, "waiting", since=SINCE, until=NOW)) for viewer in (EVERYBODY, INSIDER)] == [1, 4]


def test_a_link_leads_only_where_the_viewer_may_look(db: Database, ids: dict[str, int]) -> None:
    assert set(read(db, EVERYBODY, "places")) == {ids["a"]}
    assert set(read(db, INSIDER, "places")) == {ids["a"], ids["hidden"], ids["b"]}
    assert read(db, EVERYBODY, "places")[ids["a"]] == ("C1", "170000000.000100")


def test_an_empty_workspace_has_nothing_to_report(db: Database) -> None:
    assert [bool(each) for each in everything_read(db, EVERYBODY)] == [False] * 11
