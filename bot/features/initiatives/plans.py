"""What the plan is now, as dated sentences at the beginning of an initiative's summary. Pure."""

import re
from datetime import date
from typing import Final

#: So many changes of plan are kept in the text; older ones are in the answers in which they were said.
KEPT: Final = 3
#: Characters of one sentence.
LENGTH: Final = 500
_SENTENCE: Final = re.compile(r"Plan since \d{1,2} [A-Z][a-z]{2} \d{4}: ")


def sentence(plan: str, since: date) -> str:
    """Plan since 18 Jan 2027: …"""
    return f"Plan since {since.day} {since:%b %Y}: {' '.join(plan.split())}"


def told(summary: str, plan: str, *, since: date, instead_of: str = "", limit: int) -> str:
    """The summary with what the plan is now before everything else: that is what readers look for, and what matching reads first.

    ``instead_of``: what was said before and taken back by this; an empty ``plan`` only takes that back. What does not fit
    is cut from the end.
    """
    lines = summary.splitlines()
    taken_back = " ".join(instead_of.split())
    if taken_back:
        lines = [
            line for line in lines if not (_SENTENCE.match(line) and _SENTENCE.sub("", line, count=1) == taken_back)
        ]
    plans = [line for line in lines if _SENTENCE.match(line)]
    rest = [line for line in lines if not _SENTENCE.match(line)]
    fresh = [sentence(plan, since)] if plan.strip() else []
    whole = "\n".join([*fresh, *[line for line in plans if line not in fresh][: KEPT - len(fresh)], *rest]).strip()
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + "…"
