"""Decides which existing work an initiative resembles, for whom it may be named, and keeps what was found."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from bot.features.capabilities import service as capabilities
from bot.features.matching import circumstances, explanation, ranking
from bot.features.matching.circumstances import Circumstances
from bot.features.matching.explanation import Explanation
from bot.features.matching.index import PUBLIC
from bot.features.matching.matcher import Matcher, Probe, pack
from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.repository import Viewer
from storage.unit_of_work import UnitOfWork

#: Named in one reply at the most.
CANDIDATES: Final = 3
#: Owners of private work who are asked about one announcement at the most.
OWNERS_ASKED: Final = 3
#: Results of a search.
RESULTS: Final = 8
UNKNOWN: Final = Circumstances()
#: A batch of texts is read within seconds; a process that ended in it keeps it from the others for so long.
CLAIMED: Final = timedelta(minutes=2)
#: Texts among which those are looked for that no other process has claimed.
LOOKED_AT: Final = 4_096


@dataclass(frozen=True, slots=True)
class Found:
    """One candidate with the reasons that can be shown."""

    initiative: Initiative
    match: ranking.Match
    reasons: Explanation


@dataclass(frozen=True, slots=True)
class Findings:
    """What resembles an initiative, by who may hear of it."""

    #: Named in the channel: everybody there may see them.
    channel: list[Found]
    #: Said to the author alone.
    author: list[Found]
    #: Kept from both; the owner of each is asked.
    hidden: list[Found]


def take_turn(uow: UnitOfWork, matcher: Matcher) -> int:
    """Take the registry's next version, and with it the order among announcements; the index then holds all before it.

    Of two twins announced in the same second the second one to get here sees the first, in one process or two.
    """
    version = uow.workspaces.raise_version()
    matcher.catch_up(uow)
    return version


def keep_analysis(uow: UnitOfWork, initiative: Initiative, probe: Probe) -> None:
    """Store what was made of a text before this transaction."""
    vector = pack(probe.vector) if probe.vector is not None else b""
    uow.initiatives.keep_analysis(initiative.id, made_from=probe.made_from, vector=vector, stems=probe.stems)


def find(uow: UnitOfWork, matcher: Matcher, probe: Probe, *, keys: Collection[str], channel: Viewer, author: Viewer,
         exclude: Collection[int], threshold: float | None, about: Circumstances = UNKNOWN) -> Findings:  # fmt: skip
    """What resembles a text: at most three for the channel, three more for the author, three whose owners are asked.

    ``about``: whose the work is and when it began, which are reasons beside those of the texts.

    Call :func:`take_turn` first, and write your own rows after: an index must never hold what may be rolled back.
    """
    theirs, own = channel.audiences or frozenset(), author.audiences or frozenset()
    # Most workspaces hold little private work: what nobody announced in private need not be looked for.
    private = matcher.index_of(uow.workspace_id).audiences() - {PUBLIC}

    def look(audiences: frozenset[str], limit: int) -> list[Found]:
        """The best of these audiences alone: what others may see takes no place from them."""
        if not audiences:
            return []
        # Some will have no reason that can be shown, so a few more are looked at.
        matches = matcher.rank(
            uow, probe, capabilities=keys, audiences=audiences, exclude=exclude, threshold=threshold, limit=2 * limit
        )
        return list(islice(_explained(uow, matcher, probe, keys, matches, about), limit))

    named = look(theirs | {PUBLIC}, CANDIDATES)
    whispered = look(private & (own - theirs), CANDIDATES)
    hidden = look(private - own - theirs, OWNERS_ASKED)
    return Findings(named, whispered, hidden)


def search(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> list[Found]:
    """What a person finds who looks for a text: also what is only related."""
    matcher.catch_up(uow)
    keys = capabilities.recognise(uow, probe.body, title=probe.title)
    matches = matcher.listed(uow, probe, capabilities=keys, viewer=uow.viewer, limit=RESULTS)
    return list(_explained(uow, matcher, probe, keys, matches))


def keep(uow: UnitOfWork, initiative: Initiative, findings: Findings, *, version: str, now: datetime) -> None:
    """Write down what was found, by who was told."""
    rows = [
        _row(uow, initiative, found, position, shown_to, version, now)
        for shown_to, group in (
            (ShownTo.CHANNEL, findings.channel),
            (ShownTo.AUTHOR, findings.author),
            (ShownTo.OWNER, findings.hidden),
        )
        for position, found in enumerate(group, 1)
    ]
    uow.matches.replace(initiative.id, rows)


def _row(
    uow: UnitOfWork, initiative: Initiative, found: Found, position: int, shown_to: ShownTo, version: str, now: datetime
) -> Match:
    hit = found.match.hit
    return Match(
        workspace_id=uow.workspace_id, initiative_id=initiative.id, candidate_id=found.initiative.id, position=position,
        probability=found.match.probability, cosine=hit.cosine or 0.0, share=hit.share, overlap=hit.overlap,
        reasons=reasons_as_json(found.reasons), matcher=version, shown_to=shown_to, created_at=now,
    )  # fmt: skip


def _explained(
    uow: UnitOfWork,
    matcher: Matcher,
    probe: Probe,
    keys: Collection[str],
    matches: Sequence[ranking.Match],
    about: Circumstances = UNKNOWN,
) -> Iterator[Found]:
    """Matches with their reasons, one by one as they are asked for; those without one that can be shown are left out."""
    if not matches:
        return
    index = matcher.index_of(uow.workspace_id)
    rows = uow.machine.initiatives.named([match.id for match in matches])
    names = capabilities.names(uow, {*keys, *(key for row in rows.values() for key in row.capabilities)})
    mine = explanation.Side(probe.title, probe.body, {key: names[key] for key in keys if key in names}, about.system)
    for match in matches:
        row = rows.get(match.id)
        if row is None:
            continue
        theirs = explanation.Side(
            row.title, row.summary, {key: names[key] for key in row.capabilities if key in names}, row.system
        )
        found_why = explanation.explain(mine, theirs, match.hit, rarity=index.rarity)
        reasons = explanation.showable(found_why, cosine=match.hit.cosine)
        if reasons is None:
            continue
        if reasons.leaning:
            reasons = replace(reasons, leaning=capabilities.names(uow, [reasons.leaning]).get(reasons.leaning))
        theirs_is = Circumstances.of(row)
        yield Found(row, match, replace(reasons, team=circumstances.team(uow, about, theirs_is), people=circumstances.people(uow, about, theirs_is),
                                        since=circumstances.since(about, theirs_is)))  # fmt: skip


def reasons_as_json(reasons: Explanation) -> dict[str, Any]:
    """Reasons as they are stored beside a match."""
    return {
        "capabilities": list(reasons.capabilities), "phrases": list(reasons.phrases), "reworded": reasons.reworded,
        "sentences": list(reasons.sentences) if reasons.sentences else None, "system": reasons.system,
        "differs": [list(side) for side in reasons.differs], "leaning": reasons.leaning,
        "team": reasons.team, "people": list(reasons.people), "since": reasons.since.isoformat() if reasons.since else None,
    }  # fmt: skip


def reasons_from_json(stored: dict[str, Any]) -> Explanation:
    """Stored reasons, ready to be worded again."""
    sentences, differs = stored.get("sentences"), stored.get("differs") or [[], []]
    since = stored.get("since")
    return Explanation(
        capabilities=tuple(stored.get("capabilities", ())), phrases=tuple(stored.get("phrases", ())),
        sentences=(sentences[0], sentences[1]) if sentences else None, reworded=bool(stored.get("reworded")),
        system=str(stored.get("system", "")), differs=(tuple(differs[0]), tuple(differs[1])), leaning=stored.get("leaning"),
        team=str(stored.get("team", "")), people=tuple(stored.get("people", ())), since=date.fromisoformat(since) if since else None,
    )  # fmt: skip


def claim(uow: UnitOfWork, matcher: Matcher, *, limit: int, now: datetime) -> dict[int, tuple[str, str]]:
    """Title and summary of those that this process is to read next; a process that ends gives them back when its time is over."""
    known = uow.machine.initiatives
    while ids := known.claim_analyses(
        matcher.stale(uow.workspace_id, limit=LOOKED_AT), limit=limit, now=now, until=now + CLAIMED
    ):
        # Another process may have read some since this one looked last: it did so before these could be claimed.
        matcher.catch_up(uow)
        left = matcher.still_stale(uow.workspace_id, ids)
        known.drop_claims(set(ids) - left)
        if left:
            return {row.id: (row.title, row.summary) for row in known.named(sorted(left)).values()}
    return {}


def keep_analyses(uow: UnitOfWork, probes: dict[int, Probe]) -> int:
    """Store what was made of rows' texts, where the row still says so; how many were stored. They are nobody's to read any more."""
    rows = uow.machine.initiatives.named(list(probes))
    version = uow.workspaces.raise_version() if rows else 0
    count = 0
    for row in rows.values():
        probe = probes[row.id]
        if (row.title, row.summary) == (probe.title, probe.body):
            keep_analysis(uow, row, probe)
            row.version = version
            count += 1
    uow.machine.initiatives.drop_claims(probes)
    return count
