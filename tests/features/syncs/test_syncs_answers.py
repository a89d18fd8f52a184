"""Answers made from live facts, on both databases: what is asked, what an answer changes, and whom it never tells."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.errors import BadInput, NotAllowed, NotFound
from bot.features.initiatives import service as initiatives
from bot.features.overlaps import service as overlaps
from bot.features.syncs import answer_form, answers
from bot.features.syncs.card import FIELD_SYSTEM, Asked, Questions, Report
from storage.initiatives import Initiative, Status, StatusChange
from storage.repository import MACHINE, Viewer
from storage.rounds import Answer, Pulse, View
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.syncs.conftest import MONDAY, NOW, WEEK, Leads

DAY = MONDAY + timedelta(hours=10)


def opened(leads: Leads, *, day: datetime = MONDAY) -> None:
    """Both were asked on this Monday."""
    leads.live(day + timedelta(hours=10), since=day)


def arranged(leads: Leads, **changes: Any) -> None:
    """A check-in of the two whose first round is open."""
    leads.arrange(**changes)
    opened(leads)


def asked(leads: Leads, person_id: str, *, viewer: Viewer = MACHINE, now: datetime = DAY) -> tuple[Asked, Questions]:
    """What the form of the latest prompt is filled with."""
    return leads.db.read_now(
        Scope("T1", viewer), answers.asked, leads.prompt(person_id).id, person_id=person_id, now=now
    )


def initiative(leads: Leads, number: int = 0) -> Initiative:
    """One of the two as it stands."""
    return leads.read(lambda uow: initiatives.require(uow, number or leads.mine))


def given(leads: Leads, person_id: str) -> Answer:
    """The answer to the latest prompt."""
    found: Answer | None = leads.read(lambda uow: uow.rounds.answer(leads.prompt(person_id).id))
    assert found is not None
    return found


def summary(leads: Leads) -> str:
    """The summary of the round, closed now."""
    leads.sweep(DAY + timedelta(hours=9))
    return [*leads.sent("C1", "summary:"), *leads.updates("C1", "summary:")][-1]


def registered(leads: Leads, title: str, **fields: Any) -> int:
    """Another initiative."""

    def put(uow: UnitOfWork) -> int:
        row = Initiative(workspace_id="T1", title=title, folded_title=fold(title), version=uow.workspaces.raise_version(), created_at=NOW, updated_at=NOW, **fields)  # fmt: skip
        return uow.initiatives.add(row).id

    return leads.write(put)


# --- what is asked ----------------------------------------------------------------------------------------------


def test_only_what_there_are_facts_behind_is_asked(leads: Leads) -> None:
    arranged(leads)
    _, questions = asked(leads, "UANA")
    assert (questions.title, questions.status) == ("Online features", Status.PROPOSED)
    assert [(each.title, each.team) for each in questions.overlaps] == [("Feature store", "Ads Platform")]
    assert [name for _, name in questions.teams] == ["Ads Platform", "Search ML"]
    assert questions.systems == ()
    leads.write(overlaps.not_related, leads.mine, leads.theirs, person_id="UANA", now=DAY)
    assert asked(leads, "UANA")[1].overlaps == ()


def test_who_may_not_change_the_work_is_not_asked_where_it_stands(leads: Leads) -> None:
    arranged(leads)
    leads.write(initiatives.hand_over, leads.mine, "UCLEO", person_id="UANA", now=DAY)
    leads.write(lambda uow: setattr(initiatives.require(uow, leads.mine), "created_by", ""))
    _, questions = asked(leads, "UANA")
    assert (questions.title, questions.status, questions.plan_is_kept) == ("Online features", None, False)


def test_three_overlaps_at_most_those_of_the_check_in_first_and_none_that_the_reader_may_not_see(leads: Leads) -> None:
    others = [registered(leads, f"Store {number}") for number in range(3)]
    secret = registered(leads, "Secret store", audience="G1")
    for other in (*others, secret):
        leads.write(lambda uow, other=other: uow.overlaps.between(leads.mine, other, now=NOW))
    arranged(leads)
    _, questions = asked(leads, "UANA", viewer=Viewer(frozenset({"UANA"})))
    assert [each.title for each in questions.overlaps] == ["Feature store", "Store 2", "Store 1"]
    leads.answer("UANA", now=DAY, views=tuple((each.id, View.SETTLED) for each in questions.overlaps))
    leads.live(MONDAY + WEEK + timedelta(hours=10), since=MONDAY + WEEK)
    _, questions = asked(leads, "UANA", viewer=Viewer(frozenset({"UANA"})), now=DAY + WEEK)
    assert [each.title for each in questions.overlaps] == ["Feature store", "Store 0"]


def test_the_form_begins_with_what_was_said_last_time_and_says_so(leads: Leads) -> None:
    arranged(leads)
    leads.answer("UANA", now=DAY, changed="Schema agreed", waiting_for="GPU quota", clarity=2)
    leads.live(MONDAY + WEEK + timedelta(hours=10), since=MONDAY + WEEK)
    view = answer_form.form(*asked(leads, "UANA", now=DAY + WEEK))
    fields = {block["block_id"]: block for block in view["blocks"] if "block_id" in block}
    assert fields["answer.changed"]["element"]["initial_value"] == "Schema agreed"
    assert "This is what you said last time" in fields["answer.changed"]["hint"]["text"]
    assert fields["answer.waiting_for"]["element"]["initial_value"] == "GPU quota"
    assert "initial_option" not in fields["answer.clarity"]["element"]
    leads.answer("UANA", now=DAY + WEEK, changed="Schema agreed", waiting_for="GPU quota")
    leads.sweep(DAY + WEEK + timedelta(hours=9))
    said = leads.sent("C1", "summary:")[-1]
    assert "As before: Schema agreed" in said
    assert "Waiting for GPU quota (7 days)" in said


def test_whoever_empties_what_they_waited_for_waits_for_the_team_no_more_and_whoever_names_another_does(leads: Leads) -> None:  # fmt: skip
    arranged(leads)
    team, other = leads.read(lambda uow: [team.id for team in uow.teams.all()][:2])
    leads.answer("UANA", now=DAY, waiting_for="GPU quota", waiting_team_id=team)
    leads.live(MONDAY + WEEK + timedelta(hours=10), since=MONDAY + WEEK)
    view = answer_form.form(*asked(leads, "UANA", now=DAY + WEEK))
    chosen: dict[str, Any] = {
        "answer.waiting_for": {"x": {"value": None}},
        "answer.team": {"x": {"selected_option": {"value": str(team)}}},
    }
    report = answer_form.read({**view, "state": {"values": chosen}})
    assert (report.waiting_for, report.waiting_team_id) == ("", None)
    chosen["answer.team"]["x"]["selected_option"] = {"value": str(other)}
    assert answer_form.read({**view, "state": {"values": chosen}}).waiting_team_id == other


# --- what an answer changes ---------------------------------------------------------------------------------------


def test_a_new_status_is_the_initiatives_with_its_history_and_the_summary_says_so(leads: Leads) -> None:
    arranged(leads)
    leads.answer("UANA", now=DAY, status=Status.PAUSED)
    assert initiative(leads).status is Status.PAUSED
    (change,) = leads.read(lambda uow: list(uow.session.exec(select(StatusChange))))
    assert (change.before, change.after, change.initiative_id) == (Status.PROPOSED, Status.PAUSED, leads.mine)
    assert "Now _paused_ (was proposed)" in summary(leads)
    leads.answer("UANA", now=DAY + timedelta(hours=10), status=Status.ACTIVE)
    assert "Now _active_ (was proposed)" in leads.updates("C1", "summary:")[-1]
    leads.answer("UANA", now=DAY + timedelta(hours=11), status=Status.PROPOSED)
    assert "(was" not in leads.updates("C1", "summary:")[-1]


def test_a_status_that_somebody_else_changed_meanwhile_is_not_turned_back_by_a_form_that_showed_the_old_one(leads: Leads) -> None:  # fmt: skip
    arranged(leads)
    view = answer_form.form(*asked(leads, "UANA"))
    leads.write(initiatives.set_status, leads.mine, Status.ACTIVE, person_id="UADMIN", now=DAY)
    chosen = {block["block_id"]: {"x": {"selected_option": block["element"]["initial_option"]}}
              for block in view["blocks"] if "initial_option" in block.get("element", {})}  # fmt: skip
    report = answer_form.read({**view, "state": {"values": chosen}})
    assert report.status is None
    leads.write(answers.answer, leads.prompt("UANA").id, report, person_id="UANA", now=DAY)
    assert initiative(leads).status is Status.ACTIVE


def test_a_changed_plan_becomes_a_dated_sentence_of_the_initiative_and_its_announcements_are_to_follow(leads: Leads) -> None:  # fmt: skip
    arranged(leads)
    before = initiative(leads).version
    leads.answer("UANA", now=DAY, plan="We serve  from Redis now")
    row = initiative(leads)
    assert row.summary == "Plan since 18 Jan 2027: We serve from Redis now"
    assert row.version > before
    assert leads.read(lambda uow: uow.announcements.behind()) == [leads.mine]
    assert "The plan now: We serve from Redis now" in summary(leads)
    leads.answer("UANA", now=DAY, plan="We serve from Feast now")
    assert initiative(leads).summary == "Plan since 18 Jan 2027: We serve from Feast now"
    leads.answer("UANA", now=DAY)
    assert initiative(leads).summary == ""


def test_a_plan_said_in_a_check_in_about_private_work_stays_in_it(leads: Leads) -> None:
    def hide(uow: UnitOfWork) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", ["UANA", "UBEN"], now=NOW)
        initiatives.require(uow, leads.theirs).audience = "G1"

    leads.write(hide)
    leads.arrange(overlap_id=None, channel_id="", thread_ts="")
    for moment in (MONDAY + timedelta(hours=8, minutes=30), MONDAY + timedelta(hours=9, minutes=30)):
        leads.write(lambda uow, moment=moment: uow.channels.replace_members("G1", ["UANA", "UBEN"], now=moment))
        leads.sweep(moment)
    leads.answer("UANA", now=DAY, plan="We reuse the secret store")
    assert initiative(leads).summary == ""
    assert given(leads, "UANA").plan == "We reuse the secret store"


def test_everything_that_was_said_is_kept_and_read_back_into_the_form(leads: Leads) -> None:
    legacy = registered(leads, "Nightly scorer", legacy=True, status=Status.ACTIVE)
    arranged(leads)
    report = Report(Pulse.BLOCKED, "Load test done", "GPU quota", None, ("UBEN",), "UCLEO", legacy, "Redis", 4, views=((leads.overlap, View.SAME),))  # fmt: skip
    leads.write(answers.answer, leads.prompt("UANA").id, report, person_id="UANA", now=DAY)
    said, questions = asked(leads, "UANA")
    assert said.reported is not None
    assert replace(said.reported.report, views=questions.views) == report
    assert (said.reported.person, said.reported.system) == ("Cleo Danso", "Nightly scorer")
    assert "Waiting for GPU quota from Cleo Danso and Nightly scorer" in leads.updates("UANA", "prompt:")[-1]
    edits = given(leads, "UANA").edits
    leads.write(answers.answer, leads.prompt("UANA").id, report, person_id="UANA", now=DAY + timedelta(minutes=5))
    assert given(leads, "UANA").edits == edits == 0


def test_a_system_that_the_reader_of_a_summary_may_not_see_is_not_named_there(leads: Leads) -> None:
    hidden = registered(leads, "Secret scorer", legacy=True, audience="UANA")
    arranged(leads)
    with pytest.raises(BadInput) as refused:
        leads.db.write_now(Scope("T1"), answers.answer, leads.prompt("UANA").id, Report(Pulse.BLOCKED, waiting_system_id=hidden), person_id="UANA", now=DAY)  # fmt: skip
    assert refused.value.field == FIELD_SYSTEM
    leads.answer("UANA", now=DAY, changed="", waiting_for="a rewrite", waiting_system_id=hidden)
    assert "Secret scorer" in leads.updates("UANA", "prompt:")[-1]
    said = summary(leads)
    assert "Waiting for a rewrite" in said
    assert "Secret scorer" not in said


def test_all_as_before_says_again_what_still_holds_and_nothing_that_happened_once(leads: Leads) -> None:
    arranged(leads)
    leads.answer("UANA", now=DAY, helped_by=("UBEN",), waiting_for="quota", waiting_person_id="UCLEO", plan="Redis", clarity=3, status=Status.ACTIVE,
                 views=((leads.overlap, View.SAME),))  # fmt: skip
    leads.live(MONDAY + WEEK + timedelta(hours=10), since=MONDAY + WEEK)
    leads.write(answers.as_before, leads.prompt("UANA").id, person_id="UANA", now=DAY + WEEK)
    row = given(leads, "UANA")
    assert (row.changed, row.waiting_for, row.waiting_person_id) == ("Schema agreed", "quota", "UCLEO")
    assert (row.helped_by, row.plan, row.clarity, row.status_after) == ([], "", None, None)
    assert leads.read(lambda uow: uow.answers.views([row.prompt_id])) == {row.prompt_id: {leads.overlap: View.SAME}}


# --- what they say together ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (View.SAME, View.SAME, "Still the same problem? both say _yes_."),
        (View.DIVERGING, View.DIVERGING, "both say _no, they are going different ways_."),
        (View.SETTLED, View.SETTLED, "both say _it is settled_."),
        (View.SAME, View.SETTLED, "Ana Ruiz says _yes_ and Ben Okafor says _it is settled_."),
        (View.SAME, None, "Still the same problem? Ana Ruiz says _yes_."),
    ],
)
def test_the_summary_says_whether_it_is_still_the_same_problem(leads: Leads, first: View, second: View | None, said: str) -> None:  # fmt: skip
    arranged(leads)
    leads.answer("UANA", now=DAY, views=((leads.overlap, first),))
    leads.answer("UBEN", now=DAY, views=((leads.overlap, second),) if second is not None else ())
    assert said in summary(leads)
    settled = first is second is View.SETTLED
    asks = [text for text in leads.sent("UANA", "sync:") if "Keep the check-in, or end it?" in text]
    assert len(asks) == int(settled)


def test_ending_what_is_settled_is_proposed_once_however_often_they_say_so(leads: Leads) -> None:
    arranged(leads)
    for week in range(3):
        later = week * WEEK
        if week:
            leads.live(MONDAY + later + timedelta(hours=10), since=MONDAY + later)
        for person_id in ("UANA", "UBEN"):
            leads.answer(person_id, now=DAY + later, views=((leads.overlap, View.SETTLED),))
        leads.sweep(DAY + later + timedelta(hours=9))
    for person_id in ("UANA", "UBEN"):
        assert len([text for text in leads.sent(person_id, "sync:") if "end it?" in text]) == 1


def test_how_clear_it_is_is_a_mean_of_five_or_more_and_never_somebodys_number(leads: Leads) -> None:
    people = ("UANA", "UBEN", "UCLEO", "UADMIN", "UFAY")
    leads.write(lambda uow: uow.people.meet("UFAY", name="Fay", zone="Europe/Lisbon", read_at=NOW))
    leads.arrange(people=people, work=(leads.mine,), overlap_id=None)
    leads.live(MONDAY + timedelta(hours=10), since=MONDAY)
    for number, person_id in enumerate(people[:4], 1):
        leads.answer(person_id, now=DAY, clarity=number)
    assert "How clear" not in summary(leads)
    leads.answer("UFAY", now=DAY + timedelta(hours=10), clarity=5)
    assert "How clear it is what the others do: 3.0 of 5 (n 5)." in leads.updates("C1", "summary:")[-1]


# --- drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_shown_and_gone_when_it_is_sent(leads: Leads) -> None:
    arranged(leads)
    number = leads.prompt("UANA").id
    report = Report(Pulse.AT_RISK, "half a sen", "GPU", None, ("UBEN",), "UCLEO", None, "Redis", 2, Status.PAUSED, ((leads.overlap, View.SAME),))  # fmt: skip
    leads.write(answers.keep_draft, number, report, person_id="UANA", said_at=DAY)
    leads.write(answers.keep_draft, number, Report(Pulse.DONE), person_id="UANA", said_at=DAY - timedelta(seconds=1))
    said, questions = asked(leads, "UANA", now=DAY + timedelta(minutes=2))
    assert questions.draft == report
    assert "Your draft of 10:00." in answer_form.form(said, questions)["blocks"][0]["text"]["text"]
    leads.write(answers.show_draft, number, person_id="UANA", now=DAY)
    assert "Your draft of 10:00 is kept" in leads.updates("UANA", "prompt:")[-1]
    leads.write(answers.answer, number, report, person_id="UANA", now=DAY + timedelta(minutes=3))
    assert asked(leads, "UANA")[1].draft is None
    assert not leads.write(answers.keep_draft, number, report, person_id="UANA", said_at=DAY + timedelta(minutes=2))
    assert asked(leads, "UANA")[1].draft is None


def test_a_draft_is_its_authors_alone(leads: Leads) -> None:
    arranged(leads)
    number = leads.prompt("UANA").id
    leads.write(answers.keep_draft, number, Report(Pulse.DONE, "mine"), person_id="UANA", said_at=DAY)
    with pytest.raises(NotAllowed):
        leads.write(answers.asked, number, person_id="UBEN", now=DAY)
    assert not leads.write(answers.show_draft, number, person_id="UBEN", now=DAY)
    assert not leads.write(answers.keep_draft, number, Report(Pulse.DONE, "theirs"), person_id="UBEN", said_at=DAY)
    assert asked(leads, "UANA")[1].draft == Report(Pulse.DONE, "mine")
    assert asked(leads, "UBEN")[1].draft is None
    assert "mine" not in summary(leads)


def test_when_the_next_round_opens_what_was_not_sent_is_forgotten(leads: Leads) -> None:
    arranged(leads)
    number = leads.prompt("UANA").id
    leads.write(answers.keep_draft, number, Report(Pulse.DONE, "mine"), person_id="UANA", said_at=DAY)
    leads.sweep(DAY + timedelta(hours=9))
    leads.live(MONDAY + WEEK + timedelta(hours=10), since=MONDAY + WEEK)
    assert leads.read(lambda uow: uow.answers.draft(number)) is None


def test_who_left_the_private_channel_keeps_no_draft(leads: Leads) -> None:
    arranged(leads)
    leads.write(lambda uow: setattr(initiatives.require(uow, leads.theirs), "audience", "G1"))
    number, own = leads.prompt("UANA").id, Scope("T1", Viewer(frozenset({"UANA"})))
    assert not leads.db.write_now(own, answers.keep_draft, number, Report(Pulse.DONE), person_id="UANA", said_at=DAY)
    with pytest.raises(NotFound):
        leads.db.read_now(own, answers.asked, number, person_id="UANA", now=DAY)
    assert leads.read(lambda uow: uow.answers.draft(number)) is None


def test_answers_are_counted_by_their_prompts_whatever_they_say(leads: Leads) -> None:
    arranged(leads)
    leads.answer("UANA", now=DAY, status=Status.PAUSED, plan="Redis", views=((leads.overlap, View.SAME),))
    assert "1 of 2 answered" in summary(leads)
    assert leads.read(lambda uow: list(uow.session.exec(select(col(Answer.prompt_id))))) == [leads.prompt("UANA").id]


def test_the_team_that_was_waited_for_stands_in_the_menu_however_many_there_are(leads: Leads) -> None:
    arranged(leads)
    said, questions = asked(leads, "UANA")
    teams = tuple((number, f"Team {number:03}") for number in range(1, 151))
    draft = Report(Pulse.BLOCKED, waiting_for="quota", waiting_team_id=150)
    text = json.dumps(answer_form.form(said, replace(questions, teams=teams, draft=draft)))
    assert '"initial_option": {"text": {"type": "plain_text", "text": "Team 150"' in text
