"""`python -m bot evaluate --history`: how right the warnings of this workspace were, by what people decided of them."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Final

from bot.features.matching import answers, misses
from bot.features.matching.answers import Judged, Warned
from bot.features.matching.learning import Level
from bot.features.matching.matcher import Matcher
from storage.decisions import Kind
from storage.unit_of_work import UnitOfWork

_LEVELS: Final = (0.45, 0.5, 0.6, 0.7, 0.8, 0.9)
_LONGEST: Final = 60
_NAMES: Final = {
    Kind.JOIN: "Join forces, under the warning or after a meeting",
    Kind.SYNC: "Sync the leads",
    Kind.INTRODUCE: "Introduce us",
    Kind.CHECK_IN_SAME: "“the same problem”, in a check-in",
    Kind.MEETING_OPEN: "“still the same problem”, after a meeting",
    Kind.DIFFER: "We differ, with a reason",
    Kind.CHECK_IN_DIVERGING: "“going different ways”, in a check-in",
    Kind.NOT_RELATED: "Not related, under the warning or after a meeting",
}


def told(uow: UnitOfWork, matcher: Matcher, own: float | None) -> list[str]:
    """The lines of the report. Only warnings whose both sides this viewer may see count, or are named."""
    found = answers.warned(uow)
    if not found:
        said = (
            "Nobody has answered a public warning yet, so there is nothing to measure. Answers are the buttons under a warning "
            "(Join forces, Sync the leads, We differ, Not related), and what is said of the pair in check-ins and after meetings."
        )
        return [said]
    return list(_lines(found, answers.level(uow, matcher, own)))


def _lines(found: Sequence[Warned], level: Level) -> Iterator[str]:
    by = {judged: [each for each in found if each.judged is judged] for judged in Judged}
    yield (
        f"{len(found)} public warnings were answered: "
        + ", ".join(f"{len(rows)} {judged.value}" for judged, rows in by.items())
        + "."
    )
    for kind, judged in answers.SAYS.items():
        count = sum(kind in each.kinds for each in found)
        if count:
            yield f"  {count:4}  {judged.value:11}  {_NAMES[kind]}"
    if sum(len(each.kinds & answers.SAYS.keys()) for each in found) > len(found):
        yield "  (Of some, several things were said: not related counts first, then the same work.)"
    yield level_words(level)
    yield f"Precision (of those the same work or not related): {_rate(found)}."
    yield "By week of the warning:"
    for week, warnings in groupby(found, key=lambda each: each.answered.warned_at.isocalendar()[:2]):
        yield f"  {week[0]}-W{week[1]:02}: {_rate(list(warnings))}"
    yield "If I had warned from this probability on:"
    for number in _LEVELS:
        kept = [each for each in found if each.answered.probability >= number]
        yield f"  {number:g}: {_rate(kept)}"
    sure = [*by[Judged.SAME], *by[Judged.UNRELATED]]
    likely, labels = [each.answered.probability for each in sure], [each.judged is Judged.SAME for each in sure]
    if sure:
        error = sum(abs(p - true) * count for p, true, count in _bins(likely, labels)) / len(sure)
        yield f"Calibration error: {error:.3f} (only pairs from the threshold on were shown, so low probabilities are missing):"
        yield from misses.calibration(likely, labels)
    for title, rows in (
        ("Not related, and thought likely:", sorted(by[Judged.UNRELATED], key=lambda each: -each.answered.probability)),
        ("The same work, and barely shown:", sorted(by[Judged.SAME], key=lambda each: each.answered.probability)),
    ):
        if rows:
            yield title
        for each in islice(rows, misses.WORST):
            row = each.answered
            yield f"  {row.probability:.2f}: {row.initiative_id} {row.title[:_LONGEST]} / {row.candidate_id} {row.candidate_title[:_LONGEST]}"
    versions = sorted({each.answered.matcher for each in found})
    yield f"Made by matcher {', '.join(versions)}."


def level_words(level: Level) -> str:
    """From where on there is a warning, and why, in a sentence."""
    answered = f"From {level.answers} answer{'' if level.answers == 1 else 's'} ({level.same} the same work, {level.unrelated} not related)"
    if f"{level.number:.2f}" == f"{level.shipped:.2f}":
        return f"Warnings begin at {level.number:g}, as shipped."
    why = answered if level.answers else "As an admin has chosen"
    return f"{why}, warnings begin at {level.number:.2f} instead of {level.shipped:g}."


def _rate(rows: Sequence[Warned]) -> str:
    same = sum(each.judged is Judged.SAME for each in rows)
    sure = same + sum(each.judged is Judged.UNRELATED for each in rows)
    return f"{same} of {sure} ({same / sure:.2f})" if sure else "no answer"


def _bins(likely: Sequence[float], labels: Sequence[bool]) -> Iterator[tuple[float, float, int]]:
    """Of each tenth of probability that has any: mean of what was said, of what was true, and how many."""
    rows = sorted(zip(likely, labels, strict=True))
    for _, group in groupby(rows, key=lambda row: min(int(row[0] * misses.BINS), misses.BINS - 1)):
        these = list(group)
        yield sum(p for p, _ in these) / len(these), sum(true for _, true in these) / len(these), len(these)
