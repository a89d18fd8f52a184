"""Draws why two texts match, and what a search found."""

from collections.abc import Sequence
from typing import Final

from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.features.matching import explanation
from bot.features.matching.explanation import Explanation
from bot.slack import blocks as b

ANNOUNCE: Final = "announcements.open_form"
#: Told of one candidate at the most.
REASONS: Final = 3
#: Characters of a text that is compared.
MARKED: Final = 2000


def why(reasons: Explanation) -> str:
    """The strongest three reasons in one line; "" when there is none that can be shown."""
    parts = []
    if reasons.capabilities:
        parts.append("both are about " + b.listed([f"_{b.quote(name, 60)}_" for name in reasons.capabilities[:2]]))
    if reasons.leaning and not reasons.capabilities:
        parts.append(f"both seem to be about _{b.quote(reasons.leaning, 60)}_")
    if reasons.system:
        parts.append(f"both are part of *{b.quote(reasons.system, 60)}*")
    if reasons.team:
        parts.append(f"both are of the team *{b.quote(reasons.team, 60)}*")
    if reasons.people:
        names = [f"*{b.quote(name, 60)}*" for name in reasons.people[:2]]
        parts.append(f"{b.listed(names)} {'is' if len(names) == 1 else 'are'} on both sides")
    if reasons.phrases:
        parts.append("both speak of " + b.listed([f"*{b.quote(phrase, 60)}*" for phrase in reasons.phrases[:4]]))
    if reasons.sentences:
        parts.append(f"“{b.quote(reasons.sentences[0], 160)}” ≈ “{b.quote(reasons.sentences[1], 160)}”")
    elif reasons.reworded:
        parts.append("the same idea in other words")
    if reasons.since is not None and len(parts) < REASONS - 1:
        parts.append(f"both are under way since {initiatives.month(reasons.since)}")
    return "; ".join(parts[:REASONS])


def differs(reasons: Explanation) -> str:
    """How the two may differ, in one line; "" when nothing can be said."""
    mine, theirs = (b.listed([f"_{b.quote(word, 60)}_" for word in side[:3]]) for side in reasons.differs)
    if mine and theirs:
        return f"May differ: yours is for {mine}, theirs for {theirs}"
    if mine or theirs:
        return f"May differ: {'yours' if mine else 'theirs'} is for {mine or theirs}"
    return ""


def marked(text: str, both: explanation.Shared) -> b.Block:
    """A text with what another has in common with it in bold."""
    return b.rich_text(explanation.marked(b.clip(text, MARKED), both))


def results(text: str, found: Sequence[tuple[Card, Explanation]], *, registered: int) -> b.Message:
    """What a search found, best first; where nothing did, what to do next."""
    asked = b.quote(text, 150)
    announce = b.actions(b.button("Announce", ANNOUNCE))
    if not found:
        among = f"among {registered} initiatives" if registered else "yet: the registry is empty"
        said = f"Nothing like “{asked}” {among}. If you are starting it, announce it."
        return b.Message(b.fallback(said), [b.section(said), announce])
    drawn: list[b.Block] = [b.section(f"*{len(found)} similar to* “{asked}”")]
    for card, reasons in found:
        summary = f"\n{b.quote(card.summary, 200)}" if card.summary else ""
        spoken = b.listed([f"*{b.quote(phrase, 60)}*" for phrase in reasons.phrases[:4]])
        drawn.append(b.section(initiatives.line(card) + summary + (f"\nSpeaks of {spoken}." if spoken else "")))
    drawn.append(announce)
    names = "; ".join(card.title for card, _ in found)
    return b.Message(b.fallback(b.escape(f"{len(found)} similar to “{text}”: {names}")), drawn)
