"""Reasons: found in both texts, never invented."""

import itertools
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.matching import views
from bot.features.matching.embedder import Embedder
from bot.features.matching.explanation import (
    Explanation,
    Side,
    closest,
    explain,
    explain_all,
    marked,
    shared,
    showable,
)
from bot.features.matching.index import PUBLIC, Document, Hit, Index, Query

STORE = {"feature-store": "feature store"}


def hit(*, cosine: float | None = 0.3, leaning: str | None = None) -> Hit:
    return Hit(1, cosine, cosine, 1.0, 1.0, 0.2, frozenset(), None, 0.8, leaning, 9)


def rarity(stem: str) -> float:
    return {"fresh": 3.0, "request": 2.5}.get(stem, 1.0)


def test_shared_capabilities_and_rare_phrases_are_named_as_they_were_written() -> None:
    new = Side("Feature store for ranking", "Fresh features at request time for every query", STORE)
    old = Side("Online features on Feast", "We serve fresh features at request time", STORE)
    found = explain(new, old, hit(), rarity=rarity)
    assert found.capabilities == ("feature store",)
    assert found.phrases == ("fresh features", "request time")
    assert not found.reworded


def test_generic_words_are_no_reason() -> None:
    new = Side("", "Our team builds a new platform project for machine learning models, with dashboards")
    old = Side("", "A team project on the model platform: learning with dashboards")
    assert explain(new, old, hit(), rarity=rarity).phrases == ("dashboards",)


def test_words_of_a_shared_capability_are_not_said_twice() -> None:
    new = Side("Feature store", "a feature store with Cassandra", STORE)
    assert explain(new, Side("Store", "feature store on Cassandra", STORE), hit(), rarity=rarity).phrases == (
        "cassandra",
    )


def test_chatter_is_no_reason() -> None:
    new = Side("", "Hi all! Drift alerts. Reach out to Kim on Thursday, happy to chat :wave:")
    old = Side("", "Load tests. Reach out to Kim on Thursday, happy to chat :wave:")
    assert explain(new, old, hit(), rarity=rarity).phrases == ()


def test_the_same_idea_in_other_words_is_said_when_hardly_a_word_is_shared() -> None:
    new, old = Side("", "who cheats on fares"), Side("", "collusion of drivers and riders")
    assert explain(new, old, hit(cosine=0.6), rarity=rarity).reworded
    assert explain(new, old, hit(cosine=0.2), rarity=rarity).reworded, "a candidate is never without a reason"


def test_a_common_leaning_is_named_only_where_no_capability_is_shared() -> None:
    new, old = Side("", "alpha"), Side("", "beta")
    assert explain(new, old, hit(leaning="data-validation"), rarity=rarity).leaning == "data-validation"
    shared = explain(Side("", "alpha", STORE), Side("", "beta", STORE), hit(leaning="data-validation"), rarity=rarity)
    assert shared.leaning is None


def test_the_same_system_is_a_reason() -> None:
    found = explain(Side("", "alpha", system="Ranker"), Side("", "beta", system="ranker"), hit(), rarity=rarity)
    assert found.system == "Ranker"
    assert explain(Side("", "alpha"), Side("", "beta"), hit(), rarity=rarity).system == ""


@pytest.mark.parametrize(
    ("mine", "theirs", "differs"),
    [
        ("a feature store for ranking", "feature serving for ads bidding", (("ranking",), ("ads bidding",))),
        ("a feature store for ranking", "feature serving", (("ranking",), ())),
        ("a feature store", "feature serving for the retention team: for the risk office", ((), ("the risk office",))),
        ("a store for ranking", "serving for the ranking of ads", ((), ())),
        ("a cache for decisions at the counter.", "features", (("decisions at the counter",), ())),
        ("a desk for our service reps", "answers", (("service reps",), ())),
        ("access for hosted and in-house models", "a gateway", ((), ())),
        ("demand for the next 30 minutes", "demand", ((), ())),
        ("spend for predictions", "costs", ((), ())),
        ("a tool for the vision team", "a tool for product images", ((), ("product images",))),
        ("extraction for AP", "extraction from invoices", ((), ())),
        ("scores for every customer", "scores for fraud", ((), ("fraud",))),
        ("search for food", "search for eats", ((), ())),
    ],
)
def test_a_difference_is_claimed_only_where_a_text_says_what_it_is_for(
    mine: str, theirs: str, differs: tuple[tuple[str, ...], tuple[str, ...]], embedder: Embedder
) -> None:
    assert explain(Side("", mine), Side("", theirs), hit(), rarity=rarity, embed=embedder.embed).differs == differs


def test_the_closest_sentences_are_shown_side_by_side(embedder: Embedder) -> None:
    new = Side(
        "Helper", "We run on Kubernetes at night. Every query is answered from our own documents with citations."
    )
    old = Side("Answers", "Replies to questions cite the help articles they were taken from. Written in Go.")
    pair = explain(new, old, hit(), rarity=rarity, embed=embedder.embed).sentences
    assert pair == (
        "Every query is answered from our own documents with citations",
        "Replies to questions cite the help articles they were taken from",
    )
    other = Side("Lunch", "Orders pizza for the whole floor. Every Friday at noon sharp.")
    assert explain(new, other, hit(), rarity=rarity, embed=embedder.embed).sentences is None
    assert explain(new, new, hit(), rarity=rarity, embed=embedder.embed).sentences is None, (
        "the same words are no other words"
    )


def test_all_candidates_are_explained_with_one_run_of_the_network(embedder: Embedder) -> None:
    runs: list[int] = []

    def embed(texts: "list[str]") -> object:
        runs.append(len(texts))
        return embedder.embed(texts)

    counted: Callable[..., object] = embed
    new = Side("Watch", "We run on Kubernetes every day. It raises an alarm once production inputs drift away.")
    olds = [
        (Side(f"Old {number}", "Pages the owner when inputs shift far. Written in the Go language."), hit())
        for number in range(3)
    ]
    found = explain_all(new, olds, rarity=rarity, embed=counted)  # type: ignore[arg-type] # counts the real embedder's calls
    assert len(found) == 3
    assert len(runs) == 1
    assert runs[0] <= 13


def test_reasons_come_from_both_texts(embedder: Embedder) -> None:
    index = Index()
    texts = {
        1: "Drift watch\nCompares live inputs of credit models with their training sample",
        2: "Lunch bot\nOrders pizza on Friday",
    }
    index.put(Document(number, text, embedder.embed([text])[0]) for number, text in texts.items())
    said = "alarms when live inputs of pricing models leave the training sample"
    hits = index.search(Query(said, embedder.embed([said])[0]), audiences=frozenset({PUBLIC}))
    found = explain(Side("", said), Side("", texts[1]), hits[0], rarity=index.rarity, embed=embedder.embed)
    assert "training sample" in found.phrases
    for phrase in found.phrases:
        assert phrase in said
        assert all(word[:4] in texts[1].lower() for word in phrase.split())


def test_nothing_to_explain_gives_nothing() -> None:
    assert explain_all(Side("", "x"), [], rarity=rarity) == []
    assert isinstance(explain(Side("", ""), Side("", ""), hit(cosine=None), rarity=rarity), Explanation)


def test_one_everyday_word_is_no_reason_and_close_vectors_are() -> None:
    lone = Explanation(phrases=("forecast",), reworded=True)
    assert showable(lone, cosine=0.33) is None
    assert showable(Explanation(reworded=True), cosine=0.2) is None
    close = showable(lone, cosine=0.6)
    assert close is not None
    assert close.phrases == ()
    assert close.reworded


def test_a_shared_capability_or_two_words_are_reason_enough_and_nothing_more_is_claimed() -> None:
    shared = showable(Explanation(capabilities=("feature store",), phrases=("right",), reworded=True), cosine=0.3)
    assert shared == Explanation(capabilities=("feature store",))
    two = showable(Explanation(phrases=("courier", "parcel")), cosine=None)
    assert two == Explanation(phrases=("courier", "parcel"))
    pair = showable(Explanation(phrases=("night shift",)), cosine=None)
    assert pair == Explanation(phrases=("night shift",))


def test_three_reasons_are_told_the_strongest_first() -> None:
    told = views.why(
        Explanation(
            capabilities=("feature store",), system="Ranker", team="Search", people=("Ana",), phrases=("drift",), reworded=True,
            since=date(2026, 3, 1),
        )
    )  # fmt: skip
    assert told == "both are about _feature store_; both are part of *Ranker*; both are of the team *Search*"


def test_people_and_months_are_told_where_there_is_room() -> None:
    since = date(2026, 3, 1)
    assert (
        views.why(Explanation(people=("Ana", "Ben"), since=since))
        == "*Ana* and *Ben* are on both sides; both are under way since March 2026"
    )
    assert "under way" not in views.why(Explanation(people=("Ana",), phrases=("drift",), since=since))


def test_whose_work_it_is_convinces_nobody_of_what_it_is() -> None:
    assert showable(Explanation(phrases=("forecast",), people=("Ana",), team="Search"), cosine=0.2) is None


def test_the_words_of_both_are_marked_as_either_writes_them_and_nothing_of_a_text_is_lost() -> None:
    mine, theirs = "Fresh features, served at request-time for ranking.", "We serve the FRESH feature at request time!"
    both = shared(mine, theirs)
    assert [piece for piece, bold in marked(mine, both) if bold] == ["Fresh features", "request-time"]
    assert [piece for piece, bold in marked(theirs, both) if bold] == ["FRESH feature", "request time"]
    for text in (mine, theirs, "", "\u4e2d\u6587 _a_b \u00e9t\u00e9"):
        assert "".join(piece for piece, _ in marked(text, both)) == text


def test_a_phrase_is_bold_as_a_whole_and_everyday_words_alone_are_not() -> None:
    mine, theirs = "We saw live traffic: new models see it live.", "What we saw live last week; live models."
    assert [piece for piece, bold in marked(mine, shared(mine, theirs)) if bold] == ["saw live"]


@given(st.text("ab -.,live saw_\n\u4e2d", max_size=60), st.text("ab -.,live saw_\n\u4e2d", max_size=60))
def test_whatever_is_marked_the_text_stays_what_it_is(mine: str, theirs: str) -> None:
    pieces = marked(mine, shared(mine, theirs))
    assert "".join(piece for piece, _ in pieces) == mine
    assert all(one[1] != other[1] for one, other in itertools.pairwise(pieces))


def test_the_longest_phrase_of_both_is_named_hyphen_or_not() -> None:
    new = Side("", "prioritising anti money laundering alerts in real-time")
    old = Side("", "Orders money laundering alerts in real time")
    assert explain(new, old, hit(), rarity=rarity).phrases == ("money laundering alerts", "real-time")


def test_the_closest_sentences_of_two_texts_are_found_when_somebody_compares_them(embedder: Embedder) -> None:
    mine = Side(
        "Helper", "We run on Kubernetes at night. Every query is answered from our own documents with citations."
    )
    theirs = Side("Answers", "Replies to questions cite the help articles they were taken from. Written in Go.")
    found = closest(mine, theirs, embedder.embed)
    assert found is not None
    assert found[0].startswith("Every query is answered")
    assert closest(mine, Side("Lunch", "Orders pizza for the whole floor."), embedder.embed) is None


def test_whom_one_looks_for_is_no_purpose_and_phrases_stand_in_whole_words() -> None:
    asked = explain(
        Side("", "a feature store; looking for volunteers to try"), Side("", "feature serving"), hit(), rarity=rarity
    )
    assert asked.differs == ((), ())
    parted = explain(
        Side("", "Blog streams. A log of all streams"),
        Side("", "A catalog streams events. The log, and then streams"),
        hit(),
        rarity=rarity,
    )
    assert "log streams" not in parted.phrases
