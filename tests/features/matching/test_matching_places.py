"""Where each entry of an index is."""

from hypothesis import given
from hypothesis import strategies as st

from bot.features.matching.places import Places

IDS = st.one_of(st.integers(0, 5), st.integers(250, 260), st.sampled_from([-1, 70_000, 2**53]))


@given(st.lists(st.tuples(st.booleans(), IDS), max_size=60))
def test_places_agree_with_a_plain_dictionary(steps: list[tuple[bool, int]]) -> None:
    places, plain = Places(), dict[int, int]()
    for slot, (comes, entry) in enumerate(steps):
        if not comes:
            assert places.pop(entry) == plain.pop(entry, None)
        elif entry not in plain:
            places.put(entry, slot)
            plain[entry] = slot
        assert len(places) == len(plain)
        assert (entry in places) == (entry in plain)
    assert {entry: places.get(entry) for _, entry in steps} == {entry: plain.get(entry) for _, entry in steps}
