"""Draws a backfill: how far it is, and the review of what was found."""

import json
from collections.abc import Mapping
from typing import Any, Final

from bot.features.announcements.backfill_facts import Begun, Item, Progress, Sheet
from bot.features.initiatives import views as initiatives
from bot.slack import blocks as b
from storage.backfills import BackfillState, FindingState

REVIEW: Final = "announcements.review_backfill"
STOP: Final = "announcements.stop_backfill"
GO_ON: Final = "announcements.resume_backfill"
REGISTER: Final = "announcements.register_finding"
LEAVE_OUT: Final = "announcements.leave_out_finding"
TAKE_BACK: Final = "announcements.take_back_finding"
REGISTER_SURE: Final = "announcements.register_sure"
EARLIER: Final = "announcements.backfill_earlier"
LATER: Final = "announcements.backfill_later"
SHEET: Final = "announcements.backfill"

NOTHING_YET: Final = "Nothing enters the registry before you say so."
_REASONS: Final[Mapping[str, str]] = {
    "not_in_channel": "I am not in it any more. Invite me there with `/invite @Rowbot`, then go on.",
    "channel_not_found": "I am not in it any more. Invite me there with `/invite @Rowbot`, then go on.",
    "is_archived": "It is archived.",
    "missing_scope": "The app may not read it; reinstall it from manifest.yml, then go on.",
}


def begun(how: Begun, said: Progress) -> b.Message:
    """The answer to the command."""
    where = b.channel(said.channel_id)
    if how is Begun.UNDER_WAY:
        text = f"{where} is being read already, for {b.mention(said.requested_by)}: {_down_to(said)}."
    else:
        verb = "I am reading" if how is Begun.NEW else "I go on reading"
        text = f"{verb} {where} back to {b.local_date(said.oldest)}. I write to you when there is something to look at. {NOTHING_YET}"
    drawn: list[b.Block] = [b.section(text)]
    if said.found:
        drawn.append(b.actions(_review(said)))
    return b.Message(b.fallback(text), drawn)


def progress(said: Progress) -> b.Message:
    """The message to whoever asked: counts only, so that it tells nobody what was said."""
    where = b.channel(said.channel_id)
    lines = [_standing(said, where)]
    if said.found:
        lines.append(_found(said))
    elif said.state is BackfillState.READ:
        lines.append(
            "None of them announces an initiative that the registry does not know. A longer period looks further back: `/rowbot backfill #channel 1y`."
        )
    buttons = []
    if said.found > said.left_out:
        buttons.append(_review(said))
    if said.state is BackfillState.READING:
        buttons.append(b.button("Stop", STOP, value=str(said.backfill_id)))
    elif said.state is BackfillState.STOPPED:
        buttons.append(b.button("Go on", GO_ON, value=str(said.backfill_id)))
    drawn: list[b.Block] = [b.section("\n".join(lines))]
    if buttons:
        drawn.append(b.actions(*buttons))
    return b.Message(b.fallback(lines[0]), drawn)


def _standing(said: Progress, where: str) -> str:
    if said.state is BackfillState.READ:
        return f"I have read {where} back to {b.local_date(said.oldest)}: {_messages(said)}."
    if said.state is BackfillState.READING:
        return f"I am reading {where} back to {b.local_date(said.oldest)}: {_down_to(said)}{_left(said)}."
    if said.error:
        reason = _REASONS.get(said.error, f"Slack refused it ({b.quote(said.error, 60)}).")
        return f"I can't read {where} any further than {b.local_date(said.down_to)}. {reason}"
    return f"Stopped: I have read {where} {_down_to(said)}."


def _down_to(said: Progress) -> str:
    return f"down to {b.local_date(said.down_to)}, {_messages(said)}" if said.messages else "it has just begun"


def _messages(said: Progress) -> str:
    return f"{said.messages:,} message{'' if said.messages == 1 else 's'}"


def _left(said: Progress) -> str:
    if said.left_seconds is None:
        return ""
    if said.left_seconds < 90:
        return ", about a minute left"
    if said.left_seconds < 5400:
        return f", about {round(said.left_seconds / 60)} minutes left"
    return f", about {round(said.left_seconds / 3600)} hours left, because Slack lets me read slowly"


def _found(said: Progress) -> str:
    parts = [
        f"{count} {words}"
        for count, words in (
            (said.waiting, "for you to look at"),
            (said.accepted, "being registered"),
            (said.registered, "registered"),
            (said.left_out, "left out"),
        )
        if count
    ]
    return f"Announcements found: {b.listed(parts)}." + (f" {NOTHING_YET}" if said.waiting else "")


def _review(said: Progress) -> b.Element:
    return b.button("Review", REVIEW, value=str(said.backfill_id), style="primary" if said.waiting else "")


# --- the review -------------------------------------------------------------------------------------------------


def review(shown: Sheet) -> dict[str, Any]:
    """What was found, a page of it, with what can be done about each."""
    said = shown.progress
    drawn: list[b.Block] = [
        b.section(f"{_standing(said, b.channel(said.channel_id))}\n{_found(said) if said.found else ''}".strip())
    ]
    general = []
    if said.sure:
        which = f"Register the {said.sure} sure ones" if said.sure > 1 else "Register the sure one"
        ask = b.confirm(
            "Register all sure ones",
            f"{said.sure} will stand in the registry. Nothing is posted, and each can be taken back here.",
            yes="Register",
        )
        general.append(b.button(which, REGISTER_SURE, value=str(said.backfill_id), confirm=ask))
    if said.state is BackfillState.READING:
        general.append(b.button("Stop reading", STOP, value=str(said.backfill_id)))
    elif said.state is BackfillState.STOPPED:
        general.append(b.button("Go on reading", GO_ON, value=str(said.backfill_id)))
    if general:
        drawn.append(b.actions(*general))
    for item in shown.items:
        drawn += [b.divider(), *_item(item)]
    if not shown.items:
        drawn.append(b.section("Nothing is left to look at." if said.found else "Nothing was found so far."))
    turns = []
    if shown.page > 0:
        turns.append(b.button("Earlier", EARLIER, value=str(said.backfill_id)))
    if shown.page + 1 < shown.pages:
        turns.append(b.button("Later", LATER, value=str(said.backfill_id)))
    if turns:
        drawn += [b.divider(), b.actions(*turns)]
    if shown.items:
        drawn.append(
            b.context(
                f"Page {shown.page + 1} of {shown.pages}. Left out by mistake? *Register as initiative* is in the message's menu."
            )
        )
    metadata = json.dumps({"backfill": said.backfill_id, "page": shown.page})
    return b.modal("Found in the past", drawn, callback_id=SHEET, close="Close", metadata=metadata)


def _item(item: Item) -> list[b.Block]:
    number = str(item.id)
    who = b.mention(item.author_id) if item.author_id else "a workflow"
    when = b.local_date(item.said_at)
    if item.state is FindingState.REGISTERED:
        named = initiatives.title(item.card) if item.card is not None else f"*{b.quote(item.title, b.HEADER)}*"
        line = f"{named} · {who} · {when} · in the registry"
        return [
            b.section(line),
            b.actions(b.button("Take back", TAKE_BACK, value=number), block_id=f"finding:{number}"),
        ]
    name = f"*{b.link(item.link, b.clip(item.title, b.HEADER))}*" if item.link else f"*{b.quote(item.title, b.HEADER)}*"
    line = f"{name} · {who} · {when}" + ("" if item.is_sure else " · _may be none_")
    if item.state is FindingState.ACCEPTED:
        return [b.section(f"{line} · being registered")]
    lines = [line, b.quote(item.text, 300)] + ([f"Looks like *{b.quote(item.like, b.HEADER)}*"] if item.like else [])
    buttons = b.actions(b.button("Register", REGISTER, value=number, style="primary" if item.is_sure else ""),
                        b.button("Leave out", LEAVE_OUT, value=number), block_id=f"finding:{number}")  # fmt: skip
    return [b.section(b.fitting([each for each in lines if each])), buttons]


def read_place(view: Mapping[str, Any]) -> tuple[int, int]:
    """Which backfill and which page a review shows."""
    kept = json.loads(view["private_metadata"])
    return int(kept["backfill"]), int(kept["page"])
