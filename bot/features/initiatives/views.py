"""Draws initiatives: the line that stands for one everywhere, the form, and the list of one's own."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.features.initiatives.card import Card
from bot.slack import blocks as b
from storage.initiatives import Status
from storage.teams import Team

MANAGE: Final = "initiatives.manage"
RESTORE: Final = "initiatives.restore"
REOPEN: Final = "initiatives.reopen"
FORM: Final = "initiatives.form"
CLOSE_FORM: Final = "initiatives.close"
HAND_OVER_FORM: Final = "initiatives.hand_over"

#: Shown in a list before it says how many more there are.
LISTED: Final = 40

STATUS_WORDS: Final[Mapping[Status, str]] = {
    Status.PROPOSED: "proposed",
    Status.ACTIVE: "active",
    Status.PAUSED: "paused",
    Status.SHIPPED: "shipped",
    Status.ABANDONED: "stopped",
    Status.MERGED: "merged into other work",
}
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def title(card: Card) -> str:
    """Its title, linked to where it lives."""
    return f"*{b.link(card.link, b.clip(card.title, b.HEADER))}*" if card.link else f"*{b.quote(card.title, b.HEADER)}*"


def whose(card: Card) -> str:
    """Team and lead, as far as they are known."""
    lead = b.quote(card.lead, 80) if card.lead else (b.mention(card.lead_id) if card.lead_id else "")
    return ", ".join(part for part in (b.quote(card.team, 80) if card.team else "", lead) if part) or "no team named"


def standing(card: Card) -> str:
    """Where it stands, and since when."""
    word = STATUS_WORDS[card.status]
    if card.legacy and card.status in (Status.ACTIVE, Status.SHIPPED, Status.PAUSED):
        return "in use, legacy" if card.status is not Status.PAUSED else "paused, legacy"
    if card.started_on is not None and card.status in (Status.ACTIVE, Status.PROPOSED):
        return f"{word} since {month(card.started_on)}"
    return word


def month(day: date) -> str:
    """The month of a day, with its year."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def line(card: Card) -> str:
    """Title, whose it is, what it provides, where it stands: one line."""
    provides = ", ".join(f"_{b.quote(name, 60)}_" for name in card.capabilities[:3])
    return " · ".join(part for part in (title(card), whose(card), provides, standing(card)) if part)


# --- the form ---------------------------------------------------------------------------------------------------

TITLE: Final = "initiative.title"
SUMMARY: Final = "initiative.summary"
TEAM: Final = "initiative.team"
TEAM_NAME: Final = "initiative.team_name"
LEAD: Final = "initiative.lead"
CAPABILITIES: Final = "initiative.capabilities"
STATUS: Final = "initiative.status"
URL: Final = "initiative.url"
LESSON: Final = "initiative.lesson"
FLAGS: Final = "initiative.flags"
CHANNEL: Final = "initiative.channel"


def form_blocks(
    values: Mapping[str, Any], *, teams: Sequence[Team], capabilities: Sequence[tuple[str, str]], channel: bool = False
) -> list[b.Block]:
    """The fields of an initiative, filled with ``values`` (as :func:`read_form` returns them)."""
    fields = [
        b.field(TITLE, "Title", b.text_input("title", initial=values.get("title", ""), longest=150, placeholder="Online feature store for ranking")),
        b.field(SUMMARY, "What it is for", b.text_input("summary", initial=values.get("summary", ""), multiline=True,
                placeholder="What you will build, for whom, and how it will be used"), optional=True,
                hint="Two sentences are enough. Rowbot compares them with what others do."),
    ]  # fmt: skip
    if teams:
        shown = list(teams)[: b.OPTIONS]
        menu = b.select(
            "team",
            [b.option(team.name, str(team.id)) for team in shown],
            initial=str(values.get("team_id") or ""),
            placeholder="Choose a team…",
        )
        fields.append(b.field(TEAM, "Team", menu, optional=True))
    fields += [
        b.field(TEAM_NAME, "A team that is not in the list" if teams else "Team",
                b.text_input("team_name", initial=values.get("team_name", ""), longest=80), optional=True),
        b.field(LEAD, "Who leads it", b.person_select("lead", initial=values.get("lead_id", "")), optional=True),
    ]  # fmt: skip
    options = [b.option(name, key) for key, name in capabilities[: b.OPTIONS]]
    if options:
        menu = b.multi_select(
            "capabilities",
            options,
            initial=values.get("capabilities", ()),
            placeholder="Left empty: read from the text",
        )
        fields.append(b.field(CAPABILITIES, "What it provides", menu, optional=True))
    statuses = [b.option(STATUS_WORDS[status].capitalize(), status.value) for status in Status]
    fields.append(
        b.field(STATUS, "Where it stands", b.select("status", statuses, initial=values.get("status", Status.PROPOSED)))
    )
    fields.append(
        b.field(
            URL,
            "Link",
            b.text_input("url", initial=values.get("url", ""), longest=1000, placeholder="https://…"),
            optional=True,
        )
    )
    if values.get("lesson") or values.get("status") in (Status.ABANDONED, Status.SHIPPED, Status.MERGED):
        fields.append(
            b.field(
                LESSON,
                "What others should learn from it",
                b.text_input("lesson", initial=values.get("lesson", ""), multiline=True),
                optional=True,
            )
        )
    legacy = [b.option("It is a legacy system", "legacy", description="In use, to be replaced")]
    fields.append(
        b.field(
            FLAGS,
            "Legacy",
            b.checkboxes("flags", legacy, initial=["legacy"] if values.get("legacy") else []),
            optional=True,
        )
    )
    if channel:
        fields.append(b.field(CHANNEL, "Announce it in", b.channel_select("channel", initial=values.get("channel_id", "")), optional=True,
                              hint="Rowbot must be a member. Left empty: it goes into the registry and is posted nowhere."))  # fmt: skip
    return fields


def read_form(values: dict[str, Any]) -> dict[str, Any]:
    """What stands in the form of :func:`form_blocks`: plain values by the names of an initiative's fields."""
    team = b.read_value(values, TEAM)
    return {
        "title": b.read_value(values, TITLE) or "", "summary": b.read_value(values, SUMMARY) or "",
        "team_id": int(team) if team else None, "team_name": b.read_value(values, TEAM_NAME) or "",
        "lead_id": b.read_value(values, LEAD) or "", "capabilities": tuple(b.read_value(values, CAPABILITIES) or ()),
        "status": b.read_value(values, STATUS) or Status.PROPOSED.value, "url": b.read_value(values, URL) or "",
        "lesson": b.read_value(values, LESSON) or "", "legacy": "legacy" in (b.read_value(values, FLAGS) or ()),
        "channel_id": b.read_value(values, CHANNEL) or "",
    }  # fmt: skip


def values_of(card: Card, *, team_id: int | None, capabilities: Sequence[str], url: str) -> dict[str, Any]:
    """The form's values for an initiative as it is."""
    return {
        "title": card.title, "summary": card.summary, "team_id": team_id, "lead_id": card.lead_id,
        "capabilities": tuple(capabilities), "status": card.status.value, "url": url, "lesson": card.lesson, "legacy": card.legacy,
    }  # fmt: skip


def edit_form(card: Card, values: Mapping[str, Any], *, teams: Sequence[Team], capabilities: Sequence[tuple[str, str]],
              response_url: str = "") -> dict[str, Any]:  # fmt: skip
    """The form that changes an initiative. ``response_url``: of the message only one person sees, from which it was opened."""
    return b.modal("Edit initiative", form_blocks(values, teams=teams, capabilities=capabilities), callback_id=FORM, submit="Save",
                   metadata=json.dumps({"id": card.id, "response_url": response_url}))  # fmt: skip


def close_form(card: Card) -> dict[str, Any]:
    """How did it end, and what should the next person know?"""
    ends = [
        b.option("Shipped", Status.SHIPPED.value, description="It is in use"),
        b.option("Stopped", Status.ABANDONED.value, description="It will not be finished"),
        b.option("Merged", Status.MERGED.value, description="Other work carries it on"),
        b.option("Paused", Status.PAUSED.value, description="For now"),
    ]
    return b.modal(
        "Close initiative",
        [
            b.section(f"*{b.quote(card.title, b.HEADER)}*"),
            b.field(STATUS, "How did it end?", b.select("status", ends, initial=Status.SHIPPED.value)),
            b.field(LESSON, "What should the next person know?", b.text_input("lesson", initial=card.lesson, multiline=True), optional=True,
                    hint="Shown to whoever announces something similar."),
        ],
        callback_id=CLOSE_FORM, submit="Close it", metadata=json.dumps({"id": card.id}),
    )  # fmt: skip


def hand_over_form(card: Card) -> dict[str, Any]:
    """Who leads it from now on?"""
    lead = b.field(LEAD, "Who leads it from now on?", b.person_select("lead"), hint="They are told.")
    return b.modal("Hand over", [b.section(f"*{b.quote(card.title, b.HEADER)}*"), lead], callback_id=HAND_OVER_FORM, submit="Hand over",
                   metadata=json.dumps({"id": card.id}))  # fmt: skip


def read_id(view: Mapping[str, Any]) -> int:
    """Which initiative a form is about."""
    return int(json.loads(view["private_metadata"])["id"])


# --- one's own --------------------------------------------------------------------------------------------------


def entry(card: Card) -> b.Block:
    """One of one's own, with what can be done about it."""
    options = [b.option("Edit", f"edit:{card.id}"), b.option("Hand over", f"hand_over:{card.id}"), b.option("Close", f"close:{card.id}"),
               b.option("Withdraw", f"withdraw:{card.id}")]  # fmt: skip
    return b.section(line(card), accessory=b.overflow(MANAGE, options))


def mine(cards: Sequence[Card]) -> b.Message:
    """What somebody leads or registered, each with what can be done about it."""
    if not cards:
        text = "Nothing here is yours yet. `/rowbot announce` registers what you are starting."
        return b.Message(text, [b.section(text)])
    drawn: list[b.Block] = [b.section(f"*Yours* · {len(cards)}"), *(entry(card) for card in cards[:LISTED])]
    if len(cards) > LISTED:
        drawn.append(b.context(f"And {len(cards) - LISTED} more: my Home tab lists them."))
    return b.Message(b.fallback(f"Yours: {len(cards)} initiative{'' if len(cards) == 1 else 's'}."), drawn)


def changed(card: Card, what: str, *, undo: tuple[str, str] | None = None) -> b.Message:
    """One sentence about a change, with a way back: ``undo`` is (action id, value)."""
    text = f"{title(card)} {what}"
    accessory = b.button("Undo", undo[0], value=undo[1]) if undo else None
    return b.Message(b.fallback(text), [b.section(text, accessory=accessory)])


def closed(card: Card, before: Status, *, lesson_was_empty: bool) -> b.Message:
    """To the one who closed it."""
    return changed(
        card, f"is {STATUS_WORDS[card.status]} now.", undo=(REOPEN, f"{card.id}.{before.value}.{int(lesson_was_empty)}")
    )


def read_reopening(value: str) -> tuple[int, Status, bool]:
    """Which initiative, the status to go back to, and whether closing it brought the lesson."""
    number, status, drop_lesson = value.split(".")
    return int(number), Status(status), drop_lesson == "1"


def withdrawn(card: Card) -> b.Message:
    """To the one who withdrew it."""
    return changed(card, "is withdrawn.", undo=(RESTORE, str(card.id)))


def handed_over(card: Card, *, by: str) -> b.Message:
    """To the new lead."""
    text = f"{b.mention(by)} handed {title(card)} over to you. `/rowbot mine` shows what you can do with it."
    return b.Message(b.fallback(text), [b.section(text)])
