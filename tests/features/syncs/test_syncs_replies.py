"""Answers given as direct messages, on both databases: which message is one, what several say together, and what edits change."""

from datetime import timedelta

from bot.features.syncs import replies
from bot.features.syncs.replies import Said
from storage.outbox import OutboxRow
from storage.repository import Viewer
from storage.rounds import Answer, PromptState, Pulse, View
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.syncs.conftest import MONDAY, WEEK, Leads
from tests.features.syncs.test_syncs_answers import DAY, arranged, given, opened

ANA = Viewer(frozenset({"UANA"}))


def says(leads: Leads, text: str, *, ts: str = "5.1", thread_ts: str = "", viewer: Viewer = ANA) -> bool:
    """Ana writes to the bot."""
    return leads.db.write_now(Scope("T1", viewer), replies.hear, Said("UANA", text, ts, thread_ts), now=DAY)


def edits(leads: Leads, text: str, *, ts: str = "5.1", edited_ts: str = "6.0") -> bool:
    """Ana edits what she wrote."""
    return leads.db.write_now(Scope("T1", ANA), replies.hear_edit, Said("UANA", text, ts, "", edited_ts), now=DAY)


def thread(leads: Leads, what: str = "") -> str:
    """Where the message arrived that asked Ana."""

    def arrived(uow: UnitOfWork) -> OutboxRow | None:
        return uow.outbox.get(f"T1:prompt:{leads.prompt('UANA').id}{what}")

    row = leads.read(arrived)
    assert row is not None
    return row.arrived_ts


def answer(leads: Leads) -> tuple[Pulse, str, str]:
    """What Ana's answer says."""
    row = given(leads, "UANA")
    return row.pulse, row.changed, row.waiting_for


def confirmed(leads: Leads, ts: str = "5.1") -> str:
    """How her message was understood, as it says now."""
    key = f"prompt:{leads.prompt('UANA').id}:said:{ts}"
    return [*leads.sent("UANA", key), *leads.updates("UANA", key)][-1]


def test_a_plain_message_answers_the_one_check_in_that_waits(leads: Leads) -> None:
    arranged(leads)
    assert says(leads, "on track, load test done, waiting for GPU quota from Ads Platform team")
    assert answer(leads) == (Pulse.ON_TRACK, "load test done", "GPU quota")
    assert given(leads, "UANA").waiting_team_id is not None
    assert leads.prompt("UANA").state is PromptState.ANSWERED
    assert "Noted for *Online features × Feature store*: *on track*. Load test done. Waiting for GPU quota from Ads Platform." in confirmed(leads)  # fmt: skip
    assert "You answered Mon 18 Jan" in leads.updates("UANA", "prompt:")[-1]


def test_what_reads_like_no_answer_is_left_to_search_and_so_is_everything_when_nothing_waits(leads: Leads) -> None:
    assert not says(leads, "on track")
    arranged(leads)
    assert not says(leads, "feature store for ranking")
    assert not says(leads, "on track", thread_ts="7.7")
    assert leads.read(lambda uow: uow.rounds.answer(leads.prompt("UANA").id)) is None


def test_with_several_waiting_it_asks_which_and_takes_none(leads: Leads) -> None:
    leads.arrange(topic="GPU pool", overlap_id=None)
    arranged(leads)
    assert says(leads, "on track")
    assert "Several check-ins wait for you: *GPU pool* and *Online features × Feature store*" in leads.sent("UANA", "said:")[-1]  # fmt: skip
    assert {prompt.state for prompt in leads.prompts("UANA")} == {PromptState.SENT}


def test_whatever_stands_in_the_thread_counts_and_without_a_word_for_it_the_last_pulse_is_taken_and_said(leads: Leads) -> None:  # fmt: skip
    arranged(leads)
    assert says(leads, "Load test done", thread_ts=thread(leads))
    assert answer(leads) == (Pulse.ON_TRACK, "Load test done", "")
    assert "You did not say how it goes, so I took _on track_." in confirmed(leads)
    leads.answer("UANA", now=DAY, pulse=Pulse.AT_RISK)
    leads.sweep(DAY + timedelta(hours=9))
    leads.live(MONDAY + WEEK + timedelta(hours=10), since=MONDAY + WEEK)
    assert says(leads, "Schema agreed", ts="8.1", thread_ts=thread(leads))
    assert answer(leads) == (Pulse.AT_RISK, "Schema agreed", "")
    assert "I took _at risk_ from last time" in confirmed(leads, "8.1")


def test_a_reply_under_the_reminder_and_under_a_confirmation_counts_too_and_adds(leads: Leads) -> None:
    arranged(leads)
    leads.sweep(MONDAY + timedelta(hours=16))
    assert says(leads, "at risk, the quota is late", ts="5.1", thread_ts=thread(leads, ":reminder"))
    leads.sweep(MONDAY + timedelta(hours=16))
    assert says(leads, "waiting for <@UCLEO>", ts="5.2", thread_ts="5.1")
    assert answer(leads) == (Pulse.AT_RISK, "the quota is late", "")
    assert given(leads, "UANA").waiting_person_id == "UCLEO"
    assert given(leads, "UANA").edits == 1


def test_an_edit_of_the_message_changes_its_part_of_the_answer_and_the_confirmation(leads: Leads) -> None:
    arranged(leads)
    says(leads, "on track, load test done", ts="5.1")
    says(leads, "blocked by review", ts="5.2", thread_ts="5.1")
    assert edits(leads, "on track, load test at 9 ms", ts="5.1", edited_ts="6.0")
    assert answer(leads) == (Pulse.BLOCKED, "load test at 9 ms", "review")
    assert "Load test at 9 ms" in confirmed(leads)
    count = given(leads, "UANA").edits
    assert edits(leads, "on track, an older copy", ts="5.1", edited_ts="5.5")
    assert edits(leads, "on track, load test at 9 ms", ts="5.1", edited_ts="6.5")
    assert (answer(leads)[1], given(leads, "UANA").edits) == ("load test at 9 ms", count)
    assert not edits(leads, "never an answer", ts="9.9")


def test_a_form_takes_the_place_of_messages_and_a_message_adds_to_a_form(leads: Leads) -> None:
    arranged(leads)
    leads.answer("UANA", now=DAY, changed="From the form", helped_by=("UBEN",), clarity=4, views=((leads.overlap, View.SAME),))  # fmt: skip
    says(leads, "at risk, and one more thing", thread_ts=thread(leads))
    row = given(leads, "UANA")
    assert answer(leads) == (Pulse.AT_RISK, "From the form\none more thing", "")
    assert (row.helped_by, row.clarity) == (["UBEN"], 4)
    assert leads.read(lambda uow: uow.answers.views([row.prompt_id])) == {row.prompt_id: {leads.overlap: View.SAME}}
    leads.answer("UANA", now=DAY, changed="The form again")
    assert not edits(leads, "at risk, and nothing more")
    assert answer(leads)[1] == "The form again"


def test_as_before_in_words_is_as_before(leads: Leads) -> None:
    arranged(leads)
    leads.answer("UANA", now=DAY, pulse=Pulse.BLOCKED, changed="No quota", helped_by=("UBEN",))
    leads.sweep(DAY + timedelta(hours=9))
    opened(leads, day=MONDAY + WEEK)
    assert says(leads, "as before")
    assert answer(leads) == (Pulse.BLOCKED, "No quota", "")
    assert given(leads, "UANA").helped_by == []


def test_a_round_that_is_over_says_so_in_the_thread(leads: Leads) -> None:
    arranged(leads)
    old = thread(leads)
    leads.sweep(DAY + timedelta(hours=9))
    opened(leads, day=MONDAY + WEEK)
    assert says(leads, "on track", thread_ts=old)
    assert "The next round has opened since" in leads.sent("UANA", "said:")[-1]
    assert leads.read(lambda uow: uow.session.get(Answer, leads.prompts("UANA")[0].id)) is None


def test_who_left_the_private_channel_answers_nothing_by_message(leads: Leads) -> None:
    arranged(leads)
    where = thread(leads)

    def hide(uow: UnitOfWork) -> None:
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.audience = "G1"

    leads.write(hide)
    assert not says(leads, "on track")
    assert says(leads, "on track", thread_ts=where)
    assert "That check-in is not there any more" in leads.sent("UANA", "said:")[-1]
    assert leads.prompt("UANA").state is PromptState.SENT


def test_markup_becomes_words_and_an_unknown_name_stays_one(leads: Leads) -> None:
    arranged(leads)
    says(leads, "on track, see <https://x.example|the plan> &amp; ask <@UBEN>; waiting for quota from Atlantis")
    assert answer(leads) == (Pulse.ON_TRACK, "see the plan & ask Ben Okafor", "quota from Atlantis")
