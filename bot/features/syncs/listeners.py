"""Hears check-ins: `/rowbot sync` and `/rowbot syncs`, what is pressed under them, and answers."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.syncs import answer_form, answers, forms, service, views
from bot.features.syncs.card import SyncCard
from bot.slack.bolt import first_word, once, rest_of, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.preferences import Preferences
from storage.teams import Team
from storage.unit_of_work import Scope, UnitOfWork

_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


async def _eyes(scope: Scope, directory: Directory, person_id: str) -> Scope:
    return Scope(scope.workspace_id, await directory.viewer(person_id))


# --- setting up -------------------------------------------------------------------------------------------------


async def open_set_up(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                      directory: Directory) -> None:  # fmt: skip
    """`/rowbot sync [@people]`: the form."""
    people = list(dict.fromkeys([person_id, *_MENTION.findall(rest_of(command))]))
    work, teams, chosen, day = await db.read(await _eyes(scope, directory, person_id), starting_choices, people, now)
    form = forms.set_up_form(people, work, teams, cadence=chosen.cadence, first_on=day, at_minute=chosen.checkin_minute)
    await client.views_open(trigger_id=command["trigger_id"], view=form)
    await ack()


def starting_choices(
    uow: UnitOfWork, people: list[str], now: datetime
) -> tuple[list[tuple[int, str]], list[Team], Preferences, date]:
    """What the form offers: initiatives, teams, the workspace's rhythm, the first day."""
    return service.choices(uow, people), uow.teams.all(), uow.settings.preferences(), service.proposed_day(uow, now=now)


async def follow_rhythm(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
    """A rhythm was chosen in an open form: it asks for what that rhythm needs."""
    view = body["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=forms.following_rhythm(view))
    await ack()


async def set_up(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """The form, sent."""
    plan = forms.read_set_up(view["state"]["values"])
    eyes = await _eyes(scope, directory, person_id)
    for each in await db.read(eyes, service.people_of, plan):
        await directory.person(each, fresh=True)
    made = await db.write(eyes, once(f"sync:{view['id']}", service.set_up, now=now), plan, person_id=person_id, now=now)
    if made is None:  # sent twice
        await ack()
    else:
        await ack(response_action="update", view=forms.shown("Check-in", views.arranged(made.card, again=made.again)))


# --- looking after ----------------------------------------------------------------------------------------------


async def show_mine(
    ack: AsyncAck, db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """`/rowbot syncs`."""
    await directory.person(person_id, fresh=True)
    found = await db.read(await _eyes(scope, directory, person_id), service.listed, person_id, now=now)
    await ack(**shown(views.mine(found.own, found.ended, found.public)))


async def manage(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, db: Database, scope: Scope,
                 now: datetime, person_id: str, directory: Directory) -> None:  # fmt: skip
    """One of the things that can be done with a check-in of the list."""
    verb, _, number = action["selected_option"]["value"].partition(":")
    await directory.person(person_id, fresh=True)
    eyes = await _eyes(scope, directory, person_id)
    if verb in _CHANGES:
        at_home = not body.get("response_url")
        card = await db.write(eyes, changed, verb, int(number), person_id=person_id, by_message=at_home, now=now)
        if not at_home:
            await respond(**shown(views.stands(card)), replace_original=False)
    else:
        view = await db.read(eyes, view_for, verb, int(number), person_id, now)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


def view_for(uow: UnitOfWork, verb: str, sync_id: int, person_id: str, now: datetime) -> dict[str, Any]:
    """The form behind an entry of the menu."""
    if verb == "show":
        card, summed = service.last_summary(uow, sync_id, person_id=person_id, now=now)
        return forms.shown("Last summary", views.summary(summed) if summed is not None else views.no_summary(card))
    card = service.card_of(uow, sync_id, person_id=person_id, now=now)
    if verb == "hand_over":
        return forms.hand_over_form(card)
    return forms.move_form(card, first_on=card.next_on or service.proposed_day(uow, now=now))


async def open_move(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
                    person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Change…*: the form."""
    await directory.person(person_id, fresh=True)
    view = await db.read(
        await _eyes(scope, directory, person_id), view_for, "move", int(action["value"]), person_id, now
    )
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def move(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """The form, sent."""
    times = forms.read_schedule(view["state"]["values"])
    await directory.person(person_id, fresh=True)
    if times.channel_id:
        await directory.channel(times.channel_id)
    eyes = await _eyes(scope, directory, person_id)
    card = await db.write(eyes, service.move, forms.read_id(view), times, person_id=person_id, now=now)
    await ack(response_action="update", view=forms.shown("Check-in", views.stands(card)))


async def hand_over(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """*Hand over*, sent."""
    heir = forms.read_heir(view)
    for each in (person_id, heir):
        await directory.person(each, fresh=True)
    eyes = await _eyes(scope, directory, person_id)
    card = await db.write(eyes, service.hand_over, forms.read_id(view), heir, person_id=person_id, now=now)
    await ack(response_action="update", view=forms.shown("Check-in", views.released(card, heir)))


async def change(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                 directory: Directory) -> None:  # fmt: skip
    """*Pause*, *Resume* or *Keep*, *End it*, *Bring it back*: the message says how it stands."""
    verb = action["action_id"].partition(".")[2]
    await directory.person(person_id, fresh=True)
    eyes = await _eyes(scope, directory, person_id)
    card = await db.write(eyes, changed, verb, int(action["value"]), person_id=person_id, now=now)
    await respond(**shown(views.stands(card)), replace_original=True)
    await ack()


_CHANGES: Final[dict[str, Callable[..., SyncCard]]] = {
    "pause": service.pause, "resume": service.resume, "end": service.end, "bring_back": service.bring_back,
}  # fmt: skip


def changed(
    uow: UnitOfWork, verb: str, sync_id: int, *, person_id: str, by_message: bool = False, now: datetime
) -> SyncCard:
    """Pause, resume, end or bring back."""
    return _CHANGES[verb](uow, sync_id, person_id=person_id, by_message=by_message, now=now)


# --- answering --------------------------------------------------------------------------------------------------


async def open_answer(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
                      person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Answer*, *Edit*, *Answer late*: the form."""
    eyes = await _eyes(scope, directory, person_id)
    asked, questions = await db.read(eyes, answers.asked, int(action["value"]), person_id=person_id, now=now)
    await client.views_open(trigger_id=body["trigger_id"], view=answer_form.form(asked, questions))
    await ack()


async def answer(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """The form, sent; the message that asked follows by the outbox."""
    report = answer_form.read(view)
    for each in (*report.helped_by, report.waiting_person_id):
        if each:
            await directory.person(each)
    eyes = await _eyes(scope, directory, person_id)
    await db.write(eyes, answers.answer, forms.read_id(view), report, person_id=person_id, now=now)
    await ack()


async def keep_draft(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], db: Database, scope: Scope, person_id: str,
                     directory: Directory) -> None:  # fmt: skip
    """Something was filled in."""
    view, said_at = body["view"], datetime.fromtimestamp(float(action["action_ts"]), UTC)
    eyes = await _eyes(scope, directory, person_id)
    await db.write(eyes, answers.keep_draft, forms.read_id(view), answer_form.read(view), person_id=person_id, said_at=said_at)  # fmt: skip
    await ack()


async def show_draft(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """The form was closed and not sent. What stood in it need not come along: it was kept as it was filled in."""
    eyes = await _eyes(scope, directory, person_id)
    await db.write(eyes, answers.show_draft, forms.read_id(view), person_id=person_id, now=now)
    await ack()


async def answer_as_before(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
                           person_id: str, directory: Directory) -> None:  # fmt: skip
    """*All as before*; where there is no before, the form."""
    eyes = await _eyes(scope, directory, person_id)
    said = await db.write(eyes, answers.as_before, int(action["value"]), person_id=person_id, now=now)
    if said is None:
        asked, questions = await db.read(eyes, answers.asked, int(action["value"]), person_id=person_id, now=now)
        await client.views_open(trigger_id=body["trigger_id"], view=answer_form.form(asked, questions))
    await ack()


async def put_off(ack: AsyncAck, action: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str,
                  directory: Directory) -> None:  # fmt: skip
    """*Later today*."""
    eyes = await _eyes(scope, directory, person_id)
    await db.write(eyes, answers.later, int(action["value"]), person_id=person_id, now=now)
    await ack()


async def skip(ack: AsyncAck, action: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str,
               directory: Directory) -> None:  # fmt: skip
    """*Skip this one*."""
    eyes = await _eyes(scope, directory, person_id)
    await db.write(eyes, answers.skip, int(action["value"]), person_id=person_id, now=now)
    await ack()


def register(app: AsyncApp) -> None:
    """Check-ins."""
    app.command("/rowbot", matchers=[first_word("sync")])(open_set_up)
    app.command("/rowbot", matchers=[first_word("syncs")])(show_mine)
    app.view(forms.SET_UP_FORM)(set_up)
    app.action(views.MANAGE)(manage)
    app.action(views.CHANGE)(open_move)
    app.view(forms.MOVE_FORM)(move)
    app.view(forms.HAND_OVER_FORM)(hand_over)
    app.action(forms.CADENCE)(follow_rhythm)
    for action_id in (views.PAUSE, views.RESUME, views.END, views.BRING_BACK):
        app.action(action_id)(change)
    app.action(views.ANSWER)(open_answer)
    app.view(answer_form.ANSWER_FORM)(answer)
    app.view_closed(answer_form.ANSWER_FORM)(show_draft)
    app.action(answer_form.DRAFT)(keep_draft)
    app.action(views.AS_BEFORE)(answer_as_before)
    app.action(views.LATER)(put_off)
    app.action(views.SKIP)(skip)
