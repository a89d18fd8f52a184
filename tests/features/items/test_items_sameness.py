"""The same thing said again, or a new one: over examples, and over whatever people may type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.items.sameness import Wish, folded, is_same

TEXTS = st.text(max_size=60)
WISHES = st.builds(
    Wish, TEXTS, st.none() | st.integers(1, 3), st.sampled_from(["", "U1", "U2"]), st.none() | st.integers(1, 2)
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("GPU quota", "gpu  quota."), ("GPU quota", "Still waiting for the GPU quota"), ("quota for GPUs", "GPU quota"), ("Größe des Index", "grosse des index"),
        ("schema review", "Schema reviews by the platform team"), ("8 more A100s", "the 8 A100s"),
    ],
)  # fmt: skip
def test_other_words_for_the_same_thing_are_the_same(before: str, after: str) -> None:
    assert is_same(Wish(before, 1), Wish(after, 1))
    assert is_same(Wish(before, 1), Wish(after, 2)), "whoever it is expected from"
    assert is_same(Wish(before), Wish(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("GPU quota", "schema review"),
        ("access to the lake", "access to the vault"),
        ("", "GPU quota"),
        ("GPU quota", "disk quota"),
    ],
)
def test_another_thing_is_another(before: str, after: str) -> None:
    assert not is_same(Wish(before), Wish(after))


def test_two_things_from_one_team_are_two() -> None:
    assert not is_same(Wish("GPU quota", 1), Wish("schema review", 1))


def test_naming_only_from_whom_goes_on_with_what_is_waited_for_from_there() -> None:
    assert is_same(Wish("GPU quota", 1), Wish("", 1))
    assert is_same(Wish("", 1), Wish("GPU quota", 1))
    assert not is_same(Wish("GPU quota", 1), Wish("", 2))
    assert not is_same(Wish("", 1), Wish("", 2))
    assert is_same(Wish("", None, "U1"), Wish("", None, "U1"))


def test_the_same_answer_in_better_words_is_the_same_while_the_place_is() -> None:
    assert is_same(Wish("GPU quota", 1), Wish("eight cards", 1), edited=True)
    assert not is_same(Wish("GPU quota", 1), Wish("eight cards", 2), edited=True)


@pytest.mark.parametrize("text", ["", "  ", "Nothing", "none.", "N/A", "-", "no"])
def test_nothing_is_nothing_unless_somebody_is_named(text: str) -> None:
    assert not Wish(text).is_something
    assert Wish(text, 1).is_something


@given(WISHES)
def test_whatever_is_something_is_the_same_as_itself(wish: Wish) -> None:
    if wish.is_something:
        assert is_same(wish, wish) or not folded(wish.what)


@given(WISHES, WISHES, st.booleans())
def test_it_does_not_matter_which_was_said_first(one: Wish, other: Wish, edited: bool) -> None:
    assert is_same(one, other, edited=edited) == is_same(other, one, edited=edited)


@given(WISHES, WISHES)
def test_what_is_the_same_is_the_same_as_an_edit_too(one: Wish, other: Wish) -> None:
    if is_same(one, other):
        assert is_same(one, other, edited=True)


@given(TEXTS, st.sampled_from([str.upper, str.title, lambda text: f"  {text}  ", lambda text: f"{text}."]))
def test_case_blanks_and_stops_never_make_a_new_thing(text: str, spelled: object) -> None:
    again = spelled(text)  # type: ignore[operator]
    if folded(text) and folded(again) == folded(text):
        assert is_same(Wish(text), Wish(again))
        assert is_same(Wish(text, 1), Wish(again, None, "U1"))
