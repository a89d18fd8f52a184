"""What a digest says, and what it never says to whom."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from bot.features.digests import wording
from bot.features.digests.issue import Coming, Help, Wait
from bot.features.reports.standing import Outcome
from storage.channels import ChannelMode
from storage.initiatives import Status
from storage.items import Item, ItemState
from storage.overlaps import Verb
from storage.rounds import RoundState
from storage.syncs import SyncState
from tests.features.digests.conftest import MONDAY, NOW, WEEK, Stage

DAY = timedelta(days=1)


def said(stage: Stage, channel: str = "C1") -> str:
    """The whole digest, in words."""
    return "\n".join(wording.paragraphs(stage.issue(channel)))


# --- what is new ------------------------------------------------------------------------------------------------


def test_new_work_is_named_with_its_team_and_the_way_to_it_the_youngest_first(stage: Stage) -> None:
    one = stage.announce("Ranking with graphs")
    stage.announce("Bid shading", team="Ads Platform", lead="UBEN", at=NOW + DAY)
    stage.announce("Long ago", at=MONDAY - WEEK - timedelta(minutes=1))
    issue = stage.issue()
    assert [(card.title, card.team) for card in issue.new] == [
        ("Bid shading", "Ads Platform"),
        ("Ranking with graphs", "Search ML"),
    ]
    assert issue.new[1].link == f"https://row.slack.com/archives/C1/p{one}1"
    assert wording.paragraphs(issue)[0].endswith("2 new initiatives.")


def test_of_many_new_ones_five_are_named_and_the_rest_is_counted(stage: Stage) -> None:
    for number in range(8):
        stage.announce(f"Work {number}", at=NOW + timedelta(minutes=number))
    issue = stage.issue()
    assert [card.title for card in issue.new] == [f"Work {number}" for number in (7, 6, 5, 4, 3)]
    assert wording.paragraphs(issue)[1].endswith("• and 3 more")


def test_imports_are_counted_and_not_listed(stage: Stage) -> None:
    stage.announce("From a file", created_by="")
    issue = stage.issue()
    assert (issue.new, issue.announced, issue.imported, issue.registered) == ((), 0, 1, 1)
    assert wording.paragraphs(issue)[0].endswith("1 initiative imported.")


def test_what_was_taken_back_is_not_told(stage: Stage) -> None:
    stage.announce("Not meant", withdrawn_at=NOW)
    assert stage.issue().announced == 0


def test_work_that_ended_since_is_counted_by_how_it_ended(stage: Stage) -> None:
    shipped, stopped = (stage.announce(title, at=NOW - 3 * WEEK) for title in ("Drift watch", "Graph walk"))
    stage.announce("Shipped long ago", at=NOW - 3 * WEEK, status=Status.SHIPPED)
    for number, status in ((shipped, Status.SHIPPED), (stopped, Status.ABANDONED)):
        stage.write(
            lambda uow, n=number, s=status: uow.initiatives.change(
                uow.initiatives.named([n])[n], version=uow.workspaces.raise_version(), now=NOW + DAY, status=s
            )
        )
    issue = stage.issue()
    assert issue.ended == {Status.SHIPPED: 1, Status.ABANDONED: 1}
    assert wording.paragraphs(issue)[0].endswith("1 shipped, 1 stopped.")


def test_a_quiet_week_is_one_line(stage: Stage) -> None:
    stage.announce("Long ago", at=MONDAY - 3 * WEEK)
    assert said(stage) == "A quiet week: nothing new among 1 initiative."


def test_before_anything_is_registered_it_says_so(stage: Stage) -> None:
    assert said(stage) == "A quiet week: nothing is in the registry yet."


# --- overlaps ---------------------------------------------------------------------------------------------------


def test_overlaps_are_told_with_what_became_of_them_the_settled_ones_first(stage: Stage) -> None:
    one, other, third = (
        stage.announce(title, at=NOW - 3 * WEEK) for title in ("Feature store", "Online features", "Feature hub")
    )
    old = stage.overlap(one, other, at=NOW - 2 * WEEK)
    stage.overlap(one, third, at=NOW + DAY)
    stage.say(old, Verb.DIFFER, at=NOW + DAY)
    issue = stage.issue()
    assert (issue.found, issue.settled, issue.overlaps) == (1, 1, 2)
    assert [(pair.one.title, pair.other.title, pair.outcome) for pair in issue.pairs] == [
        ("Feature store", "Online features", Outcome.DIFFER), ("Feature store", "Feature hub", Outcome.OPEN),
    ]  # fmt: skip
    assert wording.paragraphs(issue)[0].endswith("1 overlap found, 1 settled.")


def test_what_was_settled_before_is_no_news(stage: Stage) -> None:
    one, other = (stage.announce(title, at=NOW - 3 * WEEK) for title in ("Feature store", "Online features"))
    stage.say(stage.overlap(one, other, at=NOW - 2 * WEEK), Verb.NOT_RELATED, at=MONDAY - WEEK - DAY)
    assert stage.issue().is_quiet


# --- who waits, who helped, what comes --------------------------------------------------------------------------


def item(stage: Stage, sync: int, *, days: int, **fields: Any) -> int:
    """Something that somebody waits for, for so many days on Monday."""
    at = MONDAY - days * DAY
    prompt = stage.answered(sync, "UANA", helped_by=(), closes_at=at)
    plain: dict[str, Any] = {
        "workspace_id": "T1",
        "sync_id": sync,
        "prompt_id": prompt,
        "waiter_id": "UANA",
        "what": "quota",
        "created_at": at,
        "updated_at": at,
    }
    return stage.add(Item(**plain | fields))


def test_what_waits_is_told_by_team_the_oldest_first_and_without_names(stage: Stage) -> None:
    sync = stage.sync()
    ads, data = (
        stage.write(lambda uow, n=name: uow.teams.ensure(n, now=NOW).id) for name in ("Ads Platform", "Data Tools")
    )
    night = stage.announce("Night scorer", at=NOW - 9 * WEEK, legacy=True)
    item(stage, sync, days=4, team_id=ads)
    item(stage, sync, days=12, person_id="UCLEO")
    item(stage, sync, days=2, team_id=data)
    item(stage, sync, days=1, system_id=night)
    item(stage, sync, days=30, team_id=ads, state=ItemState.DONE)
    item(stage, sync, days=31, team_id=ads, state=ItemState.WITHDRAWN)
    item(stage, sync, days=3, state=ItemState.OWNED)
    assert stage.issue().waits == (
        Wait("Data Tools", 2, 12),
        Wait("Ads Platform", 1, 4),
        Wait("", 1, 3),
        Wait("Night scorer", 1, 1),
    )
    assert (
        "*Waiting:* 5 items; the oldest wait for Data Tools (12 days), Ads Platform (4 days) and Night scorer (1 day)"
        in said(stage)
    )
    assert "Cleo" not in said(stage)


def test_teams_that_helped_are_thanked_in_the_order_of_their_names(stage: Stage) -> None:
    sync, work = stage.sync(), stage.announce("Ranking with graphs", at=NOW - 3 * WEEK)
    other = stage.sync(topic="Bids")
    stage.answered(sync, "UANA", helped_by=("UCLEO", "UBEN", "UANA", "UNOBODY"), work=work)
    stage.answered(other, "UBEN", helped_by=("UCLEO",))
    assert stage.issue().helped == (
        Help("Ads Platform", ("Search ML",)),
        Help("Data Tools", ("Ads Platform", "Search ML")),
    )
    assert "*Credits:* Ads Platform helped Search ML; Data Tools helped Ads Platform and Search ML" in said(stage)
    assert "Cleo" not in said(stage)


def test_credits_of_a_round_that_is_open_or_was_told_before_are_not_told(stage: Stage) -> None:
    stage.answered(stage.sync(), "UANA", helped_by=("UCLEO",), state=RoundState.OPEN)
    stage.answered(stage.sync(topic="Bids"), "UANA", helped_by=("UCLEO",), closes_at=MONDAY - WEEK - DAY)
    assert stage.issue().helped == ()


def test_the_check_ins_of_the_next_days_are_told_with_their_days(stage: Stage) -> None:
    stage.sync()
    stage.sync(topic="Bids", next_on=MONDAY.date(), thread_ts="")
    stage.sync(topic="Next Monday", next_on=(MONDAY + WEEK).date())
    stage.sync(topic="Paused", state=SyncState.PAUSED)
    assert stage.issue().coming == (
        Coming("Bids", date(2027, 1, 18), ""),
        Coming("Online features", date(2027, 1, 19), "https://row.slack.com/archives/C1/p55"),
    )


# --- privacy ----------------------------------------------------------------------------------------------------


def test_private_work_is_neither_named_nor_counted_outside_its_channel(stage: Stage) -> None:
    secret, public = stage.announce("Secret ranker", audience="C2"), stage.announce("Ranker", at=NOW - 3 * WEEK)
    stage.overlap(public, secret)
    issue = stage.issue()
    assert (issue.announced, issue.registered, issue.found, issue.is_quiet) == (0, 1, 0, True)
    inside = stage.issue("C2")
    assert ([card.title for card in inside.new], inside.registered, inside.found) == (["Secret ranker"], 2, 1)


def test_work_that_is_kept_to_a_person_or_another_channel_is_not_told_in_a_private_channel(stage: Stage) -> None:
    stage.write(lambda uow: uow.channels.meet("C3", name="other-lab", is_private=True))
    stage.announce("Kept to Ana", audience="UANA")
    stage.announce("Of another channel", audience="C3")
    assert stage.issue("C2").registered == 0


def test_a_private_channel_that_was_opened_tells_nothing_that_was_kept_to_its_members(stage: Stage) -> None:
    stage.announce("Secret ranker", audience="C2")
    stage.change("C2", is_private=False)
    assert stage.issue("C2").registered == 0


def talk(stage: Stage, **fields: Any) -> None:
    """A check-in with a credit, something that waits, and a next round."""
    sync = stage.sync(**fields)
    stage.answered(sync, "UANA", helped_by=("UCLEO",))
    item(stage, sync, days=3, audience=fields.get("audience", ""))


def told(stage: Stage, channel: str = "C1") -> tuple[bool, bool, bool]:
    """Whether waits, credits and next check-ins are told."""
    issue = stage.issue(channel)
    return bool(issue.waits), bool(issue.helped), bool(issue.coming)


def test_what_is_said_in_the_open_is_told(stage: Stage) -> None:
    talk(stage)
    assert told(stage) == (True, True, True)


def test_what_is_summed_up_for_its_participants_alone_is_theirs(stage: Stage) -> None:
    talk(stage, channel_id="", thread_ts="")
    assert told(stage) == (False, False, False)


def test_what_is_summed_up_in_a_private_channel_is_told_there_and_nowhere_else(stage: Stage) -> None:
    talk(stage, channel_id="C2")
    assert told(stage) == (False, False, False)
    assert told(stage, "C2") == (True, True, True)


def test_a_private_check_in_is_told_nowhere_else(stage: Stage) -> None:
    talk(stage, channel_id="C2", audience="C2")
    assert told(stage) == (False, False, False)
    assert told(stage, "C2") == (True, True, True)


def test_a_check_in_about_work_that_is_private_by_now_is_told_nowhere_else(stage: Stage) -> None:
    talk(stage, work=[stage.announce("Secret ranker", audience="C2")])
    assert told(stage) == (False, False, False)


def test_what_waits_for_a_system_that_is_kept_to_others_is_not_counted(stage: Stage) -> None:
    item(stage, stage.sync(), days=3, system_id=stage.announce("Secret mainframe", audience="C2"))
    assert stage.issue().waits == ()


def test_what_is_said_where_the_bot_is_still_by_now_is_not_told(stage: Stage) -> None:
    stage.write(lambda uow: uow.channels.meet("C4", name="quiet-place", is_private=False))
    talk(stage, channel_id="C4")
    assert told(stage) == (True, True, True)
    stage.change("C4", mode=ChannelMode.QUIET)
    assert told(stage) == (False, False, False)


# --- length -----------------------------------------------------------------------------------------------------


def test_however_much_happens_it_fits_on_one_screen(stage: Stage) -> None:
    numbers = [stage.announce(f"Work {number} " + "of a long name " * 9) for number in range(12)]
    for one, other in pairwise(numbers):
        stage.overlap(one, other)
    talk(stage)
    assert len(said(stage).splitlines()) <= 13
