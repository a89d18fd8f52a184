"""Whether a text is English: neither the network nor the grammar of announcements knows another language, and what they read there is nonsense."""

import re

__all__ = ["SMALL_WORDS_OF_OTHERS", "is_english"]

# Small words that are none of the other language's. Names ("de la Cruz", "van Dijk"), and small words that both have ("die", "on"), count for nothing.
_ENGLISH = frozenset(
    (
        *("the", "and", "of", "to", "for", "with", "from", "by", "at", "or", "but", "if", "than", "then", "into", "about", "after"),
        *("are", "have", "has", "had", "been", "being", "would", "should", "could", "can", "must", "does", "did"),
        *("this", "that", "these", "those", "there", "which", "who", "what", "when", "where", "how", "because"),
        *("our", "my", "your", "their", "his", "her", "its", "they", "them", "you", "it", "i", "i'm", "we're", "we'll", "i'll", "it's"),
        *("not", "only", "each", "every", "more", "other", "some", "any", "new", "next", "up", "out"),
    )
)  # fmt: skip
SMALL_WORDS_OF_OTHERS = frozenset(
    (
        *("der", "das", "und", "ist", "sind", "nicht", "ein", "eine", "einen", "einem", "einer", "wir", "ich", "sie", "mit", "für", "auf"),
        *("bitte", "eigene", "mehr", "den", "dem", "sich", "wie", "wollen", "können", "soll", "machen", "über", "als"),
        *("auch", "von", "vom", "zum", "zur", "bei", "wird", "werden", "haben", "ab", "nach", "noch", "jetzt", "unser", "unsere", "uns"),
        *("les", "une", "un", "est", "sont", "et", "des", "du", "au", "aux", "nous", "vous", "que", "qui", "dans", "avec", "pour", "sur"),
        *("pas", "notre", "nos", "ce", "cette", "par", "plus", "mais"),
        *("el", "los", "las", "del", "lunes", "una", "para", "con", "que", "por", "nuestro", "nuestra", "equipo", "vamos", "como", "más", "pero", "esta", "este", "ya"),
        *("um", "novo", "qualquer", "uma", "não", "com", "os", "dos", "das", "nosso", "nossa", "estamos", "em", "ao", "pela", "pelo", "já"),
        *("het", "een", "wij", "en", "voor", "naar", "met", "niet", "zijn", "ook", "bij", "onze", "gaan", "wordt", "vanaf", "aan"),
        *("och", "att", "vi", "för", "till", "ett", "är", "inte", "og", "det", "ikke", "på", "til", "med", "som", "vår"),
        *("il", "che", "per", "gli", "nel", "della", "abbiamo", "sono", "alla", "nuovo", "się", "na", "nie", "od", "jest", "że", "dla", "oraz"),
    )
)  # fmt: skip
_FEWEST = 2
_SHARE = 0.8
# The letters of other scripts, of which an English message has names at most.
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufaff]")
_FOREIGN_LETTERS = 0.2
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_LONGEST = 3_000


def is_english(said: str) -> bool:
    """Whether a text (plain, without markup) is not plainly of another language. Terse notes and names pass."""
    top = said[:_LONGEST]
    words = _WORD.findall(top)
    letters = sum(map(len, words))
    if len(_OTHER_SCRIPT.findall(top)) > _FOREIGN_LETTERS * max(letters, 1):
        return False
    # Small words as they are written inside a sentence: capitals are more often names and abbreviations (DES, EST).
    others = sum(word in SMALL_WORDS_OF_OTHERS for word in words)
    return others < max(_FEWEST, _SHARE * sum(word.lower() in _ENGLISH for word in words))
