"""An example of everything that announcing draws."""

from datetime import timedelta
from itertools import product
from typing import Any

from bot.features.announcements import backfill_views, life_views, views
from bot.features.announcements.backfill_facts import Begun, Item, Progress, Sheet
from bot.features.announcements.reply import Aside, Reply, ReplyState
from bot.features.announcements.vacancies import Vacancies
from bot.features.initiatives.examples import CHANNEL, NOW, PERSON, Words, capabilities, card, teams, values
from bot.features.overlaps import examples as overlaps
from bot.slack.blocks import Message
from storage.backfills import BackfillState, FindingState
from storage.channels import ChannelMode


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    mine = card(words)
    found = overlaps.candidates(words)
    drawn = {
        f"reply, {name}": views.reply(Reply(7, mine, ReplyState.OPEN, candidates)) for name, candidates in found.items()
    }
    drawn |= {
        f"a form's post, {name}": views.reply(Reply(7, mine, ReplyState.OPEN, candidates, PERSON))
        for name, candidates in found.items()
    }
    drawn |= {f"reply, {state.value}": views.reply(Reply(7, mine, state, ())) for state in ReplyState}
    drawn |= {
        f"to the author, {name}": views.for_author(Aside(7, mine, candidates, private=True))
        for name, candidates in found.items()
    }
    drawn |= {f"greeting, {mode.value}": views.greeting(mode) for mode in ChannelMode}
    drawn |= {f"mode {mode.value}{', shared' if shared else ''}": views.mode_set(mode, shared=shared, inside=not shared)
              for mode in ChannelMode for shared in (False, True)}  # fmt: skip
    return (
        drawn
        | _of_life(words)
        | _of_backfills()
        | {
            "to the author": views.aside(Aside(7, mine, ())),
            "to the author, registered": views.registered_quietly(Aside(7, mine, ())),
            "question": views.question(7, words.title),
            "question that names similar work": views.question(7, words.title, [mine, mine]),
            "question about the team": views.team_question(mine, teams(words, 150)),
            "question about the first team": views.team_question(mine, []),
            "team set": views.team_set(mine),
            "not a member": views.not_a_member(mine, CHANNEL),
        }
    )


def _of_life(words: Words) -> dict[str, Message]:
    """What is said when colleagues leave and channels close."""
    many = [card(words, id=number) for number in range(1, 40)]
    open_ids = frozenset(range(1, 40))
    teams_too = ((1, words.name or "?", ""), (2, words.name or "?", PERSON))
    asked = life_views.leads_wanted([words.name or "?"], Vacancies(tuple(many), open_ids, teams_too))
    return {
        "leads wanted": asked,
        "leads wanted, of many": life_views.leads_wanted([words.name or "?"] * 9, Vacancies(tuple(many[:1]), open_ids)),
        "leads found": life_views.leads_found(asked.blocks[0], Vacancies(tuple(many[:3]), frozenset({2}), teams_too)),
        "lead noted": life_views.noted(),
        "team handed over": life_views.team_handed_over(words.name or "?", by=PERSON),
        "out of sight": life_views.out_of_sight(many, CHANNEL),
        "kept to you": life_views.kept_to_you(many, words.name),
        "still kept": life_views.still_kept(many[:2], CHANNEL),
        "opened": life_views.opened(many[0]),
        "not sent": life_views.not_sent(CHANNEL, words.name, 3, "The channel is archived."),
    }


def _progress(state: BackfillState, *, found: int = 0, left: int | None = None, error: str = "") -> Progress:
    return Progress(7, CHANNEL, PERSON, state, NOW - timedelta(days=90), NOW - timedelta(days=30), 12_345, waiting=found, sure=found // 2,
                    accepted=found // 3, registered=found // 4, left_out=found // 5, left_seconds=left, error=error)  # fmt: skip


def _of_backfills() -> dict[str, Message]:
    """What is said while a channel's past is read."""
    drawn = {
        f"reading the past, {state.value}, {found} found{', slow' if left else ''}": backfill_views.progress(
            _progress(state, found=found, left=left)
        )
        for state, found, left in product(BackfillState, (0, 1, 40), (None, 50, 600, 90_000))
    }
    drawn |= {
        f"reading the past, refused: {code}": backfill_views.progress(
            _progress(BackfillState.STOPPED, found=2, error=code)
        )
        for code in ("not_in_channel", "missing_scope", "is_archived", "some_new_error")
    }
    return drawn | {
        f"reading the past, begun: {how.value}": backfill_views.begun(how, _progress(BackfillState.READING, found=4))
        for how in Begun
    }


def _reviews(words: Words) -> dict[str, dict[str, Any]]:
    """The review of what was found."""
    items = [
        Item(number, words.title, words.text, PERSON if number % 3 else "", NOW - timedelta(days=number), words.link if number % 2 else "",
             is_sure=bool(number % 2), state=state, like=words.title if number % 2 else "",
             card=card(words) if state is FindingState.REGISTERED and number % 2 else None)
        for number, state in enumerate((*FindingState, *FindingState), 1) if state is not FindingState.LEFT_OUT
    ]  # fmt: skip
    return {
        f"review, {state.value}, page {page + 1}": backfill_views.review(
            Sheet(_progress(state, found=len(shown) * 3), tuple(shown), page, 3 if shown else 1)
        )
        for state in BackfillState
        for page, shown in ((0, items), (1, items[:1]), (2, []))
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    source = {"channel": CHANNEL, "ts": "1795415939.757799", "author": PERSON, "kind": "ml-initiatives"}
    choice: dict[str, Any] = {"teams": teams(words, 150), "capabilities": capabilities(words, 150)}
    drawn = {
        f"before saving, {name}": views.confirm_form(values(words), candidates, source=source)
        for name, candidates in overlaps.candidates(words).items()
    }
    return (
        drawn
        | _reviews(words)
        | {
            "announce": views.announce_form(values(words), **choice),
            "announce, empty": views.announce_form({}, teams=[], capabilities=[]),
            "announce a message": views.announce_form(values(words), **choice, source=source),
            "name a team": views.team_form(
                card(words), response_url="https://hooks.slack.com/actions/T1/1/" + "x" * 100
            ),
            "registered": views.registered(card(words), channel_id=CHANNEL),
            "registered already": views.known_already(card(words)),
        }
    )
