"""How matching reads words: one analysis for the index, the overlap of two texts and the reasons shown to people."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from typing import Final

import Stemmer

from bot.features.matching.english import SMALL_WORDS_OF_OTHERS, is_english

LONGEST_WORD: Final = 40
"""Characters; longer runs are hashes, tokens and paths that no second description repeats."""

# English words that carry grammar and not subject, contractions without their apostrophe included.
STOP_WORDS: Final = frozenset(
    """
    a about above after again against all almost along already also although always am among an and another any anyone
    anything are aren around as at away back be became because been before being below between both but by came can
    cannot could couldn did didn do does doesn doing don done down during each either else enough etc even ever every
    everyone everything few first for from further get gets getting give go goes going gone got had has hasn have haven
    having he her here hers herself hi him himself his how however i if in instead into is isn it its itself just keep
    ll last less let lets like lot m made make makes making many may maybe me might mine more most much must my myself
    neither never next no nor not nothing now of off often ok okay on once one ones only onto or other others our ours
    ourselves out over own per perhaps please quite rather re really s same see seem several shall she should shouldn
    since so some somehow someone something soon still such t than that the their theirs them themselves then there
    these they thing things this those though through thus to together too toward towards under until up upon us ve
    very via want wants was wasn way we well were weren what whatever when where whether which while who whoever whole
    whom whose why will with within without won would wouldn yes yet you your yours yourself yourselves d
    """.split()  # noqa: SIM905 - as literals it would be three screens long
)

# Words that every second announcement has: they may weigh in a score, but they are no reason to show to anybody.
GENERIC_WORDS: Final = frozenset(
    """
    able add allow back date early front late side announce answer app application approach area automatic automatically available based basic begin best better big build
    building built business case central change check cluster code colleague common company component create current custom customer daily data day
    deliver design develop developer development different easy effort enable end engineer engineering existing fast faster feature
    features field focus framework full fully future general goal good group help high idea implement important improve include
    infrastructure initiative input internal issue job know large launch lead learning level library live machine main manage member method ml ai
    model models month multiple need new number offer old open org organisation organization output package part people person phase pilot
    pipeline plan platform point problem process product production program programme project proper provide python quarter question
    ready reduce release replace research result run running save scale self send serve service services set share shared
    simple single small software solution source special squad stack standard start state step store support scientist system systems task team teams
    tech technology test thing think time tool tooling tools top track train trained training type usage use used user users value version way
    week weekly work working world year
    """.split()  # noqa: SIM905 - as literals it would be three screens long
)

# With those that English writes alike.
_ALL_STOP_WORDS: Final = (
    STOP_WORDS | SMALL_WORDS_OF_OTHERS | {"die", "im", "am", "zu", "de", "la", "le", "en", "se", "es"}
)

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W\d_]{1,2}\b)?(?:\+\+|#(?!\w))?")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WIDE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]{2,}")

_local = threading.local()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: the stem that is compared, and the form that was written, in lower case."""

    stem: str
    surface: str


def read(text: str) -> list[Word]:
    """The words of a text in order, without stop words and bare numbers.

    Identifiers are taken apart (`feature_store`, `feature-store`) and, where both parts are words of three letters or more,
    CamelCase is read both ways: `BigQuery` is bigquery, big and query, while `PyTorch` stays one word.
    Scripts without spaces are read as pairs of characters. Where a text is not English, small words of other languages say nothing either.
    """
    found: list[Word] = []
    without = STOP_WORDS if is_english(text) else _ALL_STOP_WORDS
    for match in _WORD.finditer(text if text.isascii() else unicodedata.normalize("NFKC", text)):
        written = match.group()
        bare = written.replace("’", "'").split("'")[0]
        if _WIDE.fullmatch(bare):
            found.extend(Word(bare[i : i + 2], bare[i : i + 2]) for i in range(len(bare) - 1))
            continue
        humps = _HUMP.split(bare)
        forms = [bare, *humps] if len(humps) > 1 and min(map(len, humps)) >= 3 else [bare]
        for form in forms:
            lower = form.lower()
            if (
                lower in without
                or lower.isdigit()
                or len(lower) > LONGEST_WORD
                or (len(lower) == 1 and lower.isascii())
            ):
                continue
            found.append(Word(_stem(_folded(lower)), lower))
    return found


def stems(text: str) -> list[str]:
    """The stems of a text in order, repeated as they are: what the index stores."""
    return [word.stem for word in read(text)]


def _folded(word: str) -> str:
    """The word with its Latin letters bare: "für" is compared as "fur". The marks of other scripts make other letters."""
    if word.isascii():
        return word
    bare, base = "", ""
    for sign in unicodedata.normalize("NFKD", word):
        if not unicodedata.combining(sign):
            base = sign
        elif base.isascii():
            continue
        bare += sign
    return unicodedata.normalize("NFC", bare)


def _stem(word: str) -> str:
    # A stemmer of the library must not be shared between threads.
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer("english", 50_000)
    stem: str = stemmer.stemWord(word)
    return stem
