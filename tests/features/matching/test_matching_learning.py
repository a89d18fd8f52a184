"""What a workspace's own answers make of the shipped threshold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.matching.learning import LEAST_LEVEL, MOST_LEVEL, MOST_SHIFT, PRECISION, Answer, level, shift

answers = st.lists(st.builds(Answer, st.floats(0, 1), st.booleans()), max_size=40)
levels = st.floats(0.2, 0.9)


@given(levels)
def test_without_answers_the_shipped_level_stands_exactly(shipped: float) -> None:
    assert level(shipped, []).number == shipped
    assert shift([]) == 0


@given(answers, levels, st.floats(0.5, 0.99))
def test_no_answers_move_the_level_out_of_its_bounds(said: list[Answer], shipped: float, precision: float) -> None:
    assert abs(shift(said)) <= MOST_SHIFT
    assert LEAST_LEVEL <= level(shipped, said, precision=precision).number <= MOST_LEVEL


@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(said: list[Answer], chance: object) -> None:
    mixed = list(said)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert level(0.45, mixed) == level(0.45, said)


@given(answers, st.floats(0.01, 0.99))
def test_each_not_related_makes_the_bot_warn_later_and_each_same_work_earlier(
    said: list[Answer], likely: float
) -> None:
    before = level(0.45, said).number
    assert level(0.45, [*said, Answer(likely, same=False)]).number >= before
    assert level(0.45, [*said, Answer(likely, same=True)]).number <= before


@given(answers, st.floats(0.5, 0.98), st.floats(0.001, 0.1))
def test_who_wants_to_be_right_more_often_is_warned_later(said: list[Answer], precision: float, more: float) -> None:
    wanted = min(precision + more, 0.99)
    assert level(0.45, said, precision=wanted).number >= level(0.45, said, precision=precision).number


def test_few_answers_move_it_little_and_many_much() -> None:
    wrong = Answer(0.6, same=False)
    one, ten, many = (level(0.45, [wrong] * count).number for count in (1, 10, 200))
    assert 0.45 < one < 0.5
    assert one < ten < many
    assert 0.55 < many < 0.85


def test_answers_that_agree_with_the_probabilities_change_nothing_to_speak_of() -> None:
    said = [Answer(0.8, same=number < 80) for number in range(100)]
    assert level(0.45, said).number == pytest.approx(0.45, abs=0.005)
    assert level(0.45, said).answers == 100
    assert PRECISION == 0.8


def test_an_answer_never_moves_the_level_the_wrong_way_where_the_shipped_one_is_extreme() -> None:
    assert level(0.10, [Answer(0.7, same=True)]).number <= 0.10
    assert level(0.97, [Answer(0.7, same=False)]).number >= 0.97
