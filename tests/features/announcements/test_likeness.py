"""The second opinion: what it changes, what it never changes, and that its numbers are of the network and the texts that are here."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.features.announcements import answer, service
from bot.features.announcements.detector import Detection, Kind, detect, weigh
from bot.features.announcements.heard import Heard
from bot.features.announcements.judging import judge, kind_of
from bot.features.announcements.likeness import REASON, Likeness, Weights
from bot.features.announcements.service import Means
from bot.features.announcements.traits import NAMES, traits_of
from bot.features.matching.embedder import Embedder
from bot.features.matching.matcher import Matcher
from storage.announcements import Announcement, AnnouncementState
from storage.database import Database
from storage.unit_of_work import Scope

DATA = Path(__file__).parent / "data"
SCOPE = Scope("T1")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
# No rule reads these; a person does.
BEGUN = "Not glamorous but needed: the 14 cron boxes get taken apart, it's Ewa's and my job from today. We begin with the billing exports and need two months."
ASIDE = "We have a new mug cupboard on the second floor. Take what you like and bring back what you took."


class Counting(Embedder):
    """The shipped network, and how often it was asked."""

    def __init__(self, shipped: Embedder) -> None:
        super().__init__(shipped._session, shipped._tokenizer, shipped.version)
        self.read_texts = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read_texts += len(texts)
        return super().embed(texts)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.load()


@pytest.fixture(scope="module")
def likeness(embedder: Embedder) -> Likeness:
    found = Likeness.of(embedder)
    assert found is not None, "likeness.json is of another network: run tools/fit_detector.py"
    return found


def test_its_numbers_are_of_the_labelled_texts_that_are_here() -> None:
    rows = []
    for path in DATA.glob("detector_*.tsv"):
        for line in path.read_text(encoding="utf-8").splitlines():
            label, text = line.split("\t", 1)
            rows.append(f"{label == 'new'}" + text.replace("\\n", "\n"))
    digest = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    assert digest.startswith(Weights.read().texts), "a labelled file has changed: run tools/fit_detector.py"


def test_its_numbers_have_their_order_and_thresholds(embedder: Embedder) -> None:
    weights = Weights.read()
    assert len(weights.first) == len(weights.cues) + 4 + len(NAMES)
    assert len(weights.whole) == len(weights.first) + embedder.dimensions
    assert weights.look < weights.ask < weights.answer


def test_without_a_network_or_with_another_one_the_rules_decide_alone(embedder: Embedder) -> None:
    other = Embedder(embedder._session, embedder._tokenizer, "another")
    assert Likeness.of(None) is None
    assert Likeness.of(other) is None
    assert kind_of(BEGUN, None) is detect(BEGUN).kind is Kind.NONE


def test_what_no_rule_reads_is_noticed_and_says_why(likeness: Likeness) -> None:
    seen = likeness.reconsider(weigh(BEGUN))
    assert seen.kind in (Kind.SURE, Kind.UNSURE)
    assert seen.evidence[-1].name == REASON
    assert likeness.probability(weigh(BEGUN)) > 0.5 > likeness.probability(weigh(ASIDE))


@pytest.mark.parametrize(
    "text",
    [
        "New initiative: streaming joins for features",
        "Who starts with the new registry next week, and who leads it?",
        "We begin.",
        "Wir beginnen am Montag mit dem Bau einer neuen Plattform für Merkmale, Ana leitet das Projekt und ich helfe mit.",
        "À partir de lundi, notre équipe commence la construction d'une plateforme de données pour les modèles de prix.",
        "A partir del lunes empezamos a construir una plataforma de datos para los modelos de precios, Ana lo lidera.",
        "",
    ],
)
def test_marked_messages_mere_questions_few_words_and_other_languages_are_the_rules_alone(
    text: str, likeness: Likeness
) -> None:
    weighed = weigh(text)
    assert likeness.reconsider(weighed) is weighed.verdict


def test_one_sentence_is_never_answered_in_public_for_its_likeness(likeness: Likeness) -> None:
    eager = Likeness(replace(likeness.weights, answer=-9.0, ask=-9.0, look=-99.0), likeness._embedder)
    first, _, _ = BEGUN.partition(" We begin")
    assert eager.reconsider(weigh(first)).kind is Kind.UNSURE
    assert eager.reconsider(weigh(BEGUN)).kind is Kind.SURE


def test_what_the_rules_are_sure_of_is_asked_where_it_hardly_reads_like_one(likeness: Likeness) -> None:
    strict = Likeness(replace(likeness.weights, intercept=-99.0), likeness._embedder)
    text = "We're kicking off a feature store for ranking. It starts on Monday."
    assert strict.reconsider(weigh(text)).kind is Kind.UNSURE
    assert strict.reconsider(weigh(text)).title == detect(text).title
    assert strict.reconsider(weigh("Our next one is a labelling queue for support tickets.")) == Detection(Kind.NONE)


def test_the_network_reads_few_of_the_messages_that_announce_nothing(likeness: Likeness, embedder: Embedder) -> None:
    counting = Counting(embedder)
    asked = Likeness(likeness.weights, counting)
    others = [
        line.removeprefix("not\t").replace("\\n", "\n")
        for name in ("dev", "blind", "fresh_1", "fresh_2")
        for line in (DATA / f"detector_{name}.tsv").read_text(encoding="utf-8").splitlines()
        if line.startswith("not\t")
    ][::5]
    for text in others:
        asked.reconsider(weigh(text))
    assert counting.read_texts <= 0.3 * len(others)


def test_traits_are_finite_and_as_many_as_their_names() -> None:
    for text in ("", "?", "a " * 9_000, "(((((" * 2_000, "We begin. " * 1_000, '"' * 3_000):
        traits = traits_of(text)
        assert len(traits) == len(NAMES)
        assert np.isfinite(traits).all()
        assert max(traits) <= 4


# --- what is registered for its likeness ------------------------------------------------------------------------


@pytest.fixture
def means(likeness: Likeness) -> Means:
    return Means(Matcher(None), None, likeness)


def heard(text: str, means: Means, *, edited_ts: str = "") -> Heard:
    message = {"type": "message", "user": "U1", "text": text, "ts": "1795424400.000100"}
    return judge(message, channel_id="C1", is_private=False, is_shared=False, bot_user_id="UBOT", likeness=means.likeness, edited_ts=edited_ts)  # fmt: skip


def take(db: Database, means: Means, said: Heard) -> Announcement | None:
    probe = means.matcher.probe(said.draft.title, said.draft.summary)
    take_in = service.amend if said.edited_ts else service.hear
    return db.write_now(SCOPE, take_in, said, probe, means, now=NOW)


def test_an_edit_that_announces_no_more_withdraws_what_was_registered_for_its_likeness(
    db: Database, means: Means
) -> None:
    sure = replace(heard(BEGUN, means), kind=Kind.SURE)
    row = take(db, means, sure)
    assert row is not None
    assert row.state is AnnouncementState.REGISTERED
    assert answer.stands_on_its_words(row)
    withdrawn = take(db, means, heard(ASIDE, means, edited_ts="1795424500.000100"))
    assert withdrawn is not None
    assert withdrawn.state is AnnouncementState.WITHDRAWN
    assert not answer.stands_on_its_words(withdrawn)


def test_what_its_author_had_to_vouch_for_stays_whatever_its_words_become(db: Database, means: Means) -> None:
    unsure = replace(heard(BEGUN, means), kind=Kind.UNSURE)
    asked = take(db, means, unsure)
    assert asked is not None
    assert asked.state is AnnouncementState.ASKED
    probe = means.matcher.probe(unsure.draft.title, unsure.draft.summary)
    db.write_now(SCOPE, service.accept, asked.id, unsure, probe, means, person_id="U1", now=NOW)
    kept = take(db, means, heard(ASIDE, means, edited_ts="1795424500.000100"))
    assert kept is not None
    assert kept.state is AnnouncementState.REGISTERED


def test_what_was_heard_before_this_was_kept_is_judged_by_the_rules(db: Database, means: Means) -> None:
    row = take(db, means, replace(heard(BEGUN, means), kind=Kind.SURE))
    assert row is not None
    row.by_itself = None
    assert not answer.stands_on_its_words(row)
    row.text = "We're kicking off a feature store for ranking"
    assert answer.stands_on_its_words(row)


@pytest.mark.parametrize(
    "text",
    [
        "As reported in the press, our competitor has a mandate from a large grocer. From Monday ten engineers of theirs are on it.",
        "Over the weekend I took over a hobby project: on my Raspberry Pi. It starts on Monday and the first version comes in six weeks.",
        "New manager for the ranking team from Monday: Olga takes over from Sven. The handover takes two weeks.",
        "On-call rota from Monday: Jin takes over ranking, Lea is on the feature store, Marco on training. Two weeks each.",
    ],
)
def test_what_any_sentence_says_against_it_forbids_a_public_answer_also_where_no_rule_reads_a_claim(
    text: str, likeness: Likeness
) -> None:
    assert kind_of(text, likeness) is not Kind.SURE


@pytest.mark.parametrize(
    "text",
    [
        "I dreamt that we're building a feature store in COBOL.",
        "Anna is starting on the platform team on Monday!",
        "We are designing T-shirts for the ML guild! Send in your model puns until Friday.",
        "I'm building some intuition for diffusion models. This video helped: <https://example.com/a>",
    ],
)
def test_where_the_rules_are_sure_and_the_opinion_is_not_nothing_is_answered_in_public(
    text: str, likeness: Likeness
) -> None:
    assert kind_of(text, likeness) is not Kind.SURE


def test_the_bot_may_be_mentioned_with_a_label_before_a_marker(likeness: Likeness) -> None:
    said = {"user": "U1", "ts": "1795400000.000100", "text": "<@UBOT|rowbot> New initiative: streaming joins"}
    heard = judge(said, channel_id="C1", is_private=False, is_shared=False, bot_user_id="UBOT", likeness=likeness)
    assert (heard.kind, heard.draft.title) == (Kind.MARKED, "Streaming joins")


@pytest.mark.parametrize(
    "text",
    [
        "On démarre lundi un nouveau projet: on a un mandat, on a le budget, on a l'équipe. Lead: Claire, start le 3 mars.",
        "Das Data Team will in Q3 eine eigene Search Engine an den Start bringen. Start in KW 20, Lead: Jonas, Owner: Data Platform Team.",
        "Equipo, el lunes arrancamos a construir el feature store. A Ana le toca el data pipeline. Start a las 9.",
        "Vanaf maandag bouwen we in het data team een nieuw model om churn te voorspellen. Lead is Sanne, start week 12.",
        "来週から feature store の project を始めます。lead は私です。start は月曜日。",
    ],
)
def test_other_languages_are_met_with_silence(text: str, likeness: Likeness) -> None:
    assert kind_of(text, likeness) is Kind.NONE
