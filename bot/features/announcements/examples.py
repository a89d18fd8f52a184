"""An example of everything that announcing draws."""

from typing import Any

from bot.features.announcements import views
from bot.features.announcements.reply import Aside, Reply, ReplyState
from bot.features.initiatives.examples import CHANNEL, PERSON, Words, capabilities, card, teams, values
from bot.features.overlaps import examples as overlaps
from bot.slack.blocks import Message
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
    return drawn | {
        "to the author": views.aside(Aside(7, mine, ())),
        "to the author, registered": views.registered_quietly(Aside(7, mine, ())),
        "question": views.question(7, words.title),
        "question that names similar work": views.question(7, words.title, [mine, mine]),
        "question about the team": views.team_question(mine, teams(words, 150)),
        "question about the first team": views.team_question(mine, []),
        "team set": views.team_set(mine),
        "not a member": views.not_a_member(mine, CHANNEL),
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    source = {"channel": CHANNEL, "ts": "1795415939.757799", "author": PERSON, "kind": "ml-initiatives"}
    choice: dict[str, Any] = {"teams": teams(words, 150), "capabilities": capabilities(words, 150)}
    drawn = {
        f"before saving, {name}": views.confirm_form(values(words), candidates, source=source)
        for name, candidates in overlaps.candidates(words).items()
    }
    return drawn | {
        "announce": views.announce_form(values(words), **choice),
        "announce, empty": views.announce_form({}, teams=[], capabilities=[]),
        "announce a message": views.announce_form(values(words), **choice, source=source),
        "name a team": views.team_form(card(words), response_url="https://hooks.slack.com/actions/T1/1/" + "x" * 100),
        "registered": views.registered(card(words), channel_id=CHANNEL),
        "registered already": views.known_already(card(words)),
    }
