"""How often the detector is right, on messages written by hand for it.

`detector_dev.tsv` was used while the rules were written. `detector_blind.tsv` was written before the first rule and
looked at once, for its figures; a rule must never be changed because of a line in it.
"""

from pathlib import Path

import pytest

from bot.features.announcements.detector import Kind, detect

DATA = Path(__file__).parent / "data"
PUBLIC = (Kind.MARKED, Kind.SURE)


def labelled(name: str) -> list[tuple[bool, str]]:
    rows = [line.split("\t", 1) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    return [(label == "new", text.replace("\\n", "\n")) for label, text in rows]


@pytest.mark.parametrize("name", ["detector_dev.tsv", "detector_blind.tsv"])
def test_public_replies_are_right_and_few_announcements_pass_unnoticed(name: str) -> None:
    seen = [(is_new, detect(text).kind) for is_new, text in labelled(name)]

    public = [is_new for is_new, kind in seen if kind in PUBLIC]
    noticed = [kind is not Kind.NONE for is_new, kind in seen if is_new]
    asked = [kind is not Kind.NONE for is_new, kind in seen if not is_new]

    assert sum(public) / len(public) >= 0.97
    assert sum(noticed) / len(noticed) >= 0.85
    assert sum(asked) / len(asked) <= 0.05


def test_the_two_sets_are_large_balanced_and_share_no_message() -> None:
    dev, blind = labelled("detector_dev.tsv"), labelled("detector_blind.tsv")

    assert len(dev) + len(blind) >= 600
    assert len(blind) >= 150
    assert {text for _, text in dev}.isdisjoint(text for _, text in blind)
    for rows in (dev, blind):
        assert 0.4 <= sum(is_new for is_new, _ in rows) / len(rows) <= 0.6


def test_titles_are_short_phrases_without_markup() -> None:
    for is_new, text in labelled("detector_dev.tsv"):
        title = detect(text).title
        if is_new and title:
            assert len(title) <= 150
            assert title == title.strip()
            assert title[0].isupper() or title[0].isdigit() or not title.split()[0].islower(), title
            assert not any(sign in title for sign in ("<", ">", "*", "`", "|", "\n", ":rocket:")), title
