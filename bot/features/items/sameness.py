"""Whether what somebody waits for now is what they waited for before. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

#: Words that say that somebody waits, and not for what.
_IDLE: Final = frozenset(
    [
        "a",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "awaiting",
        "be",
        "before",
        "been",
        "being",
        "blocked",
        "by",
        "can",
        "for",
        "from",
        "get",
        "got",
        "has",
        "have",
        "i",
        "in",
        "is",
        "it",
        "its",
        "just",
        "more",
        "my",
        "need",
        "needs",
        "of",
        "on",
        "only",
        "or",
        "our",
        "please",
        "same",
        "so",
        "some",
        "still",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "until",
        "us",
        "waiting",
        "wait",
        "waits",
        "we",
        "with",
        "yet",
    ]
)
#: Answers that say that there is nothing.
_NOTHING: Final = frozenset(
    {
        "",
        "nothing",
        "nobody",
        "none",
        "no",
        "no one",
        "nope",
        "n a",
        "na",
        "nil",
        "nothing right now",
        "nothing at the moment",
    }
)
#: Of the words of the shorter text more than so many are in the other one when both mean the same thing: half is "GPU quota", "disk quota".
_SHARED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for: in their words, and from whom: a team, a person, a legacy system."""

    what: str = ""
    team_id: int | None = None
    person_id: str = ""
    system_id: int | None = None

    @property
    def target(self) -> tuple[int, str, int]:
        """From whom."""
        return self.team_id or 0, self.person_id, self.system_id or 0

    @property
    def has_target(self) -> bool:
        """Whether it says from whom."""
        return any(self.target)

    @property
    def is_something(self) -> bool:
        """Whether it names anything that can be waited for."""
        return self.has_target or folded(self.what) not in _NOTHING


def folded(text: str) -> str:
    """A text of which case, signs, accents and blanks do not count."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.findall(r"\w+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def words(text: str) -> frozenset[str]:
    """The words that say for what; a plural is its singular."""
    found = (
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in folded(text).split()
    )
    return frozenset(word for word in found if word not in _IDLE)


def are_alike(one: str, other: str) -> bool:
    """Whether two texts name the same thing: equal after folding, or more than half of the shorter one's words are in the other."""
    if folded(one) == folded(other):
        return True
    mine, theirs = words(one), words(other)
    if not mine or not theirs:
        return False
    return len(mine & theirs) > _SHARED * min(len(mine), len(theirs))


def is_same(before: Wish, after: Wish, *, edited: bool = False) -> bool:
    """Whether ``after`` goes on with ``before``, of the same person about the same work.

    The words are alike, whoever it is expected from; or they are wanted from the same place and one of the two says only
    from where. Two different things from one team are two. ``edited``: the same answer, said again in better words: the
    same place is enough.
    """
    if (
        before.has_target
        and before.target == after.target
        and (edited or not words(before.what) or not words(after.what))
    ):
        return True
    return bool(words(before.what) or folded(before.what)) and are_alike(before.what, after.what)
