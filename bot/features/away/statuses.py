"""Reads from a Slack status whether somebody is away, and until which day. Pure; the words of the status go no further than this.

What ends before the person's working day does is an errand and no day off. A status without an end counts until it is changed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from bot.features.syncs.recurrence import zone_of
from bot.features.teams.calendars import ENDLESS, Calendar

#: What people put beside their name when they are not at work.
EMOJI: Final = frozenset({
    "palm_tree", "airplane", "airplane_departure", "desert_island", "island", "beach_with_umbrella", "umbrella_on_ground", "luggage", "camping", "tent",
    "face_with_thermometer", "face_with_head_bandage", "nauseated_face", "face_vomiting", "mask", "thermometer", "baby", "baby_bottle", "baby_carriage",
    "breast-feeding", "ooo", "pto", "vacation", "out-of-office", "on-leave", "sick",
})  # fmt: skip
_AWAY: Final = re.compile(
    r"\b(?:(?:on|taking|annual|parental|maternity|paternity|family|medical|sick|bereavement|adoption|unpaid|study) leave|leave until|vacation(?:ing)?"
    r"|(?:on|taking) (?:an? )?(?:holidays?|break)|sabbatical|pto|ooo|o\.o\.o\.?|oof|out of (?:the )?office|out sick|off sick|sick (?:day|today)|home sick"
    r"|(?:maternity|paternity)|(?:day|days|week|time) off|off (?:today|work|until|till)|away until|afk until|out (?:until|today|all day|this week))\b"
    r"|^\W*(?:holidays?|sick|away|out|on leave|leave|urlaub|krank|vacances|vacaciones|férias|ferie|vakantie)\W*$",
    re.IGNORECASE,
)
#: Words that turn it round: they are at work, or will be away another time.
_NOT_AWAY: Final = re.compile(
    r"\b(?:working|wfh|remote(?:ly)?|back (?:from|at|in the office|to work|now|today)|not (?:on|away|out|sick|ooo)|no longer|soon|planning|almost|"
    r"pre-?vacation|post-?vacation|ask me about|dreaming|counting|saving)\b",
    re.IGNORECASE,
)
#: Away another time, unless it is the return that is spoken of.
_LATER: Final = re.compile(r"\b(?:next|tomorrow|upcoming)\b", re.IGNORECASE)
_RETURN: Final = re.compile(r"\b(?:back|until|till?|return(?:s|ing)?)\b", re.IGNORECASE)


def last_day(profile: Mapping[str, Any], calendar: Calendar, *, now: datetime) -> date | None:
    """The last day off that a profile's status speaks of; None: it speaks of none.

    ``profile`` is Slack's, with ``status_text``, ``status_emoji`` and ``status_expiration`` (seconds since 1970; 0: none).
    """
    text, emoji = (
        str(profile.get("status_text") or ""),
        str(profile.get("status_emoji") or "").strip(":").partition("::")[0],
    )
    if not says_away(text, emoji):
        return None
    try:
        ends = int(profile.get("status_expiration") or 0)
        if ends <= 0:
            return ENDLESS
        # It is away up to that moment: midnight belongs to the day before.
        wall = (datetime.fromtimestamp(ends, UTC) - timedelta(seconds=1)).astimezone(zone_of(calendar.zone))
    except (TypeError, ValueError, OverflowError, OSError):
        return ENDLESS
    # The day on which it ends in the middle of work is no day off; work over midnight ends with the day.
    end_of_work = calendar.ends if calendar.starts < calendar.ends else 24 * 60
    last = wall.date() if wall.hour * 60 + wall.minute + 1 >= end_of_work else wall.date() - timedelta(days=1)
    return last if last >= now.astimezone(zone_of(calendar.zone)).date() else None


def says_away(text: str, emoji: str) -> bool:
    """Whether these words, or without any that contradict it this emoji, say that somebody is away."""
    if _NOT_AWAY.search(text) or (_LATER.search(text) and not _RETURN.search(text)):
        return False
    return bool(_AWAY.search(text)) or emoji in EMOJI
