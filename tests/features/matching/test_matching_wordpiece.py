"""The tokenizer: the numbers of an uncased BERT vocabulary."""

import pytest

from bot.features.matching.wordpiece import WordPiece

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "feature",
    "store",
    "##s",
    "un",
    "##aff",
    "##able",
    "cafe",
    "!",
    "-",
    "数",
    "据",
    "$",
]
TOKENIZER = WordPiece(VOCABULARY)


def pieces(text: str, limit: int = 64) -> list[str]:
    return [VOCABULARY[number] for number in TOKENIZER.encode(text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Feature Stores!", ["feature", "store", "##s", "!"]),
        ("unaffable", ["un", "##aff", "##able"]),
        ("Café", ["cafe"]),
        ("feature-store", ["feature", "-", "store"]),
        ("数据", ["数", "据"]),
        ("store\tfeature\nstore", ["store", "feature", "store"]),
        ("st\u0000ore\u200b", ["store"]),
        ("$store", ["$", "store"]),
        ("nonsense", ["[UNK]"]),
        ("s" * 101, ["[UNK]"]),
        ("", []),
    ],
)
def test_words_become_their_longest_known_pieces(text: str, expected: list[str]) -> None:
    assert pieces(text) == ["[CLS]", *expected, "[SEP]"]


def test_a_long_text_is_cut_and_still_ends() -> None:
    cut = pieces("feature store " * 50, limit=8)
    assert len(cut) == 8
    assert cut[0] == "[CLS]"
    assert cut[-1] == "[SEP]"


def test_a_vocabulary_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no \[CLS\] token"):
        WordPiece(["<s>", "</s>"])
