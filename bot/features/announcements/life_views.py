"""Draws what people are told when colleagues leave and channels close, and reads back what they press."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.features.announcements.vacancies import Vacancies
from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.slack import blocks as b

TAKE_LEAD: Final = "announcements.take_lead"
NAME_LEAD: Final = "announcements.name_lead"
TAKE_TEAM: Final = "announcements.take_team"
NAME_TEAM_LEAD: Final = "announcements.name_team_lead"
OPEN_UP: Final = "announcements.open_up"

#: Entries of one question: each takes two blocks.
ENTRIES: Final = 20
#: Titles that one sentence lists.
_TITLES: Final = 10
_INITIATIVE: Final = "lead."
_TEAM: Final = "team."


# --- somebody left ----------------------------------------------------------------------------------------------


def leads_wanted(gone: Sequence[str], vacancies: Vacancies) -> b.Message:
    """Who leads it now? To a team's lead, a channel, or a team's member."""
    who = b.listed([f"*{b.quote(name, 80)}*" for name in gone[:5]])
    if len(gone) > 5:
        who = f"*{b.quote(gone[0], 80)}* and {len(gone) - 1} others"
    have = "has" if len(gone) == 1 else "have"
    opening = f"{who} {have} left the workspace. Who leads this now?"
    return b.Message(b.fallback(opening), [b.section(opening), *vacancy_blocks(vacancies)])


def leads_found(opening: Mapping[str, Any], vacancies: Vacancies) -> b.Message:
    """The same question once something of it is answered; ``opening`` is its first block as it was sent."""
    text = "It was answered who leads this now."
    return b.Message(text, [dict(opening), *vacancy_blocks(vacancies)])


def noted() -> b.Message:
    """To whoever named a lead in a list that only they see."""
    text = "Noted. Whoever leads it now is told."
    return b.Message(text, [b.section(text)])


def vacancy_blocks(vacancies: Vacancies) -> list[b.Block]:
    """Each initiative and team with the ways to name a lead; what is settled says so."""
    drawn: list[b.Block] = []
    for team_id, name, lead_id in vacancies.teams[:ENTRIES]:
        title = f"The team *{b.quote(name, 80)}*"
        if lead_id:
            drawn.append(b.section(f"{title} is led by {b.mention(lead_id)} now."))
        else:
            drawn += _entry(title, str(team_id), TAKE_TEAM, NAME_TEAM_LEAD, f"{_TEAM}{team_id}")
    for card in vacancies.cards[: ENTRIES - len(drawn) // 2]:
        if card.id in vacancies.open_ids:
            drawn += _entry(initiatives.line(card), str(card.id), TAKE_LEAD, NAME_LEAD, f"{_INITIATIVE}{card.id}")
        else:
            drawn.append(_settled(card))
    return drawn


def _entry(text: str, value: str, take: str, name: str, block_id: str) -> list[b.Block]:
    who = b.person_select(name, placeholder="Name somebody…")
    return [b.section(text), b.actions(b.button("I lead it", take, value=value), who, block_id=block_id)]


def _settled(card: Card) -> b.Block:
    text = f"{initiatives.title(card)} is led by {b.mention(card.lead_id)} now."
    return b.section(text, block_id=f"{_INITIATIVE}{card.id}")


def read_listed(blocks: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[int]]:
    """Ids of the initiatives and of the teams that a question lists."""
    ids = [str(block.get("block_id") or "") for block in blocks]
    return (
        [int(one.removeprefix(_INITIATIVE)) for one in ids if one.startswith(_INITIATIVE)],
        [int(one.removeprefix(_TEAM)) for one in ids if one.startswith(_TEAM)],
    )


def read_choice(action: Mapping[str, Any]) -> tuple[int, str]:
    """Which initiative or team, and whom was named; "" for the one who pressed."""
    number = str(action.get("value") or str(action["block_id"]).rpartition(".")[2])
    return int(number), str(action.get("selected_user") or "")


def team_handed_over(name: str, *, by: str) -> b.Message:
    """To a team's new lead."""
    text = (
        f"{b.mention(by)} named you lead of the team *{b.quote(name, 80)}*. Questions about its work come to you now."
    )
    return b.Message(b.fallback(text), [b.section(text)])


# --- a channel closed, or changed -------------------------------------------------------------------------------


def out_of_sight(cards: Sequence[Card], channel_id: str) -> b.Message:
    """To a lead whose private work nobody sees any more, because the bot was removed from its channel."""
    text = (f"I was removed from {b.channel(channel_id)}, so I no longer know who is in it. Until I am back, nobody sees {_titles(cards)}, "
            "and neither do you. Nothing is lost: `/invite @Rowbot` there brings it back.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text)])


def kept_to_you(cards: Sequence[Card], name: str) -> b.Message:
    """To a lead whose private work outlived its channel."""
    where = f"*#{b.quote(name, 80)}*" if name else "A private channel"
    text = f"{where} was deleted. What was kept to its members is now kept to you alone; open it if others may know."
    return b.Message(b.fallback(text), [b.section(text), *_openers(cards)])


def still_kept(cards: Sequence[Card], channel_id: str) -> b.Message:
    """To a lead whose private work stands in a channel that was made public."""
    text = f"{b.channel(channel_id)} is public now. What was kept to its members stays with them until you open it."
    return b.Message(b.fallback(text), [b.section(text), *_openers(cards)])


def opened(card: Card) -> b.Message:
    """To the lead who opened it."""
    return initiatives.changed(card, "is open to everybody in the workspace now.")


def not_sent(channel_id: str, name: str, count: int, why: str) -> b.Message:
    """To whoever set something up in a channel in which nothing can be posted any more."""
    where = f"*#{b.quote(name, 80)}*" if name else b.channel(channel_id)
    messages = "A message of mine was" if count == 1 else f"{count} messages of mine were"
    text = (f"{messages} still on the way to {where}. {b.quote(why, 200)} I keep them; once I can post there again, an admin can send them "
            "with `/rowbot health`.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text)])


def _titles(cards: Sequence[Card]) -> str:
    shown = [f"*{b.quote(card.title, 100)}*" for card in cards[:_TITLES]]
    if len(cards) > _TITLES:
        shown.append(f"{len(cards) - _TITLES} more")
    return b.listed(shown)


def _openers(cards: Sequence[Card]) -> list[b.Block]:
    return [
        b.section(
            f"*{b.quote(card.title, b.HEADER)}*",
            accessory=b.button("Open it to everybody", OPEN_UP, value=str(card.id)),
        )
        for card in cards[:ENTRIES]
    ]
