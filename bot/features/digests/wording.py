"""How a digest says what happened: about a dozen lines, one phone screen."""

from collections.abc import Iterator
from typing import Final

from bot.features.digests.issue import Help, Issue
from bot.features.digests.places import Bar, State
from bot.features.digests.timing import WEEKDAYS
from bot.features.initiatives import views as initiatives
from bot.features.reports import words as reports
from bot.features.syncs import wording as syncs
from bot.slack import blocks as b
from storage.channels import ChannelMode
from storage.initiatives import OVER, Status

ABOUT: Final = "Once a week, in one short message: what is new, which overlaps were found and settled, who waits, who helped, and which check-ins come next."
#: Characters of a title: it stands in one line of a phone, or two.
TITLE: Final = 70
#: … and where several stand in one line.
SIDE: Final = 45
NAME: Final = 40
#: Named in one line before it says that there are more.
LISTED: Final = 3
CHECK_INS: Final = 2

clock = syncs.clock


def paragraphs(issue: Issue) -> list[str]:
    """The whole digest; its first line says what changed."""
    if issue.is_quiet:
        parts = [[_quiet(issue)], [*_open_things(issue)]]
    else:
        opening = f"*Since {b.local_date(issue.since)}:* {_changed(issue)}."
        parts = [[opening], [*_new(issue)], [*_overlaps(issue)], [*_open_things(issue)]]
    return ["\n".join(part) for part in parts if part]


def _quiet(issue: Issue) -> str:
    if not issue.registered:
        return "A quiet week: nothing is in the registry yet."
    return f"A quiet week: nothing new among {_count(issue.registered, 'initiative')}."


def _changed(issue: Issue) -> str:
    """5 new initiatives and 40 imported, 1 shipped; 2 overlaps found, 1 settled."""
    came = [_count(issue.announced, "new initiative")] if issue.announced else []
    came += (
        [f"{issue.imported:,} imported" if came else f"{_count(issue.imported, 'initiative')} imported"]
        if issue.imported
        else []
    )
    ended = [
        f"{issue.ended[status]} {initiatives.STATUS_WORDS[status]}" for status in Status if issue.ended.get(status)
    ]
    met = [f"{_count(issue.found, 'overlap')} found"] if issue.found else []
    met += (
        [f"{issue.settled} settled" if met else f"{_count(issue.settled, 'overlap')} settled"] if issue.settled else []
    )
    return "; ".join(", ".join(part) for part in ([*came, *ended], met) if part)


def _new(issue: Issue) -> Iterator[str]:
    for card in issue.new:
        over = f" · {initiatives.STATUS_WORDS[card.status]}" if card.status in OVER else ""
        yield f"• {_title(card.title, card.link)} · {b.quote(card.team, NAME) or 'no team named'}{over}"
    yield from (f"• {more}" for more in _more(issue.announced - len(issue.new)))


def _overlaps(issue: Issue) -> Iterator[str]:
    if issue.pairs:
        left_out = issue.overlaps > len(issue.pairs)
        yield "*Overlaps*" + (f", {len(issue.pairs)} of {issue.overlaps}" if left_out else "")
    for pair in issue.pairs:
        one, other = (_title(card.title, card.link, SIDE) for card in (pair.one, pair.other))
        yield f"• {one} and {other}: {reports.OUTCOMES[pair.outcome].lower()}"


def _open_things(issue: Issue) -> Iterator[str]:
    if issue.waits:
        total = sum(wait.count for wait in issue.waits)
        named = [f"{b.quote(wait.whom, NAME)} ({_age(wait.days)})" for wait in issue.waits if wait.whom][:LISTED]
        longest = f"the oldest {'waits' if len(named) == 1 else 'wait'} for {b.listed(named)}"
        yield f"*Waiting:* {_count(total, 'item')}" + (f"; {longest}" if named else "")
    if issue.helped:
        helped = [_help(each) for each in issue.helped[:LISTED]]
        yield "*Credits:* " + "; ".join([*helped, *_more(len(issue.helped) - LISTED)])
    if issue.coming:
        named = [f"{syncs.day(each.day)} {_title(each.topic, each.link)}" for each in issue.coming[:CHECK_INS]]
        yield "*Next check-ins:* " + ", ".join([*named, *_more(len(issue.coming) - CHECK_INS)])


def _help(each: Help) -> str:
    helped = [b.quote(team, NAME) for team in each.helped[:LISTED]]
    if len(each.helped) > LISTED:
        helped.append(f"{len(each.helped) - LISTED} more")
    return f"{b.quote(each.team, NAME)} helped {b.listed(helped)}"


def _more(number: int) -> list[str]:
    return [f"and {number} more"] if number > 0 else []


def _age(days: int) -> str:
    return _count(days, "day") if days else "since today"


def _title(title: str, link: str, limit: int = TITLE) -> str:
    return b.link(link, b.clip(title, limit)) if link else b.quote(title, limit)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# --- what `/rowbot digest` shows --------------------------------------------------------------------------------


def standing(shown: State) -> str:
    """Whether a channel has a digest, when it comes, and why not."""
    if shown.next_at is None:
        return " ".join(
            part for part in (f"{b.channel(shown.channel_id)} has no weekly digest.", _barred(shown)) if part
        )
    place = shown.zone.rpartition("/")[2].replace("_", " ") or "UTC"
    when = f"{WEEKDAYS[shown.weekly.weekday]}s at {clock(shown.weekly.minute)} in {place}"
    said = f"{b.channel(shown.channel_id)} gets a digest on {when}."
    return f"{said} {_barred(shown) or f'The next one comes {b.local_moment(shown.next_at)}.'}"


def _barred(shown: State) -> str:
    match shown.bar:
        case None:
            return ""
        case Bar.STILL:
            still = {ChannelMode.QUIET: "quiet", ChannelMode.OBSERVE: "observe"}.get(shown.mode, "off")
            return f"None is posted while I am set to `{still}` here; `/rowbot channel on` changes that."
        case Bar.ABSENT:
            return "I am not in this channel; invite me with `/invite @Rowbot`."
        case Bar.ARCHIVED:
            return "It is archived, so none can be posted."
        case Bar.SHARED:
            return "It is shared with another organisation, and I post none there."


def channel(channel_id: str, name: str) -> str:
    """A channel that its reader may not be able to open any more."""
    return f"#{b.quote(name, 80)}" if name else b.channel(channel_id)
