"""What people of the demo organisation do in the sandbox, with nothing but what they see on their screens."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.demo.organisation import Moment
from bot.features.announcements import views as announcements
from bot.features.initiatives import views as initiatives
from bot.features.overlaps import views as overlaps
from bot.features.syncs import card as check_ins
from bot.features.syncs import views as syncs
from bot.sandbox import Sandbox
from bot.sandbox.records import Message

Json = dict[str, Any]

#: Blocks of the form of an initiative, by the name of the field.
_FIELDS: Final = {
    "status": initiatives.STATUS,
    "lesson": initiatives.LESSON,
    "title": initiatives.TITLE,
    "summary": initiatives.SUMMARY,
}


class NotOnScreen(LookupError):
    """What somebody was to press or fill in is not there."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Slack's ids of the organisation's people (by key) and channels (by name)."""

    people: Mapping[str, str]
    channels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenPrompt:
    """Rowbot waits for somebody's answer: the value of its buttons, what it is about, and since when."""

    value: str
    topic: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class _Said:
    """A message that later moments speak of."""

    who: str
    channel: str
    ts: str


class Hands:
    """The hands of everybody."""

    def __init__(self, sandbox: Sandbox, ids: Ids, check_ins: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """``ids`` says who the keys of moments are, ``check_ins`` what people answer: by title, a round each."""
        self._sandbox, self._ids, self._check_ins = sandbox, ids, check_ins
        self._said: dict[str, _Said] = {}
        #: Prompts that were seen, by the value of their buttons; and how many of each check-in somebody got.
        self._prompts: set[str] = set()
        self._rounds: Counter[tuple[str, str]] = Counter()
        #: How many messages of a conversation with Rowbot were looked at.
        self._seen: Counter[str] = Counter()
        self._verbs: dict[str, Callable[[str, Mapping[str, Any]], Awaitable[None]]] = {
            "say": self._say, "reply": self._reply, "edit": self._edit, "react": self._react, "type": self._type,
            "join": self._press_candidate, "sync": self._press_candidate, "not related": self._press_candidate, "differ": self._differ,
            "accept": self._accept, "introduce": self._introduce, "close": self._close, "change": self._change, "withdraw": self._withdraw,
            "move": self._move, "answer": self._answer, "skip": self._skip,
        }  # fmt: skip

    async def do(self, moment: Moment) -> None:
        """Do what a moment tells.

        Raises:
            LookupError: it cannot be done: what it needs is not on the screen.
            NotPossibleError: the workspace would not let this person.
        """
        await self._verbs[moment.verb](self._ids.people[moment.who], moment.details)

    # Words

    async def _say(self, who: str, details: Mapping[str, Any]) -> None:
        channel = self._ids.channels[details["in"]]
        ts = await self._sandbox.say(who, channel, details["text"])
        if "name" in details:
            self._said[details["name"]] = _Said(who, channel, ts)

    async def _reply(self, who: str, details: Mapping[str, Any]) -> None:
        said = self._said[details["to"]]
        await self._sandbox.say(who, said.channel, details["text"], thread_ts=said.ts)

    async def _edit(self, who: str, details: Mapping[str, Any]) -> None:
        said = self._said[details["to"]]
        await self._sandbox.edit(who, said.channel, said.ts, details["text"])

    async def _react(self, who: str, details: Mapping[str, Any]) -> None:
        said = self._said[details["to"]]
        await self._sandbox.react(who, said.channel, said.ts, details["with"])

    async def _type(self, who: str, details: Mapping[str, Any]) -> None:
        typed = await self._sandbox.command(who, self._ids.channels[details["in"]], details["text"])
        if typed.message is None:
            raise NotOnScreen(f"{details['text']} shows nothing ({typed.error}).")
        self._dismiss_whispers(who)

    # Under an announcement

    async def _press_candidate(self, who: str, details: Mapping[str, Any]) -> None:
        actions = {
            "join": overlaps.JOIN,
            "sync": overlaps.SYNC,
            "not related": overlaps.NOT_RELATED,
            "differ": overlaps.DIFFER,
        }
        said = self._said[details["about"]]
        reply = self._answer_to(said)
        button = _button_under(reply, details["with"], actions[details["do"]])
        await self._sandbox.click(who, said.channel, reply["ts"], button["action_id"], button["value"])
        self._dismiss_whispers(who)

    async def _differ(self, who: str, details: Mapping[str, Any]) -> None:
        await self._press_candidate(who, details)
        await self._submit(who, {overlaps.DIFFERENCE: details["text"]})

    async def _accept(self, who: str, details: Mapping[str, Any]) -> None:
        channel = self._said[details["about"]].channel
        asked = next(
            (
                message
                for message in self._sandbox.ephemerals(who, channel)
                if _buttons(message, announcements.REGISTER)
            ),
            None,
        )
        if asked is None:
            raise NotOnScreen("Rowbot did not ask whether this is an initiative.")
        await self._sandbox.click(who, channel, asked["ts"], announcements.REGISTER)
        self._dismiss_whispers(who)

    async def _introduce(self, who: str, details: Mapping[str, Any]) -> None:
        await self._press_direct(who, overlaps.INTRODUCE)

    def _answer_to(self, said: _Said) -> Json:
        for message in self._sandbox.thread(said.channel, said.ts):
            if message.get("user") == self._sandbox.bot_user_id:
                return message
        raise NotOnScreen("Rowbot has not answered in this thread.")

    # Of one's own

    async def _close(self, who: str, details: Mapping[str, Any]) -> None:
        await self._choose(who, "/rowbot mine", "close", details["title"])
        await self._submit(who, {initiatives.STATUS: details["as"], initiatives.LESSON: details.get("lesson", "")})

    async def _change(self, who: str, details: Mapping[str, Any]) -> None:
        await self._choose(who, "/rowbot mine", "edit", details["title"])
        await self._submit(who, {_FIELDS[name]: value for name, value in details["to"].items()})

    async def _withdraw(self, who: str, details: Mapping[str, Any]) -> None:
        await self._choose(who, "/rowbot mine", "withdraw", details["title"])

    async def _choose(self, who: str, command: str, verb: str, title: str) -> None:
        """Have a list shown, and choose from the menu beside the entry that speaks of a title."""
        own = self._own(who)
        listed = await self._sandbox.command(who, own, command)
        if listed.message is None:
            raise NotOnScreen(f"{command} shows nothing ({listed.error}).")
        for block in listed.blocks:
            menu = block.get("accessory", {})
            for option in menu.get("options", ()) if title in _text(block) else ():
                if option["value"].startswith(f"{verb}:"):
                    await self._sandbox.click(who, own, listed.message["ts"], menu["action_id"], option["value"])
                    self._dismiss_whispers(who)
                    return
        raise NotOnScreen(f"{command} does not show “{title}”.")

    # Check-ins

    async def _move(self, who: str, details: Mapping[str, Any]) -> None:
        await self._choose(who, "/rowbot syncs", "move", details["title"])
        await self._submit(
            who, {check_ins.FIELD_FIRST_ON: details["first_on"], check_ins.FIELD_AT: details["time"], check_ins.FIELD_CADENCE: details["every"]}
        )  # fmt: skip

    def answers_to_come(self, now: datetime) -> list[Moment]:
        """What people will do about the prompts that have come since the last look, as it is written for this round of theirs."""
        coming = []
        for key, person_id in self._ids.people.items():
            for title, prompt in self._new_prompts(person_id):
                number = self._rounds[title, key]
                self._rounds[title, key] += 1
                rounds = self._check_ins[title]
                written = rounds[number].get(key) if number < len(rounds) else None
                if written is not None:
                    verb = "skip" if written.get("skips") else "answer"
                    coming.append(
                        Moment(now + timedelta(minutes=written["after"]), key, verb, {**written, "prompt": prompt})
                    )
        return coming

    def open_prompts(self, *, besides: str) -> Iterator[tuple[str, OpenPrompt]]:
        """What everybody but one was asked since the last look and has not answered, by their keys."""
        for key, person_id in self._ids.people.items():
            for message in self._unseen(person_id) if person_id != besides else ():
                for button in _buttons(
                    {"blocks": message.blocks}, syncs.SKIP
                ):  # only what is still open can be skipped
                    if button["value"] not in self._prompts:  # a reminder is no second prompt
                        self._prompts.add(button["value"])
                        asked_at = datetime.fromtimestamp(float(message.ts), UTC)
                        yield key, OpenPrompt(button["value"], message.text.partition(",")[0], asked_at)

    def _unseen(self, person_id: str) -> list[Message]:
        """What came into somebody's conversation with Rowbot since the last look."""
        own = self._own(person_id)
        messages = list(self._sandbox.workspace.timelines[own])
        self._seen[own], before = len(messages), self._seen[own]
        return messages[before:]

    def _new_prompts(self, person_id: str) -> Iterator[tuple[str, str]]:
        """Prompts that somebody got since the last look: the title that they speak of, and the value of their buttons."""
        for message in self._unseen(person_id):
            for button in _buttons({"blocks": message.blocks}, syncs.ANSWER):
                title = next((title for title in self._check_ins if title in message.text), "")
                if title and button["value"] not in self._prompts:  # a reminder is no second prompt
                    self._prompts.add(button["value"])
                    yield title, button["value"]

    async def _answer(self, who: str, details: Mapping[str, Any]) -> None:
        await self._press_direct(who, syncs.ANSWER, details["prompt"])
        values = {check_ins.FIELD_PULSE: details["pulse"], check_ins.FIELD_CHANGED: details.get("changed", ""),
                  check_ins.FIELD_WAITING: details.get("waiting", ""), check_ins.FIELD_HELPED: [self._ids.people[key] for key in details.get("helped", ())]}  # fmt: skip
        if "team" in details:
            values[check_ins.FIELD_TEAM] = _option(
                self._sandbox.views_of(who)[-1], check_ins.FIELD_TEAM, details["team"]
            )
        await self._submit(who, values)

    async def _skip(self, who: str, details: Mapping[str, Any]) -> None:
        await self._press_direct(who, syncs.SKIP, details["prompt"])

    # On every screen

    def _own(self, who: str) -> str:
        """Somebody's conversation with Rowbot."""
        return self._sandbox.direct(who, self._sandbox.bot_user_id)

    async def _press_direct(self, who: str, action_id: str, value: str = "") -> None:
        """Press a button of a direct message of Rowbot's: the latest that has it, or the first with that value."""
        messages = self._sandbox.messages(self._own(who))
        for message in messages if value else reversed(messages):
            if any(value in ("", button["value"]) for button in _buttons(message, action_id)):
                await self._sandbox.click(who, self._own(who), message["ts"], action_id)
                return
        raise NotOnScreen(f"No message of Rowbot offers {action_id}.")

    async def _submit(self, who: str, values: Json) -> None:
        """Fill in the form that is open, and send it."""
        forms = self._sandbox.views_of(who)
        if not forms:
            raise NotOnScreen("No form is open.")
        sent = await self._sandbox.submit(forms[-1]["id"], values)
        if not sent.closed:
            await self._sandbox.close_view(forms[-1]["id"], whole_stack=True)
        if sent.errors or sent.error:
            raise NotOnScreen(f"The form was not taken: {sent.errors or sent.error}")

    def _dismiss_whispers(self, who: str) -> None:
        """People dismiss what only they saw once they have acted on it."""
        for message in self._sandbox.ephemerals(who):
            self._sandbox.acts.delete(who, message["channel"], message["ts"])


def _text(block: Mapping[str, Any]) -> str:
    return str((block.get("text") or {}).get("text", ""))


def _elements(block: Mapping[str, Any]) -> Iterator[Json]:
    yield from block.get("elements", ())
    if "accessory" in block:
        yield block["accessory"]


def _buttons(message: Mapping[str, Any], action_id: str) -> list[Json]:
    """The buttons of that kind."""
    return [
        element
        for block in message.get("blocks", ())
        for element in _elements(block)
        if element.get("action_id") == action_id
    ]


def _option(view: Mapping[str, Any], block_id: str, label: str) -> str:
    """The value behind a label of a menu."""
    for block in view["blocks"]:
        for option in block["element"].get("options", ()) if block.get("block_id") == block_id else ():
            if option["text"]["text"] == label:
                return str(option["value"])
    raise NotOnScreen(f"The form offers no “{label}”.")


def _button_under(message: Mapping[str, Any], title: str, action_id: str) -> Json:
    """The button of that kind under the candidate of that title."""
    found = False
    for block in message.get("blocks", ()):
        if block["type"] == "section":
            found = f"*{title}*" in _text(block) or f"|{title}>" in _text(block)
        for element in _elements(block) if found else ():
            if element.get("action_id") == action_id:
                return element
    raise NotOnScreen(f"Rowbot's answer has no such button under “{title}”.")
