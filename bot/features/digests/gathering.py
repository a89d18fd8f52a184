"""Gathers a digest with the eyes of everybody in its channel: what one of them may not see is neither named nor counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.features.digests import places
from bot.features.digests.issue import Coming, Help, Issue, Pair, Wait
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.reports import service as reports
from bot.features.reports.figures import Topic
from bot.features.reports.overview import Entry, Found, side
from bot.features.reports.periods import Span
from bot.features.reports.standing import OVER, SETTLED, Outcome
from bot.features.syncs import recurrence
from storage.channels import Channel
from storage.initiatives import Status
from storage.items import Item
from storage.unit_of_work import UnitOfWork

#: Named before it says how many more there are.
NEW: Final = 5
PAIRS: Final = 2
#: An overlap that was found this long before and is settled now is news.
BACK: Final = timedelta(days=90)
#: Overlaps that were no news after all come after those that are open.
_LAST: Final = {Outcome.FINISHED: 2, Outcome.NOT_RELATED: 3}
#: Check-ins of so many days from today on are told.
AHEAD: Final = timedelta(days=6)


def gather(uow: UnitOfWork, channel: Channel, *, since: datetime, now: datetime, zone: str) -> Issue:
    """What a digest of this channel says now."""
    own = uow.seen_by(places.eyes_of(channel))
    facts = reports.facts(own, since=since - BACK, until=now, topic=Topic.OVERLAPS)
    whole, before = side(facts, Span(since - BACK, now)), side(facts, Span(since - BACK, since))
    standing = whole.standing
    announced = [entry for entry in standing if entry.created_at >= since and not entry.is_imported]
    news = _news(whole.overlaps, before.overlaps, since)
    cards = _cards(own, announced[: -NEW - 1 : -1], news[:PAIRS])
    read_in = places.readable(own)
    return Issue(
        channel_id=channel.id, since=since, eyes=own.viewer,
        new=tuple(cards[entry.id] for entry in announced[: -NEW - 1 : -1] if entry.id in cards), announced=len(announced),
        imported=sum(entry.created_at >= since and entry.is_imported for entry in standing),
        ended=_ended(standing, before.standing),
        pairs=tuple(Pair(cards[pair.one_id], cards[pair.other_id], pair.outcome) for pair in news[:PAIRS] if {pair.one_id, pair.other_id} <= cards.keys()),
        found=sum(pair.found_at >= since for pair in news), settled=sum(pair.outcome in SETTLED for pair in news), overlaps=len(news),
        waits=_waits(own, own.weeks.still_waited_for(read_in, until=now), now), helped=_helped(own, read_in, since, now),
        coming=_coming(own, read_in, zone, now), registered=len(standing),
    )  # fmt: skip


def _news(now: Iterable[Found], before: Iterable[Found], since: datetime) -> list[Found]:
    """Overlaps that were found or settled since a moment: the settled ones first, then the open ones; the youngest first."""
    settled_before = {(pair.one_id, pair.other_id) for pair in before if pair.outcome in SETTLED}
    news = [
        pair
        for pair in now
        if pair.found_at >= since or (pair.outcome in SETTLED and (pair.one_id, pair.other_id) not in settled_before)
    ]
    return sorted(
        news, key=lambda pair: (_LAST.get(pair.outcome, pair.outcome not in SETTLED), -pair.found_at.timestamp())
    )


def _ended(now: Iterable[Entry], before: Iterable[Entry]) -> Counter[Status]:
    """How many were under way before and have ended since."""
    under_way = {entry.id for entry in before if entry.status not in OVER}
    return Counter(entry.status for entry in now if entry.status in OVER and entry.id in under_way)


def _cards(own: UnitOfWork, entries: Sequence[Entry], pairs: Sequence[Found]) -> dict[int, Card]:
    wanted = {entry.id for entry in entries} | {number for pair in pairs for number in (pair.one_id, pair.other_id)}
    return {card.id: card for card in initiatives.cards(own, list(own.initiatives.named(wanted).values()))}


def _waits(own: UnitOfWork, items: Sequence[Item], now: datetime) -> tuple[Wait, ...]:
    """Items by whom they wait for; they come the oldest first, and so do their groups."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(_awaited(own, item), []).append(item)
    return tuple(Wait(whom, len(group), (now - group[0].created_at).days) for whom, group in groups.items())


def _awaited(own: UnitOfWork, item: Item) -> str:
    """The team that is to do something, or the system that stands in the way; "" where none is known."""
    if item.team_id is not None:
        team = own.teams.get(item.team_id)
        return team.name if team is not None else ""
    if item.person_id:
        return _team_of(own, item.person_id)
    system = own.initiatives.named([item.system_id]).get(item.system_id) if item.system_id is not None else None
    return system.title if system is not None else ""


def _helped(own: UnitOfWork, read_in: Sequence[str], since: datetime, now: datetime) -> tuple[Help, ...]:
    """Which teams helped which, in the order of their names. People are not named, and nothing is counted."""
    helped: dict[str, set[str]] = {}
    for credit in own.weeks.credits(read_in, since=since, until=now):
        team = own.teams.get(credit.team_id) if credit.team_id is not None else None
        theirs = team.name if team is not None else _team_of(own, credit.said_by)
        for helper in {_team_of(own, person_id) for person_id in credit.helped_by} - {"", theirs} if theirs else ():
            helped.setdefault(helper, set()).add(theirs)
    by_name = sorted(helped, key=str.casefold)
    return tuple(Help(team, tuple(sorted(helped[team], key=str.casefold))) for team in by_name)


def _team_of(own: UnitOfWork, person_id: str) -> str:
    teams = own.teams.of(person_id)
    return teams[0].name if teams else ""


def _coming(own: UnitOfWork, read_in: Sequence[str], zone: str, now: datetime) -> tuple[Coming, ...]:
    today = now.astimezone(recurrence.zone_of(zone)).date()
    return tuple(
        Coming(sync.topic, sync.next_on, own.workspaces.link(sync.channel_id, sync.thread_ts) if sync.thread_ts else "")
        for sync in own.weeks.coming(read_in, first=today, last=today + AHEAD)
        if sync.next_on is not None
    )
