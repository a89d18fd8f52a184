"""What people answered under warnings: learnt from, told to the operator, and a pair explained stage by stage."""

from typing import Any

import pytest

from bot.features.matching import answers, history, service, why_not
from bot.features.matching.answers import Judged
from bot.features.matching.embedder import Embedder
from bot.features.matching.matcher import Matcher
from bot.features.overlaps import service as overlaps
from storage.database import Database
from storage.decisions import Kind
from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.meetings import Meeting, Result
from storage.overlaps import Verb
from storage.repository import EVERYBODY, Viewer
from storage.rounds import Prompt, Round, RoundState, View
from storage.syncs import Sync
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW


@pytest.fixture
def matcher(embedder: Embedder) -> Matcher:
    return Matcher(embedder)


def entry(uow: UnitOfWork, title: str, **other: Any) -> int:
    uow.workspaces.ensure(now=NOW)
    row = Initiative(
        workspace_id=uow.workspace_id, title=title, folded_title=fold(title), version=uow.workspaces.raise_version(), created_at=NOW,
        updated_at=NOW, **other,
    )  # fmt: skip
    return uow.initiatives.add(row).id


def answered(
    uow: UnitOfWork, matcher: Matcher, *verbs: Verb, probability: float = 0.7, version: str = "", audience: str = ""
) -> tuple[int, int]:
    """A pair that a channel was warned of, and what was said of it."""
    one, other = entry(uow, "Drift alerts", audience=audience), entry(uow, "Notice when inputs shift")
    match = Match(
        workspace_id=uow.workspace_id, initiative_id=one, candidate_id=other, position=1, probability=probability, cosine=0.5, share=1,
        overlap=0.2, reasons={}, matcher=version or matcher.version, shown_to=ShownTo.CHANNEL, created_at=NOW,
    )  # fmt: skip
    uow.matches.replace(one, [match])
    overlap = uow.overlaps.between(one, other, now=NOW)
    for verb in verbs:
        overlaps.record(uow, overlap, verb, person_id="U1", now=NOW)
    return one, other


@pytest.mark.parametrize(
    ("verbs", "judged"),
    [
        ((Verb.NOT_RELATED,), Judged.UNRELATED),
        ((Verb.JOIN, Verb.NOT_RELATED), Judged.UNRELATED),
        ((Verb.SYNC,), Judged.SAME),
        ((Verb.DIFFER, Verb.JOIN), Judged.SAME),
        ((Verb.DIFFER,), Judged.RELATED),
        ((Verb.NOT_NOW,), None),
    ],
)
def test_a_pair_is_judged_once_whatever_was_said_of_it(
    db: Database, scope: Scope, matcher: Matcher, verbs: tuple[Verb, ...], judged: Judged | None
) -> None:
    db.write_now(scope, lambda uow: answered(uow, matcher, *verbs))
    found = db.read_now(scope, answers.warned)
    assert [each.judged for each in found] == ([] if judged is None else [judged])


def test_answers_move_the_level_and_an_admin_s_choices_count_more(db: Database, scope: Scope, matcher: Matcher) -> None:
    def level(**fields: Any) -> float:
        def ask(uow: UnitOfWork) -> float:
            uow.settings.change(person_id="UBOSS", now=NOW, **fields)
            return answers.level(uow, matcher, None).number

        return db.write_now(scope, ask)

    db.write_now(scope, lambda uow: uow.workspaces.ensure(now=NOW))
    assert level() == 0.45
    db.write_now(scope, lambda uow: answered(uow, matcher, Verb.NOT_RELATED))
    learnt = level()
    assert learnt > 0.45
    assert level(learns=False) == 0.45
    assert level(learns=True) == learnt
    assert level(precision=0.9) > learnt
    assert level(threshold=0.3) == 0.3


def test_nothing_is_learnt_from_private_work_or_from_another_version_of_the_matcher(
    db: Database, scope: Scope, matcher: Matcher
) -> None:
    db.write_now(scope, lambda uow: answered(uow, matcher, Verb.NOT_RELATED, version="0/other"))
    db.write_now(scope, lambda uow: answered(uow, matcher, Verb.NOT_RELATED, audience="CPRIVATE"))
    assert db.read_now(scope, lambda uow: answers.level(uow, matcher, None)).number == 0.45


def test_an_answer_outlives_the_match_that_it_answered(db: Database, scope: Scope, matcher: Matcher) -> None:
    one, other = db.write_now(scope, lambda uow: answered(uow, matcher, Verb.NOT_RELATED, probability=0.83))
    before = db.read_now(scope, lambda uow: answers.level(uow, matcher, None))
    # An edit: the pair is not matched again, as somebody marked it as not related.
    db.write_now(scope, lambda uow: uow.matches.replace(one, []))
    assert db.read_now(scope, lambda uow: answers.level(uow, matcher, None)) == before
    (kept,) = db.read_now(scope, answers.warned)
    assert (kept.answered.probability, kept.answered.matcher, kept.answered.warned_at) == (0.83, matcher.version, NOW)
    # Taken back, it counts no more.
    db.write_now(scope, lambda uow: overlaps.undo(uow, one, other, person_id="U1", now=NOW))
    assert db.read_now(scope, answers.warned) == []


def test_an_answer_about_a_pair_that_no_channel_was_warned_of_is_not_learnt_from(
    db: Database, scope: Scope, matcher: Matcher
) -> None:
    def said_of(uow: UnitOfWork) -> None:
        pair = uow.overlaps.between(entry(uow, "Drift alerts"), entry(uow, "Notice when inputs shift"), now=NOW)
        overlaps.record(uow, pair, Verb.NOT_RELATED, person_id="U1", now=NOW)

    db.write_now(scope, said_of)
    assert db.read_now(scope, answers.warned) == []


def talked_of(
    uow: UnitOfWork,
    pair: tuple[int, int],
    *views: View,
    result: Result | None = None,
    audience: str = "",
) -> None:
    """A check-in (and a meeting) of the leads in which that was said of the pair."""
    overlap = uow.overlaps.between(*pair, now=NOW)
    sync = uow.syncs.add(
        Sync(workspace_id=uow.workspace_id, topic="Drift", overlap_id=overlap.id, first_on=NOW.date(), at_minute=540, audience=audience,
             created_at=NOW, updated_at=NOW), []
    )  # fmt: skip
    turn = Round(workspace_id=uow.workspace_id, sync_id=sync.id, number=1, on_day=NOW.date(), state=RoundState.OPEN, opened_at=NOW, closes_at=NOW)  # fmt: skip
    uow.session.add(turn)
    uow.session.flush()
    for number, view in enumerate(views):
        prompt = Prompt(workspace_id=uow.workspace_id, round_id=turn.id, person_id=f"U{number}", due_at=NOW, remind_at=NOW, deadline_at=NOW)  # fmt: skip
        uow.session.add(prompt)
        uow.session.flush()
        uow.answers.keep_views(prompt.id, {overlap.id: view}, now=NOW)
    if result is not None:
        uow.session.add(
            Meeting(workspace_id=uow.workspace_id, sync_id=sync.id, number=1, talked=True, result=result, uid="m", created_at=NOW, updated_at=NOW)
        )  # fmt: skip
        uow.session.flush()


@pytest.mark.parametrize(
    ("verbs", "views", "result", "judged", "kinds"),
    [
        ((), (View.SAME, View.DIVERGING), None, Judged.SAME, {Kind.CHECK_IN_SAME, Kind.CHECK_IN_DIVERGING}),
        ((), (View.DIVERGING,), None, Judged.RELATED, {Kind.CHECK_IN_DIVERGING}),
        ((), (), Result.OPEN, Judged.SAME, {Kind.MEETING_OPEN}),
        ((Verb.NOT_RELATED,), (View.SAME,), None, Judged.UNRELATED, {Kind.NOT_RELATED, Kind.CHECK_IN_SAME}),
        ((Verb.DIFFER,), (), Result.OPEN, Judged.SAME, {Kind.DIFFER, Kind.MEETING_OPEN}),
        ((), (View.SETTLED,), None, None, set()),
        ((), (), Result.JOIN, None, set()),
    ],
)
def test_what_is_said_in_check_ins_and_after_meetings_counts_too(
    db: Database, scope: Scope, matcher: Matcher, verbs: tuple[Verb, ...], views: tuple[View, ...], result: Result | None, judged: Judged | None,
    kinds: set[Kind],
) -> None:  # fmt: skip
    def happen(uow: UnitOfWork) -> None:
        talked_of(uow, answered(uow, matcher, *verbs, probability=0.8), *views, result=result)

    db.write_now(scope, happen)
    found = db.read_now(scope, answers.warned)
    assert [(each.judged, set(each.kinds)) for each in found] == ([] if judged is None else [(judged, kinds)])
    assert all(each.answered.probability == 0.8 for each in found)
    level = db.read_now(scope, lambda uow: answers.level(uow, matcher, None))
    assert (level.same, level.unrelated) == (judged is Judged.SAME, judged is Judged.UNRELATED)


def test_what_is_said_where_not_everybody_hears_it_moves_nothing(db: Database, scope: Scope, matcher: Matcher) -> None:
    def happen(uow: UnitOfWork) -> None:
        talked_of(uow, answered(uow, matcher), View.SAME, result=Result.OPEN, audience="CPRIVATE")
        hidden = entry(uow, "Drift", audience="CPRIVATE"), entry(uow, "Shift")
        talked_of(uow, hidden, View.SAME)  # no channel was warned of it either

    db.write_now(scope, happen)
    assert db.read_now(scope, answers.warned) == []
    members = Scope(scope.workspace_id, Viewer(frozenset({"CPRIVATE"})))
    assert len(db.read_now(members, answers.warned)) == 1
    assert db.read_now(members, lambda uow: answers.level(uow, matcher, None)).answers == 0


def test_a_pair_that_was_edited_is_known_by_what_an_answer_kept_of_its_warning(
    db: Database, scope: Scope, matcher: Matcher
) -> None:
    def happen(uow: UnitOfWork, *verbs: Verb) -> None:
        pair = answered(uow, matcher, *verbs, probability=0.83)
        talked_of(uow, pair, View.SAME)
        uow.matches.replace(pair[0], [])

    db.write_now(scope, happen)
    assert db.read_now(scope, answers.warned) == []  # nothing says any more how likely it was thought
    db.write_now(scope, lambda uow: happen(uow, Verb.NOT_NOW))
    (found,) = db.read_now(scope, answers.warned)
    assert (found.answered.probability, found.answered.warned_at) == (0.83, NOW)


def test_the_history_is_told_in_words_and_names_public_work_only(db: Database, scope: Scope, matcher: Matcher) -> None:
    assert "Nobody has answered" in db.read_now(scope, lambda uow: history.told(uow, matcher, None))[0]
    db.write_now(scope, lambda uow: answered(uow, matcher, Verb.SYNC, audience="CPRIVATE"))
    assert "Nobody has answered" in db.read_now(scope, lambda uow: history.told(uow, matcher, None))[0]
    db.write_now(scope, lambda uow: answered(uow, matcher, Verb.SYNC, probability=0.9))
    db.write_now(scope, lambda uow: answered(uow, matcher, Verb.NOT_RELATED, probability=0.65))
    said = db.read_now(scope, lambda uow: history.told(uow, matcher, None))
    assert said[0] == "2 public warnings were answered: 1 same work, 0 related, 1 not related."
    assert said[1:3] == [
        "     1  not related  Not related, under the warning or after a meeting",
        "     1  same work    Sync the leads",
    ]
    assert said[3].startswith("From 2 answers (1 the same work, 1 not related), warnings begin at 0.")
    assert "  2026-W48: 1 of 2 (0.50)" in said
    assert "  0.7: 1 of 1 (1.00)" in said
    assert any(line.startswith("  0.65: ") and "Drift alerts" in line for line in said)


def explained(db: Database, scope: Scope, matcher: Matcher, *asked: str) -> str:
    texts = db.read_now(scope, lambda uow: why_not.texts(uow, asked))
    probes = [matcher.probe(*text) for text in texts]
    return "\n".join(db.read_now(scope, lambda uow: why_not.told(uow, matcher, asked, probes, None)))


def test_why_two_entries_are_not_matched_is_told_stage_by_stage(db: Database, scope: Scope, matcher: Matcher) -> None:
    one, other = db.write_now(scope, lambda uow: answered(uow, matcher, Verb.NOT_RELATED))
    said = explained(db, scope, matcher, f"RB-{one}", "notice when inputs SHIFT")
    assert "1. Found?" in said
    assert "Somebody marked them as not related." in said
    assert f"by matcher {matcher.version}, shown to: channel" in said
    assert "So: announcing A does not name B." in said
    assert "same entry" in explained(db, scope, matcher, str(other), f"#{other}")


def test_a_text_that_is_no_entry_is_explained_too_and_one_leader_s_own_work_is_said(
    db: Database, scope: Scope, matcher: Matcher
) -> None:
    db.write_now(
        scope, lambda uow: entry(uow, "Feature store", summary="online features for ranking models", lead_id="U1")
    )
    db.write_now(
        scope, lambda uow: entry(uow, "Features at request time", summary="an online feature store", lead_id="U1")
    )
    said = explained(db, scope, matcher, "a feature store for online ranking models", "Feature store")
    assert "enough" in said
    assert "So: announcing A names B." in said
    assert "names B" in explained(db, scope, matcher, "Feature store", "we build a feature store with online features")
    assert "Whoever announced A leads" in explained(db, scope, matcher, "Feature store", "Features at request time")


def test_only_what_may_be_named_beside_it_counts_as_likelier(db: Database, scope: Scope, matcher: Matcher) -> None:
    def put(uow: UnitOfWork) -> None:
        entry(uow, "Feature store", summary="online features for ranking models", created_by="U1")
        for number in range(3):
            entry(uow, f"Feature store {number}", summary="online features for ranking models", lead_id="U1")
            entry(uow, f"Secret store {number}", summary="online features for ranking models", audience="CPRIVATE")
        entry(uow, "Features at request time", summary="an online feature store for ranking")

    db.write_now(scope, put)
    assert "So: announcing A names B." in explained(db, scope, matcher, "Feature store", "Features at request time")


def test_private_work_is_found_however_much_public_work_is_likelier(
    db: Database, scope: Scope, matcher: Matcher
) -> None:
    title, summary = "Feature vault", "a feature store with online features for ranking models"

    def put(uow: UnitOfWork) -> tuple[int, int]:
        for number in range(12):
            entry(uow, f"Feature store {number}", summary=summary)
        return entry(uow, title, summary=summary, audience="COWN"), entry(
            uow, title, summary=summary, audience="COTHER"
        )

    own, hidden = db.write_now(scope, put)
    probe = matcher.probe(title, summary)

    def look(uow: UnitOfWork) -> service.Findings:
        matcher.catch_up(uow)
        eyes = Viewer(frozenset({"COWN"}))
        return service.find(uow, matcher, probe, keys=(), channel=EVERYBODY, author=eyes, exclude=(), threshold=None)

    found = db.write_now(scope, look)
    assert len(found.channel) == 3
    assert [each.initiative.id for each in found.author] == [own]
    assert [each.initiative.id for each in found.hidden] == [hidden]


def test_private_work_is_explained_to_nobody(db: Database, scope: Scope, matcher: Matcher) -> None:
    number = db.write_now(scope, lambda uow: entry(uow, "Secret store", audience="CPRIVATE"))
    db.write_now(scope, lambda uow: entry(uow, "Feature store"))
    said = explained(db, scope, matcher, str(number), "Feature store")
    assert "may be shown here" in said
    assert "Secret" not in said
