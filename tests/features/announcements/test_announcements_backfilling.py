"""Who may have a past read, how far it goes, what is kept of it and for how long. On both databases."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.announcements import backfilling, reviewing
from bot.features.announcements.backfill_facts import Begun, Progress
from bot.features.announcements.backfilling import Request, read_request
from bot.features.announcements.catching_up import ts_of
from bot.features.announcements.heard import Heard
from bot.features.announcements.judging import judge
from bot.features.announcements.service import Means
from bot.features.matching.matcher import Matcher
from storage.backfills import BackfillState
from storage.database import Database
from storage.initiatives import Initiative
from storage.repository import Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

SCOPE = Scope("T1", Viewer(frozenset({"U1"})))
INSIDER = Scope("T1", Viewer(frozenset({"U1", "G1"})))
DAY = timedelta(days=1)
STORE = (
    "New initiative: Online feature store for ranking. We will serve fresh features to the ranking models within 10 ms."
)
SAME = "New initiative: Feature store online, for ranking. It serves fresh features to ranking models within 10 ms."
UNSURE = "Our next one is a labelling queue for support tickets."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Request("C0HERE", "", 90)),
        ("30d", Request("C0HERE", "", 30)),
        ("<#C1|ml-initiatives> 12w", Request("C1", "", 84)),
        ("6m <#C1>", Request("C1", "", 180)),
        ("<#G1|den> 2 years", Request("G1", "", 730)),
        ("#ML-Initiatives 1Y", Request("", "ml-initiatives", 365)),
    ],
)
def test_a_channel_and_a_period_are_understood_in_any_order(text: str, expected: Request) -> None:
    assert read_request(text, here="C0HERE") == expected


@pytest.mark.parametrize("text", ["90", "3 fortnights", "0d", "25m", "-5d", "30d 40d", "30d #x #y", "`rm`", "d" * 5000])
def test_what_is_not_understood_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="/rowbot backfill #channel 90d"):
        read_request(text, here="C0HERE")


def test_in_a_direct_message_the_channel_has_to_be_named() -> None:
    with pytest.raises(BadInput, match="Which channel"):
        read_request("90d", here="D0DIRECT")


# --- asking -----------------------------------------------------------------------------------------------------


@pytest.fixture
def office(db: Database) -> Database:
    """An admin U1, an engineer U2; a public channel C1, a private one G1 that U1 is in, one that is shared."""

    def put(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW, url="https://x.slack.com/")
        uow.people.meet("U1", is_admin=True, read_at=NOW)
        uow.people.meet("U2", read_at=NOW)
        uow.channels.meet("C1", name="ml", is_private=False, is_shared=False)
        uow.channels.meet("G1", name="den", is_private=True)
        uow.channels.replace_members("G1", ["U1", "U2"], now=NOW)
        uow.channels.meet("C9", is_shared=True)

    db.write_now(SCOPE, put)
    return db


def begin(
    db: Database, channel_id: str = "C1", days: int = 90, *, person: str = "U1", scope: Scope = SCOPE, hours: float = 0
) -> tuple[Begun, Progress]:
    return db.write_now(scope, backfilling.begin, channel_id, days, person_id=person, now=NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("channel_id", "person", "scope", "refusal"),
    [
        ("C1", "U2", SCOPE, NotAllowed),
        ("G1", "U1", SCOPE, NotFound),
        ("G1", "U2", INSIDER, NotAllowed),
        ("C404", "U1", SCOPE, NotFound),
        ("", "U1", SCOPE, NotFound),
        ("C9", "U1", SCOPE, Refusal),
    ],
)
def test_only_an_admin_and_in_private_only_one_who_is_inside_may(
    office: Database, channel_id: str, person: str, scope: Scope, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        begin(office, channel_id, person=person, scope=scope)
    assert office.read_now(SCOPE, lambda uow: uow.backfills.due(now=NOW + DAY)) is None


def test_to_who_is_not_inside_a_private_channel_reads_like_one_that_does_not_exist(office: Database) -> None:
    said = []
    for channel_id in ("G1", "C404"):
        with pytest.raises(NotFound) as refused:
            begin(office, channel_id)
        said.append(refused.value.sentence)
    assert said[0] == said[1]


def test_asked_again_it_goes_on_and_the_longer_period_counts(office: Database) -> None:
    how, first = begin(office, days=30)
    assert how is Begun.NEW
    how, again = begin(office, days=60, hours=1)
    assert (how, again.backfill_id) == (Begun.UNDER_WAY, first.backfill_id)
    assert again.oldest < first.oldest
    office.write_now(SCOPE, backfilling.stop, first.backfill_id, person_id="U1", now=NOW)
    how, again = begin(office, days=10, hours=2)
    assert (how, again.backfill_id, again.state) == (Begun.GOES_ON, first.backfill_id, BackfillState.READING)
    assert NOW - again.oldest > 59 * DAY


def test_whoever_asked_is_told_once_and_that_message_is_drawn_anew(office: Database) -> None:
    _, said = begin(office)
    read_page(office, said, [])
    office.write_now(SCOPE, backfilling.finish, said.backfill_id, {}, now=NOW + DAY)
    row = office.read_now(SCOPE, lambda uow: uow.outbox.get(f"T1:backfill:{said.backfill_id}:U1"))
    assert row is not None
    assert row.target == "U1"
    assert "I have read <#C1>" in str(row.body)


def test_who_left_a_private_channel_is_told_nothing_more(office: Database) -> None:
    _, said = begin(office, "G1", scope=INSIDER)
    office.write_now(SCOPE, lambda uow: uow.channels.left("G1", "U1"))
    read_page(office, said, [heard(STORE, 5, channel="G1")])
    office.write_now(SCOPE, backfilling.finish, said.backfill_id, {}, now=NOW)
    row = office.read_now(SCOPE, lambda uow: uow.outbox.get(f"T1:backfill:{said.backfill_id}:U1"))
    assert row is not None
    assert "found" not in str(row.body)
    with pytest.raises(NotFound):
        office.read_now(SCOPE, reviewing.sheet, said.backfill_id, 0, person_id="U1", now=NOW)


# --- reading ----------------------------------------------------------------------------------------------------


def heard(text: str, days_ago: float, *, channel: str = "C1", author: str = "U2") -> Heard:
    message = {"type": "message", "user": author, "text": text, "ts": ts_of(NOW - days_ago * DAY)}
    return judge(
        message,
        channel_id=channel,
        is_private=channel.startswith("G"),
        is_shared=False,
        bot_user_id="UBOT",
        likeness=None,
    )


def read_page(db: Database, said: Progress, found: list[Heard], *, was: str = "") -> bool:
    latest = was or ts_of(NOW)
    low = min([each.ts for each in found], default="")
    return db.write_now(
        SCOPE, backfilling.keep_page, said.backfill_id, found, was_latest=latest, low=low, count=7, now=NOW
    )


def states(db: Database, backfill_id: int) -> list[tuple[str, str]]:
    return db.read_now(SCOPE, lambda uow: [(row.state.value, row.text) for row in uow.backfills.findings(backfill_id)])


def test_a_page_that_two_processes_read_is_kept_once(office: Database) -> None:
    _, said = begin(office)
    page = [heard(STORE, 5)]
    assert read_page(office, said, page)
    assert not read_page(office, said, page)
    assert len(states(office, said.backfill_id)) == 1
    kept = office.read_now(SCOPE, lambda uow: uow.backfills.get(said.backfill_id))
    assert kept is not None
    assert (kept.latest_ts, kept.messages_read) == (page[0].ts, 7)


def test_a_page_of_a_reading_that_was_stopped_meanwhile_is_dropped(office: Database) -> None:
    _, said = begin(office)
    office.write_now(SCOPE, backfilling.stop, said.backfill_id, person_id="U1", now=NOW)
    assert not read_page(office, said, [heard(STORE, 5)])
    assert states(office, said.backfill_id) == []


def test_a_page_is_one_processes_for_a_while_and_then_anybodys(office: Database) -> None:
    begin(office)
    assert office.write_now(SCOPE, backfilling.claim, now=NOW) is not None
    assert office.write_now(SCOPE, backfilling.claim, now=NOW) is None
    assert office.write_now(SCOPE, backfilling.claim, now=NOW + backfilling.LEASE) is not None


def test_a_channel_that_the_bot_left_or_that_is_shared_now_is_read_no_further(office: Database) -> None:
    _, said = begin(office)

    def share(uow: UnitOfWork) -> None:
        uow.channels.meet("C1").is_shared = True

    office.write_now(SCOPE, share)
    assert office.write_now(SCOPE, backfilling.claim, now=NOW) is None
    row = office.read_now(SCOPE, lambda uow: uow.backfills.get(said.backfill_id))
    assert row is not None
    assert row.state is BackfillState.STOPPED


def test_how_long_it_takes_is_told_from_how_far_it_has_come(office: Database) -> None:
    _, said = begin(office, days=90)

    def after(minutes: int, days_done: float) -> int | None:
        def look(uow: UnitOfWork) -> int | None:
            row = uow.backfills.get(said.backfill_id)
            assert row is not None
            row.latest_ts = ts_of(NOW - days_done * DAY)
            return backfilling.progress_of(uow, row, now=NOW + timedelta(minutes=minutes)).left_seconds

        return office.write_now(SCOPE, look)

    assert after(0, 0) is None
    assert after(10, 45) == pytest.approx(600, abs=2)
    assert after(30, 67.5) == pytest.approx(600, abs=2)


# --- reviewing --------------------------------------------------------------------------------------------------


@pytest.fixture
def means() -> Means:
    return Means(Matcher(None), None)


def found(db: Database, *texts: str) -> tuple[int, list[int]]:
    """A backfill that was read to its end; its id, and those of its findings, the oldest first."""
    _, said = begin(db)
    read_page(db, said, [heard(text, 40 - number) for number, text in enumerate(texts)])
    db.write_now(SCOPE, backfilling.finish, said.backfill_id, {}, now=NOW)
    return said.backfill_id, db.read_now(
        SCOPE, lambda uow: [row.id for row in uow.backfills.findings(said.backfill_id)]
    )


def register(db: Database, means: Means, finding_id: int, person: str = "U1") -> None:
    _, message = db.read_now(SCOPE, reviewing.to_register, finding_id, person_id=person)
    if message is not None:
        probe = means.matcher.probe(message.draft.title, message.draft.summary)
        db.write_now(SCOPE, reviewing.register, finding_id, message, probe, means, person_id=person, now=NOW)


def registry(db: Database) -> list[Any]:
    return db.read_now(SCOPE, lambda uow: [row for row in uow.machine.initiatives.of("U2") if row.withdrawn_at is None])


def test_what_is_registered_has_its_date_its_author_and_its_message(office: Database, means: Means) -> None:
    _, (finding,) = found(office, STORE)
    register(office, means, finding)
    (initiative,) = registry(office)
    assert (initiative.lead_id, initiative.created_by, initiative.status) == ("U2", "U2", "proposed")
    assert initiative.created_at == NOW - 40 * DAY
    assert initiative.audience == ""
    known = office.read_now(SCOPE, lambda uow: uow.announcements.at("C1", ts_of(NOW - 40 * DAY)))
    assert known is not None
    assert known.initiative_id == initiative.id
    assert office.read_now(SCOPE, lambda uow: uow.backfills.finding(finding).text) == ""  # type: ignore[union-attr]  # it is there
    register(office, means, finding)
    assert len(registry(office)) == 1


def test_what_is_left_out_loses_its_words_and_is_remembered(office: Database) -> None:
    backfill_id, (finding,) = found(office, STORE)
    office.write_now(SCOPE, reviewing.leave_out, finding, person_id="U1", now=NOW)
    assert states(office, backfill_id) == [("left_out", "")]
    _, said = begin(office)
    assert said.backfill_id != backfill_id
    read_page(office, said, [heard(STORE, 40)])
    assert states(office, said.backfill_id) == []


def test_what_was_not_decided_waits_in_the_next_backfill(office: Database) -> None:
    first, _ = found(office, STORE)
    _, said = begin(office, days=365)
    assert states(office, first) == []
    assert states(office, said.backfill_id) == [("waiting", STORE)]


def test_taken_back_it_waits_again_with_its_words(office: Database, means: Means) -> None:
    backfill_id, (finding,) = found(office, STORE)
    for _ in range(2):
        register(office, means, finding)
        assert len(registry(office)) == 1
        office.write_now(SCOPE, reviewing.take_back, finding, person_id="U1", now=NOW)
        assert registry(office) == []
        assert states(office, backfill_id) == [("waiting", STORE)]


def test_all_sure_ones_are_accepted_and_the_worker_registers_each_once(office: Database, means: Means) -> None:
    backfill_id, _ = found(office, STORE, UNSURE)
    office.write_now(SCOPE, reviewing.accept_sure, backfill_id, person_id="U1", now=NOW)
    assert [state for state, _ in states(office, backfill_id)] == ["accepted", "waiting"]
    ((finding, message),) = office.read_now(SCOPE, reviewing.accepted, limit=9)
    probe = means.matcher.probe(message.draft.title, message.draft.summary)
    for _ in range(2):
        office.write_now(SCOPE, reviewing.register_accepted, finding, message, probe, means, now=NOW)
    assert len(registry(office)) == 1
    assert office.read_now(SCOPE, reviewing.accepted, limit=9) == []


@pytest.mark.parametrize("unit", [reviewing.leave_out, reviewing.take_back])
def test_nobody_but_an_admin_decides(office: Database, unit: Any) -> None:
    backfill_id, (finding,) = found(office, STORE)
    for act, number in ((unit, finding), (backfilling.stop, backfill_id), (reviewing.accept_sure, backfill_id)):
        with pytest.raises(NotAllowed):
            office.write_now(SCOPE, act, number, person_id="U2", now=NOW)
    with pytest.raises(NotAllowed):
        office.read_now(SCOPE, reviewing.to_register, finding, person_id="U2")
    assert states(office, backfill_id) == [("waiting", STORE)]


def test_two_findings_that_look_like_the_same_work_say_so(office: Database, means: Means) -> None:
    backfill_id, (first, second) = found(office, STORE, SAME)

    def like(uow: UnitOfWork) -> dict[int, tuple[int | None, str]]:
        rows, channel = uow.backfills.findings(backfill_id), uow.channels.get("C1")
        assert channel is not None
        drafts = [reviewing.heard_of(row, channel).draft for row in rows]
        probes = means.matcher.probes([(draft.title, draft.summary) for draft in drafts])
        return dict(backfilling.likenesses(uow, channel, rows, probes, means))

    assert office.read_now(SCOPE, like) == {first: (None, ""), second: (None, ts_of(NOW - 40 * DAY))}
    register(office, means, first)
    (entry,) = registry(office)
    assert office.read_now(SCOPE, like)[second][0] == entry.id


def test_from_where_on_two_findings_look_alike_the_workspace_says_and_not_the_process(office: Database) -> None:
    backfill_id, (_, second) = found(office, STORE, SAME)
    unsure = Means(Matcher(None), 1.0)

    def like(uow: UnitOfWork) -> str:
        rows, channel = uow.backfills.findings(backfill_id), uow.channels.get("C1")
        assert channel is not None
        drafts = [reviewing.heard_of(row, channel).draft for row in rows]
        probes = unsure.matcher.probes([(draft.title, draft.summary) for draft in drafts])
        return backfilling.likenesses(uow, channel, rows, probes, unsure)[second][1]

    assert office.read_now(SCOPE, like) == ""
    office.write_now(SCOPE, lambda uow: uow.settings.change(person_id="U1", now=NOW, threshold=0.3))
    assert office.read_now(SCOPE, like) == ts_of(NOW - 40 * DAY)


def test_what_looks_alike_is_named_only_to_who_may_see_it(office: Database) -> None:
    backfill_id, (finding,) = found(office, STORE)

    def hide(uow: UnitOfWork) -> None:
        row = uow.backfills.finding(finding)
        assert row is not None
        twin = Initiative(workspace_id="T1", title="Secret twin", folded_title="secret twin", audience="G7", version=uow.workspaces.raise_version(),
                          created_at=NOW, updated_at=NOW)  # fmt: skip
        row.like_id = uow.initiatives.add(twin).id

    office.write_now(SCOPE, hide)
    (item,) = office.read_now(SCOPE, reviewing.sheet, backfill_id, 0, person_id="U1", now=NOW).items
    assert item.like == ""
    eyes = Scope("T1", Viewer(frozenset({"U1", "G7"})))
    (item,) = office.read_now(eyes, reviewing.sheet, backfill_id, 0, person_id="U1", now=NOW).items
    assert item.like == "Secret twin"


def test_pages_hold_what_is_not_left_out_and_a_page_too_far_is_the_last(office: Database) -> None:
    backfill_id, ids = found(office, *(f"{STORE} Part {number}." for number in range(10)))
    office.write_now(SCOPE, reviewing.leave_out, ids[0], person_id="U1", now=NOW)
    sheet = office.read_now(SCOPE, reviewing.sheet, backfill_id, 99, person_id="U1", now=NOW)
    assert (sheet.page, sheet.pages, len(sheet.items)) == (1, 2, 1)
    assert sheet.items[0].link.startswith("https://x.slack.com/archives/C1/p")
    assert sheet.progress.found == 10


def test_words_that_nobody_decided_upon_are_dropped_after_thirty_days(office: Database) -> None:
    backfill_id, _ = found(office, STORE, UNSURE)
    assert office.write_now(SCOPE, reviewing.forget_words, now=NOW + 29 * DAY) == 0
    assert office.write_now(SCOPE, reviewing.forget_words, now=NOW + 31 * DAY) == 2
    assert states(office, backfill_id) == [("left_out", ""), ("left_out", "")]
    assert office.write_now(SCOPE, reviewing.forget_words, now=NOW + 31 * DAY) == 0
