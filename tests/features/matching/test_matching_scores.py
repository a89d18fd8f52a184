"""The measures of a ranking and of probabilities, and what they rest on."""

import pytest

from bot.features.matching import misses
from bot.features.matching.scores import pair_scores, retrieval_scores


def test_the_measures_are_the_textbook_s() -> None:
    scores = retrieval_scores({"q": ["x", "a", "b"], "r": []}, {"q": ["a", "b"], "r": ["z"]})
    assert scores.mrr == pytest.approx(0.25)
    assert scores.recall == pytest.approx(0.5)
    assert scores.ndcg == pytest.approx((1 / 1.58496 + 1 / 2) / (1 + 1 / 1.58496) / 2, abs=1e-4)
    rated = pair_scores([0.9, 0.8, 0.1], [True, False, True])
    assert rated.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert rated.precision_at_half == 1
    assert rated.best_f1 == pytest.approx(0.8)
    assert rated.calibration_error == pytest.approx((0.1 + 0.8 + 0.9) / 3)


def test_hits_are_counted_by_how_many_words_question_and_answer_share() -> None:
    corpus = {"near": "drift alerts for models", "far": "notice when inputs shift", "other": "labelling of images"}
    queries = {"q": "drift alerts for models", "r": "drift alerts for models"}
    said = list(misses.by_shared_words({"q": ["near"], "r": ["other"]}, {"q": ["near"], "r": ["far"]}, queries, corpus))
    assert said == [
        "  words in common under 10%: an answer among the first 10 for 0 of 1 queries (0.00)",
        "  words in common 20% and more: an answer among the first 10 for 1 of 1 queries (1.00)",
    ]


def test_what_was_not_found_is_shown_with_what_came_instead() -> None:
    corpus = {"a": "drift alerts", "b": "labelling of images", "itself": "alerts"}
    run = {"q": ["b"], "itself": ["itself", "a"]}
    said = list(misses.unanswered(run, {"q": ["a"], "itself": ["a"]}, {"q": "alerts on shift"}, corpus))
    assert said[0] == "  queries without an answer among the first 10: 1, such as"
    assert said[1] == "    q: alerts on shift\n      wanted: drift alerts\n      first:  labelling of images"
    assert len(said) == 2


def test_probabilities_are_held_against_the_truth_and_the_worst_pairs_are_shown() -> None:
    likely, labels = [0.95, 0.91, 0.02, 1.0], [True, False, True, False]
    assert list(misses.calibration(likely, labels)) == [
        "  probability 0.0 to 0.1: said 0.02, true 1.00 of 1 pairs",
        "  probability 0.9 to 1.0: said 0.95, true 0.33 of 3 pairs",
    ]
    said = list(misses.worst_pairs(likely, labels, [(f"p{n}", f"one {n}", "x" * 200) for n in range(4)]))
    assert [line.split(":")[0].strip() for line in said] == [
        "wrong, and thought likely", "p3 1.00", "p1 0.91", "true, and thought unlikely", "p2 0.02",
    ]  # fmt: skip
    assert all(len(line) < 140 for line in said)
