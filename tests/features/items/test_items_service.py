"""What becomes of what people wait for, on both databases: who is told, once; who may not know; and how each ends."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.items import looking, service
from bot.features.syncs import answer_form, answers
from bot.features.syncs import service as syncs
from bot.features.syncs.closing import show_item
from bot.features.teams import organising
from storage.hours import Away
from storage.initiatives import Initiative
from storage.items import ItemState
from storage.repository import EVERYBODY
from storage.rounds import Answer, Prompt, Pulse
from storage.teams import fold
from storage.unit_of_work import UnitOfWork
from tests.features.items.conftest import Waiters
from tests.features.syncs.conftest import MONDAY, NOW, WEEK

TEN = MONDAY + timedelta(hours=10)
DAY = timedelta(days=1)


def told(waiters: Waiters, person_id: str) -> list[str]:
    """What somebody was told of items."""
    return waiters.sent(person_id, "item:")


# --- from answers -----------------------------------------------------------------------------------------------


def test_the_lead_of_the_team_is_told_once_however_often_the_answer_is_edited(asked: Waiters) -> None:
    asked.waits()
    asked.waits("GPU quota, 8 cards", now=TEN + timedelta(minutes=5))
    asked.answer(
        "UANA",
        now=TEN + timedelta(minutes=9),
        changed="x",
        waiting_for="GPU quota, 8 cards",
        waiting_team_id=asked.platform,
    )
    item = asked.item()
    assert (item.owner_id, item.state, item.waiter_id, item.initiative_id) == (
        "UMIA",
        ItemState.OPEN,
        "UANA",
        asked.mine,
    )
    assert (item.what, item.created_at) == ("GPU quota, 8 cards", TEN)
    assert len(told(asked, "UMIA")) == 1
    assert "*Search ML* (Ana Ruiz) waits for *GPU quota" in told(asked, "UMIA")[0]
    assert ", for *Online features*." in told(asked, "UMIA")[0]
    assert told(asked, "UANA") == []


def test_said_again_next_round_its_age_goes_on_and_nobody_is_told_again(asked: Waiters) -> None:
    asked.waits()
    asked.live(MONDAY + timedelta(hours=23), since=MONDAY)
    asked.open_round(MONDAY + WEEK)
    asked.waits("still the GPU quota", now=TEN + WEEK)
    assert asked.item().created_at == TEN
    assert len(told(asked, "UMIA")) == 1
    assert asked.listed("UANA", TEN + WEEK).own[0].days == 7


def test_another_thing_is_another_item_and_what_is_left_out_is_closed_with_a_way_back(asked: Waiters) -> None:
    asked.waits()
    asked.waits("Schema review", now=TEN + timedelta(minutes=5), waiting_team_id=None)
    first, second = asked.items()
    assert (first.state, second.state) == (ItemState.WITHDRAWN, ItemState.OPEN)
    assert "You did not name *GPU quota*" in told(asked, "UANA")[0]
    assert "does not wait for *GPU quota*" in told(asked, "UMIA")[0], "their message says so in its place"


@pytest.mark.parametrize(
    ("what", "pulse"), [("", Pulse.BLOCKED), ("nothing", Pulse.ON_TRACK), ("GPU quota", Pulse.DONE)]
)
def test_nothing_waited_for_or_work_that_is_done_closes_it(asked: Waiters, what: str, pulse: Pulse) -> None:
    asked.waits()
    asked.waits(what, pulse=pulse, waiting_team_id=None, now=TEN + timedelta(hours=1))
    assert asked.item().state is ItemState.WITHDRAWN


def test_an_answer_without_anything_makes_no_item(asked: Waiters) -> None:
    asked.answer("UANA", now=TEN)
    assert asked.items() == []


def test_all_as_before_goes_on_waiting_and_does_not_ask_again_for_what_was_done(asked: Waiters) -> None:
    asked.waits()
    asked.open_round(MONDAY + WEEK)
    asked.write(syncs.as_before, asked.prompt("UANA").id, person_id="UANA", now=TEN + WEEK)
    assert asked.item().stands
    asked.act(service.done, "UANA", now=TEN + WEEK)
    asked.open_round(MONDAY + 2 * WEEK)
    asked.write(syncs.as_before, asked.prompt("UANA").id, person_id="UANA", now=TEN + 2 * WEEK)
    assert asked.item().state is ItemState.DONE


def test_the_next_form_does_not_begin_with_what_was_done_meanwhile(asked: Waiters) -> None:
    asked.waits()
    asked.open_round(MONDAY + WEEK)

    def begins_with() -> str:
        fields = asked.read(answers.asked, asked.prompt("UANA").id, person_id="UANA", now=TEN + WEEK)
        return json.dumps(answer_form.form(*fields))

    assert '"initial_value": "GPU quota"' in begins_with()
    asked.act(service.done, "UMIA", now=TEN + WEEK)
    assert "Empty it if you have it" not in begins_with()
    assert '"initial_value": "GPU quota"' not in begins_with()


def test_named_again_within_a_week_of_done_it_was_not_and_the_same_answer_edited_leaves_it_done(asked: Waiters) -> None:
    asked.waits()
    asked.act(service.own, "UMIA", now=TEN)
    asked.act(service.done, "UMIA", now=TEN + DAY)
    asked.waits("GPU quota", now=TEN + DAY, pulse=Pulse.AT_RISK)
    assert asked.item().state is ItemState.DONE
    asked.open_round(MONDAY + WEEK)
    asked.waits(now=MONDAY + WEEK + timedelta(hours=9, minutes=40))
    assert (asked.item().state, asked.item().created_at) == (ItemState.OWNED, TEN)


# --- whose ------------------------------------------------------------------------------------------------------


def test_the_person_named_comes_before_the_team_and_a_system_has_its_lead_or_its_teams(asked: Waiters) -> None:
    def legacy(uow: UnitOfWork, lead: str) -> int:
        row = Initiative(workspace_id="T1", title="Nightly batch", folded_title=fold(f"Nightly batch {lead}"), lead_id=lead, legacy=True, team_id=asked.org,
                         version=uow.workspaces.raise_version(), created_at=NOW, updated_at=NOW)  # fmt: skip
        return uow.initiatives.add(row).id

    led, leadless = asked.write(legacy, "UMIA"), asked.write(legacy, "")
    for system, owner in ((led, "UMIA"), (leadless, "UOLA")):
        asked.write(name, asked.prompt("UANA").id, system_id=system, what=f"its export {system}")
        assert asked.items()[-1].owner_id == owner
    asked.write(name, asked.prompt("UANA").id, person_id="UBEN", team_id=asked.platform, what="an answer of Ben's")
    assert asked.items()[-1].owner_id == "UBEN"


def name(uow: UnitOfWork, prompt_id: int, *, what: str, now: datetime = TEN, **target: object) -> None:
    """An answer names something waited for, whatever the form offers."""
    prompt, _, sync = uow.rounds.around(uow.session.get_one(Prompt, prompt_id))
    given = uow.rounds.answer(prompt.id)
    if given is None:
        given = Answer(prompt_id=prompt.id, workspace_id="T1", pulse=Pulse.BLOCKED, created_at=now, updated_at=now)
        uow.session.add(given)
    given.waiting_for = what
    for field in ("team_id", "person_id", "system_id"):
        setattr(given, f"waiting_{field}", target.get(field, "" if field == "person_id" else None))
    uow.session.flush()
    service.follow(uow, given, prompt, sync, shown=show_item, now=now)


def test_a_team_without_a_lead_leaves_it_open_and_says_so_to_who_waits(asked: Waiters) -> None:
    asked.lead(asked.platform, "")
    asked.waits()
    assert asked.item().owner_id == ""
    assert "no lead is known for ML Platform" in told(asked, "UANA")[0]
    asked.act(service.own, "UCLEO", now=TEN)
    assert (asked.item().owner_id, asked.item().state) == ("UCLEO", ItemState.OWNED)


def test_who_leads_the_team_that_they_wait_for_is_not_asked_by_themselves(asked: Waiters) -> None:
    asked.lead(asked.platform, "UANA")
    asked.waits()
    assert asked.item().owner_id == ""


def away(waiters: Waiters, person_id: str, first_on: date, last_on: date) -> None:
    """Somebody is away."""
    row = Away(workspace_id="T1", person_id=person_id, first_on=first_on, last_on=last_on, created_at=NOW)
    waiters.write(lambda uow: uow.session.add(row))


def test_in_the_place_of_who_is_away_or_left_their_teams_lead_is_asked(asked: Waiters) -> None:
    away(asked, "UMIA", MONDAY.date(), MONDAY.date() + 5 * DAY)
    asked.write(name, asked.prompt("UANA").id, what="a look at the quota", person_id="UMIA")
    assert asked.item().owner_id == "UOLA"
    asked.person("UOLA", is_deleted=True)
    asked.look(TEN + timedelta(hours=1))
    assert asked.item().owner_id == "UMIA", "away is better than nobody"
    assert "In the place of Ola Berg, Mia Okoro is asked" in told(asked, "UANA")[-1]


def test_who_goes_away_before_a_word_is_replaced_and_who_took_it_keeps_it(asked: Waiters) -> None:
    asked.write(name, asked.prompt("UANA").id, what="a look at the quota", person_id="UMIA")
    away(asked, "UMIA", MONDAY.date() + DAY, MONDAY.date() + 9 * DAY)
    asked.look_daily(TEN + DAY, since=TEN)
    assert asked.item().owner_id == "UOLA"
    assert "Ola Berg is asked now." in asked.updates("UMIA", "item:")[-1]
    asked.act(service.own, "UOLA", now=TEN + DAY)
    away(asked, "UOLA", MONDAY.date() + 2 * DAY, MONDAY.date() + 9 * DAY)
    asked.look_daily(TEN + 3 * DAY, since=TEN + DAY)
    assert asked.item().owner_id == "UOLA"


def test_in_quiet_hours_nobody_is_told_before_their_morning(asked: Waiters) -> None:
    asked.person("UMIA", zone="America/Los_Angeles")
    asked.waits()
    assert told(asked, "UMIA") == []
    assert asked.listed("UMIA").owned == ()
    asked.look(MONDAY + timedelta(hours=15, minutes=59))
    assert told(asked, "UMIA") == []
    asked.look(MONDAY + timedelta(hours=16))
    asked.look(MONDAY + timedelta(hours=16, minutes=1))
    assert len(told(asked, "UMIA")) == 1


# --- what people do ---------------------------------------------------------------------------------------------


def test_only_the_sides_close_it_and_twice_is_once(asked: Waiters) -> None:
    asked.waits()
    with pytest.raises(NotAllowed):
        asked.act(service.done, "UCLEO", now=TEN)
    for _ in range(2):
        asked.act(service.done, "UMIA", now=TEN + DAY)
    assert [text for text in told(asked, "UANA") if "is done" in text] == told(asked, "UANA")
    assert len(told(asked, "UANA")) == 1
    with pytest.raises(Refusal, match="done since"):
        asked.act(service.own, "UCLEO", now=TEN + DAY)
    asked.act(service.reopen, "UANA", now=TEN + 2 * DAY)
    assert asked.item().state is ItemState.OPEN
    asked.act(service.done, "UANA", now=TEN + 2 * DAY)
    with pytest.raises(Refusal, match="more than a week"):
        asked.act(service.reopen, "UANA", now=TEN + 10 * DAY)


def test_two_who_press_at_once_are_one_owner_and_a_sentence(asked: Waiters) -> None:
    asked.waits()

    def press(person_id: str) -> str:
        try:
            asked.act(service.own, person_id, now=TEN)
        except Refusal as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, ("UMIA", "UCLEO")))
    owner = asked.item().owner_id
    assert sorted(said) == ["", f"<@{owner}> takes care of this already."]
    assert len([text for text in told(asked, "UANA") if "takes care of" in text]) == 1


def test_who_waits_can_not_own_it(asked: Waiters) -> None:
    asked.waits()
    with pytest.raises(Refusal, match="wait for this yourself"):
        asked.act(service.own, "UANA", now=TEN)


def test_not_mine_needs_a_name_or_a_reason_and_asks_the_next_once_even_back_and_forth(asked: Waiters) -> None:
    asked.waits()
    for fields, problem in (
        ({"to": "", "why": " "}, "Choose who"),
        ({"to": "UMIA", "why": ""}, "That is you"),
        ({"to": "UANA", "why": ""}, "wait for it themselves"),
    ):
        with pytest.raises(BadInput, match=problem):
            asked.act(service.not_mine, "UMIA", now=TEN, **fields)
    asked.act(service.not_mine, "UMIA", to="UCLEO", why="", now=TEN)
    with pytest.raises(NotAllowed, match="UCLEO"):
        asked.act(service.not_mine, "UMIA", to="", why="again", now=TEN)
    # It is night in Tokyo on Monday at 10 in Lisbon plus nine hours: 19:00, the quiet hours begin.
    asked.look(MONDAY + DAY)
    assert len(told(asked, "UCLEO")) == 1
    asked.act(service.not_mine, "UCLEO", to="UMIA", why="You buy them", now=TEN + DAY)
    assert len(told(asked, "UMIA")) == 2
    asked.act(service.not_mine, "UMIA", to="", why="No budget", now=TEN + DAY)
    assert asked.item().owner_id == ""
    assert "No budget" in told(asked, "UANA")[-1]
    asked.open_round(MONDAY + WEEK)
    asked.waits(now=TEN + WEEK)
    assert len(told(asked, "UMIA")) == 2, "who said that it is not theirs is not asked the same again"


# --- time -------------------------------------------------------------------------------------------------------


def test_after_two_working_days_it_goes_up_once_and_never_for_what_somebody_has(asked: Waiters) -> None:
    asked.waits()
    asked.look_daily(TEN + 2 * DAY - timedelta(hours=3), since=TEN)
    assert told(asked, "UOLA") == []
    asked.look_daily(TEN + 6 * DAY, since=TEN + 2 * DAY)
    assert len(told(asked, "UOLA")) == 1
    assert asked.item().escalated_to == "UOLA"
    assert len(told(asked, "UMIA")) == 1
    assert len(told(asked, "UANA")) == 1


def test_what_was_taken_up_is_not_taken_further(asked: Waiters) -> None:
    asked.waits()
    asked.act(service.own, "UMIA", now=TEN)
    asked.look_daily(TEN + 6 * DAY, since=TEN)
    assert told(asked, "UOLA") == []


def test_with_nobody_above_it_goes_nowhere_and_who_waits_hears_that_once(asked: Waiters) -> None:
    asked.lead(asked.org, "")
    asked.waits()
    asked.look_daily(TEN + 6 * DAY, since=TEN)
    assert asked.item().escalated_to == ""
    assert ["nobody above them" in text for text in told(asked, "UANA")] == [True]


def test_who_waits_hears_in_their_own_hours_that_it_was_taken_further(asked: Waiters) -> None:
    asked.waits()
    asked.person("UANA", zone="America/Los_Angeles")
    escalated_at = TEN + 2 * DAY  # two in the morning there
    asked.look_daily(escalated_at, since=TEN)
    assert len(told(asked, "UOLA")) == 1
    assert told(asked, "UANA") == []
    morning = escalated_at.replace(hour=16)
    asked.look(morning - timedelta(minutes=1))
    assert told(asked, "UANA") == []
    asked.look(morning)
    asked.look(morning + DAY)
    assert len(told(asked, "UANA")) == 1


def test_whoever_gets_it_in_their_night_after_it_was_taken_further_is_asked_in_the_morning(asked: Waiters) -> None:
    asked.waits()
    asked.look_daily(TEN + 2 * DAY, since=TEN)
    assert asked.item().escalated_to == "UOLA"
    night = TEN + 2 * DAY + timedelta(hours=1)  # 20:00 in Tokyo
    asked.act(service.not_mine, "UMIA", to="UCLEO", why="", now=night)
    assert told(asked, "UCLEO") == []
    asked.look(night + timedelta(hours=13))
    assert len(told(asked, "UCLEO")) == 1


def test_the_workspace_says_how_many_days(asked: Waiters) -> None:
    asked.write(lambda uow: uow.settings.change(person_id="UADMIN", now=NOW, escalate_after_days=4))
    asked.waits()
    asked.look_daily(TEN + 4 * DAY - timedelta(hours=3), since=TEN)
    assert told(asked, "UOLA") == []
    asked.look(TEN + 4 * DAY)
    assert len(told(asked, "UOLA")) == 1


def test_two_processes_take_it_up_once(asked: Waiters) -> None:
    asked.waits()
    at = TEN + 2 * DAY
    for _ in range(3):
        asked.write(lambda uow: setattr(uow.items.claim(asked.item().id), "next_at", at))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: asked.write(looking.do, asked.item().id, shown=show_item, now=at), range(4)))
    assert len(told(asked, "UOLA")) == 1
    assert len(told(asked, "UANA")) == 1


# --- who and what goes away -------------------------------------------------------------------------------------


def test_when_the_owner_leaves_somebody_else_is_asked_also_for_what_they_had_taken(asked: Waiters) -> None:
    asked.waits()
    asked.act(service.own, "UMIA", now=TEN)
    asked.person("UMIA", is_deleted=True)
    asked.look(TEN + timedelta(hours=1))
    assert asked.item().owner_id == ""
    assert "I know nobody else to ask" in told(asked, "UANA")[-1]
    assert asked.look(TEN + timedelta(hours=2)) == 0


def test_when_who_waits_leaves_it_closes_and_the_owner_hears_that(asked: Waiters) -> None:
    asked.waits()
    asked.act(service.own, "UMIA", now=TEN)
    asked.person("UANA", is_deleted=True)
    asked.look(TEN + timedelta(hours=1))
    assert asked.item().state is ItemState.WITHDRAWN
    assert "does not wait for *GPU quota*" in told(asked, "UMIA")[-1]


def test_a_new_lead_of_the_team_is_asked_in_the_place_of_the_former(asked: Waiters) -> None:
    asked.waits()
    asked.lead(asked.platform, "UCLEO")
    asked.look_daily(TEN + 2 * DAY, since=TEN)  # in Tokyo it is evening when the change is seen
    assert asked.item().owner_id == "UCLEO"
    assert "Cleo Danso is asked now." in asked.updates("UMIA", "item:")[-1]
    assert len(told(asked, "UCLEO")) == 1


def test_a_team_that_was_merged_is_the_other_ones_lead_and_a_deleted_one_is_nobodys(asked: Waiters) -> None:
    asked.waits()
    asked.write(organising.merge, asked.platform, asked.org, person_id="UADMIN", now=TEN)
    asked.look_daily(TEN + DAY, since=TEN)
    assert asked.item().owner_id == "UOLA"
    assert asked.listed("UANA", TEN + DAY).own[0].team == "Platform Org"


def test_a_check_in_that_ends_leaves_it_open_and_says_so_once_to_who_waits(asked: Waiters) -> None:
    asked.waits()
    asked.write(syncs.end, asked.sync().id, person_id="UBEN", now=TEN + DAY)
    assert asked.item().stands
    (said,) = [text for text in asked.sent("UANA", "sync:") if "stays open" in text]
    assert "*GPU quota* from ML Platform (1 day). Mia Okoro is asked." in said
    assert [text for text in asked.sent("UBEN", "sync:") if "stays open" in text] == []
    asked.act(service.done, "UMIA", now=TEN + DAY)
    assert asked.item().state is ItemState.DONE


# --- what nobody may learn --------------------------------------------------------------------------------------


def fresh(waiters: Waiters, *members: str, now: datetime) -> None:
    """Slack told just now who is in the private channel."""
    waiters.write(lambda uow: uow.channels.replace_members("G1", members, now=now))


def private_round(waiters: Waiters, *members: str) -> None:
    """A check-in about private work has opened."""
    waiters.make_private(*members)
    waiters.arrange(channel_id="", thread_ts="")
    fresh(waiters, *members, now=MONDAY + timedelta(hours=9, minutes=30))
    waiters.open_round()
    fresh(waiters, *members, now=TEN)


def test_who_is_not_in_the_channel_hears_nothing_and_who_waits_hears_why_once(waiters: Waiters) -> None:
    private_round(waiters, "UANA", "UBEN")
    waiters.waits()
    waiters.waits("GPU quota, 8 cards")
    assert waiters.sent("UMIA") == waiters.sent("UOLA") == []
    assert ["private to its channel, and Mia Okoro is not in it" in text for text in told(waiters, "UANA")] == [True]
    for person in ("UMIA", "UOLA", "UADMIN"):
        assert waiters.listed(person, TEN).owned == ()
        assert waiters.listed(person, TEN).public in (None, ())
        with pytest.raises(NotFound):
            waiters.act(service.own, person, now=TEN)
    assert waiters.read(lambda uow: uow.items.open_by_age()) == []


def test_a_member_is_told_but_not_the_lead_above_who_is_none(waiters: Waiters) -> None:
    private_round(waiters, "UANA", "UBEN", "UMIA")
    waiters.waits()
    assert len(told(waiters, "UMIA")) == 1
    at = TEN + 2 * DAY
    fresh(waiters, "UANA", "UBEN", "UMIA", now=at)
    waiters.look(at)
    assert waiters.sent("UOLA") == []
    assert "nobody above them" in told(waiters, "UANA")[-1]


def test_where_it_is_not_known_who_is_in_the_channel_it_waits(waiters: Waiters) -> None:
    private_round(waiters, "UANA", "UBEN", "UMIA")
    waiters.waits(now=TEN + timedelta(minutes=9))
    stale = TEN + 2 * DAY + timedelta(minutes=9)
    waiters.look(stale)
    assert waiters.item().escalated_at is None
    assert waiters.item().next_at == stale + timedelta(minutes=5)


def test_who_left_the_channel_neither_sees_nor_closes_it_and_their_message_says_nothing_any_more(
    waiters: Waiters,
) -> None:
    private_round(waiters, "UANA", "UBEN", "UMIA")
    waiters.waits()
    waiters.sweep(TEN)
    fresh(waiters, "UANA", "UBEN", now=TEN + timedelta(minutes=1))
    with pytest.raises(NotFound):
        waiters.act(service.own, "UMIA", now=TEN + timedelta(minutes=2))
    waiters.waits("GPU quota for the secret launch", now=TEN + timedelta(minutes=3))
    said = waiters.updates("UMIA", "item:") + waiters.sent("UMIA", "item:")
    assert not any("secret launch" in text for text in said)
    assert waiters.listed("UMIA", TEN + timedelta(minutes=3)).owned == ()


def reported(waiters: Waiters) -> list[tuple[int | None, int | None]]:
    """What a report of everybody's counts: the work that waits, and the team that it waits for."""

    def read(uow: UnitOfWork) -> list[tuple[int | None, int | None]]:
        rows = uow.seen_by(EVERYBODY).reports.waiting(since=NOW, until=MONDAY + WEEK)
        return [(row.initiative_id, row.team_id) for row in rows]

    return waiters.read(read)


def test_work_that_turns_private_takes_its_items_out_of_sight(asked: Waiters) -> None:
    asked.waits()
    assert [
        (each.item.what, each.waiting_team, each.team) for each in asked.read(lambda uow: uow.items.open_by_age())
    ] == [("GPU quota", "Search ML", "ML Platform")]
    assert reported(asked) == [(asked.mine, asked.platform)]
    asked.make_private("UANA", "UBEN", now=TEN)
    assert asked.read(lambda uow: uow.items.open_by_age()) == []
    assert reported(asked) == []
    assert asked.listed("UMIA", TEN).owned == ()
    assert asked.listed("UADMIN", TEN).public == ()
    with pytest.raises(NotFound):
        asked.act(service.done, "UMIA", now=TEN)


def test_a_channel_that_is_out_of_sight_closes_it_without_a_word(waiters: Waiters) -> None:
    private_round(waiters, "UANA", "UBEN", "UMIA")
    waiters.waits()
    before = len(told(waiters, "UMIA")), len(told(waiters, "UANA"))

    def delete(uow: UnitOfWork) -> None:
        uow.channels.meet("G1").is_deleted = True

    waiters.write(delete)
    waiters.look(TEN + DAY)
    assert waiters.item().state is ItemState.WITHDRAWN
    assert (len(told(waiters, "UMIA")), len(told(waiters, "UANA"))) == before


def test_when_work_is_opened_who_is_in_its_channel_stays_known_for_what_was_said_before(waiters: Waiters) -> None:
    private_round(waiters, "UANA", "UBEN", "UMIA")
    waiters.waits()

    def open_up(uow: UnitOfWork) -> None:
        uow.session.get_one(Initiative, waiters.theirs).audience = ""

    waiters.write(open_up)
    assert waiters.read(lambda uow: uow.channels.stale_private(now=TEN + DAY)) == ["G1"]
    assert waiters.read(lambda uow: uow.channels.holds_private_work("G1"))
    fresh(waiters, "UANA", "UBEN", "UMIA", now=TEN + DAY)
    waiters.act(service.done, "UMIA", now=TEN + DAY)
    assert waiters.item().state is ItemState.DONE


def test_what_is_said_where_private_work_has_come_in_stays_out_of_the_items_of_another_check_in(asked: Waiters) -> None:
    asked.waits()
    now = MONDAY + WEEK + timedelta(hours=10)
    asked.arrange(overlap_id=None, work=(asked.mine, asked.theirs), now=MONDAY + timedelta(hours=12))
    asked.sweep(now)
    latest = asked.prompt("UANA")

    def part(uow: UnitOfWork) -> None:
        first = uow.syncs.lock(asked.items()[0].sync_id)
        assert first is not None
        first.work = [asked.mine]
        for member in uow.syncs.members(first.id):
            if member.initiative_id == asked.theirs:
                member.initiative_id = None

    asked.write(part)
    asked.make_private("UANA", "UBEN", now=now)
    assert latest.round_id != asked.prompts("UANA")[0].round_id
    asked.waits("GPU quota for the secret launch", now=now)
    assert [item.what for item in asked.items()] == ["GPU quota", "GPU quota for the secret launch"]
