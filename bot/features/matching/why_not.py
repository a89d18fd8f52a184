"""Stage by stage, why two entries are matched or not, with the eyes of whoever reads it: `evaluate --explain A B`, and admins in the settings."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.features.capabilities import service as capabilities
from bot.features.matching import answers, explanation, ranking, service
from bot.features.matching.index import PUBLIC, Document, Hit, Query
from bot.features.matching.matcher import Matcher, Probe
from storage.initiatives import Initiative
from storage.teams import fold
from storage.unit_of_work import UnitOfWork

_ID: Final = re.compile(r"\s*(?:RB-|#)?(\d{1,15})\s*", re.IGNORECASE)
#: Entries that are looked at for the place in each list.
_LOOKED_AT: Final = 1_000
#: The number under which a text that is no entry is put beside the others.
_GUEST: Final = -1
_FEATURES: Final = ((0.6, "very close"), (0.46, "close"), (0.3, "loosely related"), (-1.0, "far apart"))


def texts(uow: UnitOfWork, asked: Sequence[str]) -> list[tuple[str, str]]:
    """Title and summary of each side, to be embedded before the transaction that explains."""
    found = [_entry(uow, name) for name in asked]
    return [(row.title, row.summary) if row else (name, "") for row, name in zip(found, asked, strict=True)]


def _entry(uow: UnitOfWork, name: str) -> Initiative | None:
    """An entry that may be seen, by its id or its title; None for a text that is no entry."""
    number = _ID.fullmatch(name)
    if number:
        return uow.initiatives.named([int(number[1])]).get(int(number[1]))
    wanted = fold(name)
    ids = [key for key, (title, _) in uow.reports.titles().items() if fold(title) == wanted]
    return next(iter(uow.initiatives.named(ids).values()), None)


def told(
    uow: UnitOfWork, matcher: Matcher, asked: Sequence[str], probes: Sequence[Probe], own: float | None
) -> list[str]:
    """The lines. What may not be seen is not found, as if it were not there.

    Where a side is a text that is no entry, the matcher must be this question's own: the text is put into its index.
    """
    rows = [_entry(uow, name) for name in asked]
    unknown = [name for row, name in zip(rows, asked, strict=True) if row is None and _ID.fullmatch(name)]
    if unknown:
        return [
            f"No entry {name.strip()} may be shown here: it is private, taken back or not there." for name in unknown
        ]
    one, other = rows
    if one is not None and other is not None and one.id == other.id:
        return ["Both are the same entry; nothing is ever matched with itself."]
    index = matcher.catch_up(uow)
    keys = [_keys(uow, row, probe) for row, probe in zip(rows, probes, strict=True)]
    target = other.id if other is not None else _GUEST
    if other is None:
        index.put([Document(_GUEST, probes[1].text, probes[1].vector, PUBLIC, frozenset(keys[1]))])
    query = Query(probes[0].text, probes[0].vector, frozenset(keys[0]), probes[0].reading)
    itself = [one.id] if one is not None else []
    audiences = frozenset({PUBLIC}) | (uow.viewer.audiences or frozenset())
    hits = index.search(query, audiences=audiences, exclude=itself, limit=_LOOKED_AT, including=[target])
    hit = next((each for each in hits if each.id == target), None)
    if hit is None:
        return ["The second one is not in the index: it was taken back, or is not analysed yet."]
    level = answers.level(uow, matcher, own).number
    return list(_lines(uow, matcher, rows, probes, keys, query, hits, hit, level))


def _keys(uow: UnitOfWork, row: Initiative | None, probe: Probe) -> Collection[str]:
    return row.capabilities if row is not None else capabilities.recognise(uow, probe.body, title=probe.title)


def _lines(uow: UnitOfWork, matcher: Matcher, rows: Sequence[Initiative | None], probes: Sequence[Probe], keys: Sequence[Collection[str]],
           query: Query, hits: Sequence[Hit], hit: Hit, level: float) -> Iterator[str]:  # fmt: skip
    names = [row.title if row is not None else probe.title for row, probe in zip(rows, probes, strict=True)]
    yield f"A: {names[0][:100]}\nB: {names[1][:100]}"
    yield "1. Found?"
    by_words = sorted(hits, key=lambda each: -each.bm25)
    yield f"   By words: {_place(by_words, hit) if hit.bm25 else 'no, they have no telling word in common'}."
    if hit.cosine is None:
        yield "   By meaning: not compared, one of them has no vector (yet, or the bot runs on words alone)."
    else:
        by_meaning = sorted(hits, key=lambda each: -(each.cosine or 0.0))
        word = next(word for least, word in _FEATURES if (hit.cosine or 0.0) >= least)
        yield f"   By meaning: {_place(by_meaning, hit)}; the two texts are {word}."
    likely = ranking.probability(query, hit)
    yield "2. The same work?"
    yield f"   Thought {likely:.0%} likely; warnings begin at {level:.0%}: {'enough' if likely >= level else 'not enough'}."
    why = "; ".join(_features(uow, hit, keys))
    yield f"   What counted: {why}."
    yield "3. Kept back by a rule?"
    better = sum(ranking.probability(query, each) > likely for each in _named(uow, matcher, rows[0], query, hit, level))
    reasons = _reasons(uow, matcher, rows, probes, keys, hit)
    rules = list(_rules(uow, rows))
    if reasons is None:
        rules.append(
            "no reason that could be shown: nothing but an everyday word in common, and the meanings are not close"
        )
    if likely >= level and better >= service.CANDIDATES:
        rules.append(f"{better} others are likelier, and a warning names at most {service.CANDIDATES}")
    yield from (f"   {rule[:1].upper()}{rule[1:]}." for rule in rules or ["no"])
    stored = [] if rows[0] is None else [m for m in uow.matches.of(rows[0].id) if m.candidate_id == hit.id]
    for match in stored:
        yield f"   Stored on {match.created_at:%Y-%m-%d} by matcher {match.matcher}, shown to: {match.shown_to.value}."
    warned = likely >= level and not rules
    yield f"So: announcing A {'names' if warned else 'does not name'} B."
    if reasons is not None:
        yield "Reasons: " + "; ".join(_worded(reasons)) + "."


def _named(
    uow: UnitOfWork, matcher: Matcher, announced: Initiative | None, query: Query, hit: Hit, level: float
) -> Iterator[Hit]:
    """What else may be named where the first one was announced."""
    shut = {hit.id}
    if announced is not None:
        shut |= {announced.id} | uow.overlaps.unrelated_to(announced.id)
        author = announced.created_by or announced.lead_id
        shut |= uow.machine.initiatives.ids_of(author) if author else set()
    audiences = frozenset({PUBLIC, announced.audience if announced is not None else PUBLIC})
    found = matcher.index_of(uow.workspace_id).search(query, audiences=audiences, exclude=shut, limit=_LOOKED_AT)
    yield from (each for each in found if ranking.probability(query, each) >= level)


def _place(ordered: Sequence[Hit], hit: Hit) -> str:
    place = next(number for number, each in enumerate(ordered, 1) if each.id == hit.id)
    return f"number {place} of {len(ordered)} that were looked at, among {hit.visible} entries"


def _features(uow: UnitOfWork, hit: Hit, keys: Sequence[Collection[str]]) -> Iterator[str]:
    names = capabilities.names(uow, {*keys[0], *keys[1]})
    shared = [names[key] for key in keys[0] if key in keys[1] and key in names]
    yield f"both are about {', '.join(shared)}" if shared else "no capability in common"
    yield f"{hit.overlap:.0%} of the shorter text's telling words stand in both"
    if hit.kinship is not None:
        leaning = "towards the same subjects" if hit.kinship >= 0.7 else "partly to the same subjects" if hit.kinship >= 0.4 else "to different subjects"  # fmt: skip
        yield f"they lean {leaning}"


def _rules(uow: UnitOfWork, rows: Sequence[Initiative | None]) -> Iterator[str]:
    one, other = rows
    if one is None or other is None:
        return
    if other.id in uow.overlaps.unrelated_to(one.id):
        yield "somebody marked them as not related"
    author = one.created_by or one.lead_id
    if author and author in (other.created_by, other.lead_id):
        yield "whoever announced A leads or registered B too, and nobody is told of their own work"
    if other.url and other.url == one.url:
        yield "both have the same address"


def _reasons(uow: UnitOfWork, matcher: Matcher, rows: Sequence[Initiative | None], probes: Sequence[Probe], keys: Sequence[Collection[str]],
             hit: Hit) -> explanation.Explanation | None:  # fmt: skip
    names = capabilities.names(uow, {*keys[0], *keys[1]})
    sides = [
        explanation.Side(
            probe.title, probe.body, {key: names[key] for key in own if key in names}, row.system if row else ""
        )
        for row, probe, own in zip(rows, probes, keys, strict=True)
    ]
    # No sentences are compared: a warning is decided without them too.
    found = explanation.explain(sides[0], sides[1], hit, rarity=matcher.index_of(uow.workspace_id).rarity)
    reasons = explanation.showable(found, cosine=hit.cosine)
    if reasons is not None and reasons.leaning:
        reasons = replace(reasons, leaning=capabilities.names(uow, [reasons.leaning]).get(reasons.leaning))
    return reasons


def _worded(reasons: explanation.Explanation) -> Iterator[str]:
    if reasons.capabilities:
        yield "both are about " + ", ".join(reasons.capabilities)
    elif reasons.leaning:
        yield f"both seem to be about {reasons.leaning}"
    if reasons.system:
        yield f"both are part of {reasons.system}"
    if reasons.phrases:
        yield "both speak of " + ", ".join(reasons.phrases)
    if reasons.sentences:
        yield f"“{reasons.sentences[0]}” ≈ “{reasons.sentences[1]}”"
    elif reasons.reworded:
        yield "the same idea in other words"
