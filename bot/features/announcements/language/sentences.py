"""Sentences and words of a plain text: enough of a grammar for claims, in linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["MAX_CHARACTERS", "Sentence", "Word", "sentences", "words_of"]

# An announcement says what it is near its top; a log that somebody pasted may follow.
MAX_CHARACTERS = 6_000
MAX_SENTENCES = 40
MAX_WORDS = 120

_END = re.compile(r"(?<=[.!?…])[\"')\]]?\s+(?=\S)")
_WORD = re.compile(
    r"[^\W_](?:[\w&+#%./-]*[\w+#%])?|'(?:re|m|s|ll|d|ve|t)\b|[,:;()!?\"“”–—→|\[\]=>]|-(?=\s)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|approx|incl|esp|cf|etc|resp|dr|mr|ms|no)\.$", re.IGNORECASE)
_STOPS = frozenset(',:;()!?"“”–—→|[]=>-')


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a stop of a sentence: as written, folded, and where it stands."""

    text: str
    low: str
    start: int
    end: int

    @property
    def is_stop(self) -> bool:
        """Whether it is punctuation that ends a clause."""
        return self.text in _STOPS

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text, with its words; `line` counts the non-empty lines from 0."""

    text: str
    line: int
    words: tuple[Word, ...]

    @property
    def is_question(self) -> bool:
        """Whether it asks."""
        return self.text.rstrip(" \"')]*").endswith("?")

    def is_quoted(self, at: int) -> bool:
        """Whether the word stands between double quotation marks."""
        before = sum(word.text in '"“”' for word in self.words[:at])
        return before % 2 == 1 and any(word.text in '"“”' for word in self.words[at:])


def sentences(plain: str) -> list[Sentence]:
    """The sentences of the beginning of a plain text, in order."""
    found: list[Sentence] = []
    lines = (line for line in plain[:MAX_CHARACTERS].splitlines() if line.strip())
    for number, line in enumerate(lines):
        for piece in _pieces(line):
            text = piece.strip(" \t•*-")
            if text:
                found.append(Sentence(text, number, words_of(text)))
            if len(found) >= MAX_SENTENCES:
                return found
    return found


def words_of(text: str) -> tuple[Word, ...]:
    """The words and stops of a text, at most 120."""
    return tuple(_words(text))


def _words(text: str) -> Iterator[Word]:
    for count, match in enumerate(_WORD.finditer(text)):
        if count >= MAX_WORDS:
            return
        yield Word(match.group(), match.group().lower(), match.start(), match.end())


def _pieces(line: str) -> Iterator[str]:
    begin = 0
    for end in _END.finditer(line):
        if not _ABBREVIATION.search(line, max(begin, end.start() - 8), end.start()):
            yield line[begin : end.end()]
            begin = end.end()
    yield line[begin:]
