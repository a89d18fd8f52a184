"""The work a verb is about: where its object begins, how far its noun phrase goes, and which verb stands inside it.

"Start work on building …" is about building; "spend two sprints on a simulator" about the simulator. Pure and linear.
"""

from bot.features.announcements.language import verbs, vocabulary
from bot.features.announcements.language.sentences import Word
from bot.features.announcements.language.verbs import Act, Tense, Verb

__all__ = ["after_particle", "behind_colon", "head_of", "inner_verb", "object_of"]


def head_of(following: tuple[Word, ...]) -> tuple[Word, ...]:
    """The noun phrase at the front: up to the first preposition, stop, verb or new clause."""
    for end, word in enumerate(following):
        if (
            word.is_stop
            or word.low.startswith("'")
            or word.low in vocabulary.PREPOSITIONS
            or (end and word.low in ("this", "next") and _is_moment(following, end + 1))
            or (word.low in vocabulary.CLAUSE_ENDS and not _is_ordinal(following, end))
        ):
            return following[:end]
    return following


def behind_colon(words: tuple[Word, ...], begin: int) -> int:
    """Where "we'll build it for real: a search over …", "something new: generating …" name their work; else `begin`."""
    if begin < len(words) and words[begin].low in ("it", "this", "that", "something"):
        colon = next((at for at in range(begin + 1, min(len(words), begin + 7)) if words[at].text == ":"), None)
        return begin if colon is None else colon + 1
    return begin


def _is_moment(words: tuple[Word, ...], at: int) -> bool:
    """Whether a word of time stands there: "a card generator this week"."""
    return at < len(words) and words[at].low in vocabulary.MOMENTS and not words[at].is_stop


def _is_ordinal(following: tuple[Word, ...], at: int) -> bool:
    """Whether "next" belongs to a phrase: "the next ticket"."""
    return following[at].low == "next" and at > 0 and following[at - 1].low in vocabulary.DETERMINERS


_SPLIT = frozenset(("lay", "kick", "spin", "stand", "put", "set", "roll", "pick", "bake"))


def after_particle(words: tuple[Word, ...], lemma: str, begin: int) -> int | None:
    """The index after the verb's particle; None where the verb means something else."""
    while begin < len(words) and lemma == "work" and words[begin].low in vocabulary.ADVERBS:
        begin += 1
    if lemma in ("team", "partner", "join"):
        if lemma != "partner" and (begin >= len(words) or words[begin].low not in ("up", "forces")):
            return None
        return next(
            (index for index in range(begin, min(len(words), begin + 10)) if words[index].low in ("to", "on")), None
        )
    if lemma in ("work", "collaborate") and begin < len(words) and words[begin].low in ("with", "together"):
        for index in range(begin + 1, min(len(words), begin + 7)):
            if words[index].low == "on":
                return index + 1  # "working with Catalog on a joint embedding"
    if lemma == "provide":  # "provide all teams with a managed notebook"
        return next((at + 1 for at in range(begin, min(len(words), begin + 6)) if words[at].low == "with"), begin)
    if lemma in verbs.GIVING:
        return _behind_the_time_given(words, begin)
    if begin < len(words) and words[begin].low in verbs.IDIOMS.get(lemma, ()):
        undertaking = words[begin].low == "with" and vocabulary.EFFORTS & {
            word.low for word in words[begin : begin + 4]
        }
        return begin + 1 if undertaking else None
    wanted = verbs.PARTICLES.get(lemma)
    if wanted is None:
        return begin
    needed = lemma in verbs.NEEDS_PARTICLE
    for index in range(begin, min(len(words), begin + (5 if needed and lemma in _SPLIT else 1))):
        if words[index].low in wanted:
            return begin + 1 if index == begin else begin  # "put a crew together": the object stands between
        if words[index].is_stop:
            break
    own = [word.low for word in words[begin : begin + 2]]
    return begin if not needed or own in (["our", "own"], ["its", "own"], ["my", "own"]) else None


def _behind_the_time_given(words: tuple[Word, ...], begin: int) -> int | None:
    """Where the object of "spend two sprints on", "dedicate March to", "spend this quarter making" begins."""
    for index in range(begin, min(len(words), begin + 9)):
        word = words[index]
        if word.is_stop:
            return None
        making = any(verb.tense is Tense.ING for verb in verbs.VERBS.get(word.low, ()))
        if making or word.low in ("on", "to", "in", "into"):
            return index if making else index + 1
    return None


_BRIDGES = frozenset(
    (
        "work",
        "working",
        "on",
        "with",
        "by",
        "in",
        "to",
        "out",
        "off",
        "up",
        "of",
        "ahead",
        "away",
        "things",
        "from",
        "zero",
        "scratch",
        "groundwork",
        "foundation",
        "foundations",
        "for",
        "forward",
    )
)


_NOUNS_OF_MAKING = frozenset(
    (
        "development",
        "design",
        "implementation",
        "creation",
        "build",
        "building",
        "construction",
        "rollout",
        "prototyping",
    )
)


def inner_verb(words: tuple[Word, ...], begin: int, outer: Verb) -> tuple[Verb, int]:
    """The verb of making behind a verb of beginning, and where its object begins: "start work on building …"."""
    if outer.act is Act.PROPOSE:
        index = begin
        while index < len(words) and words[index].low in ("that", "to", "we", "i", "the", "platform", "team"):
            index += 1
    elif outer.act in (Act.START, Act.WORK) or outer.lemma in (
        "plan",
        "set",
        "invest",
        "experiment",
        "explore",
        "try",
        "own",
    ):
        index = begin
        while (
            index < len(words)
            and index - begin < 7
            and (words[index].low in _BRIDGES or words[index].low in vocabulary.ADVERBS)
        ):
            index += 1
        if outer.lemma == "own" and index < len(words) and words[index].low == "and":
            index += 1
    else:
        return outer, begin
    for verb in verbs.VERBS.get(words[index].low, ()) if index < len(words) else ():
        if (
            verb.tense in (Tense.ING, Tense.BASE)
            and verb.act in (Act.MAKE, Act.CHANGE, Act.SOLVE)
            and not _is_compound(words, index)
        ):
            after = after_particle(words, verb.lemma, index + 1)
            return (verb, after) if after is not None else (outer, begin)
    index = index + 1 if index < len(words) and words[index].low == "the" else index
    if index + 1 < len(words) and words[index].low in _NOUNS_OF_MAKING and words[index + 1].low in ("of", "on", "for"):
        return Verb("build", Act.MAKE, Tense.ING), index + 2
    return outer, begin


def _is_compound(words: tuple[Word, ...], index: int) -> bool:
    """Whether a form of a verb is the first part of a noun: "build pipeline", "training data"."""
    after = words[index + 1].low if index + 1 < len(words) else ""
    named = words[index].low in ("training", "build", "design", "labelling", "test", "draft", "model", "modelling")
    return named and (after in vocabulary.WORKS or after in vocabulary.EFFORTS)


def object_of(words: tuple[Word, ...], begin: int) -> tuple[Word, ...]:
    """Everything behind the verb from the first word of its object on, at most 40 words; empty where no work follows."""
    index = begin
    while index < len(words) and (words[index].low in _BRIDGES or words[index].low in vocabulary.ADVERBS):
        if words[index].low == "to" and index + 1 < len(words) and words[index + 1].low not in vocabulary.DETERMINERS:
            return ()  # "starting to think"
        index += 1
    after = index
    while after < len(words) and (words[after].low in vocabulary.MOMENTS or words[after].low in _BRIDGES):
        after += 1
    if after > index and after < len(words) and words[after - 1].low in (":", "on", "with"):
        index = after  # "started this week on a dashboard", "kicking off today: a shared model"
    elif (
        index < len(words)
        and words[index].low in vocabulary.MOMENTS
        and not words[index].is_stop
        and words[index].low not in ("this", "next")
    ):
        return ()  # "starting Monday we meet"
    elif index + 1 < len(words) and words[index].low in ("this", "next") and words[index + 1].low in vocabulary.MOMENTS:
        return ()
    if index < len(words) and words[index].low in vocabulary.MONTHS and words[index].is_capital:
        return ()  # "we begin development in May"
    return words[index : index + 40]
