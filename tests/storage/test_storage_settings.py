"""Settings, the list of their changes, and the modes of channels."""

from datetime import timedelta

import pytest

from storage.channels import ChannelMode
from storage.database import Database
from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.preferences import Preferences
from storage.repository import Viewer
from storage.settings import SettingChange
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

ELSEWHERE = Scope("T2")


@pytest.fixture(autouse=True)
def workspaces(db: Database, scope: Scope) -> None:
    """Two workspaces."""
    for each in (scope, ELSEWHERE):
        db.write_now(each, lambda uow: uow.workspaces.ensure(now=NOW))


def change(uow: UnitOfWork, /, **fields: object) -> list[SettingChange]:
    return uow.settings.change(person_id="U1", now=NOW, **fields)


def test_what_nobody_chose_has_a_default(db: Database, scope: Scope) -> None:
    assert db.read_now(scope, lambda uow: uow.settings.preferences()) == Preferences()
    assert db.read_now(Scope("T9"), lambda uow: uow.settings.preferences()) == Preferences()


def test_a_change_is_kept_with_what_was_before_and_stays_in_its_workspace(db: Database, scope: Scope) -> None:
    db.write_now(scope, lambda uow: change(uow, keep_days=90, cadence="monthly"))
    (again,) = db.write_now(scope, lambda uow: change(uow, keep_days=120, cadence="monthly"))
    assert (again.name, again.before, again.after, again.person_id) == ("keep_days", 90, 120, "U1")
    rows = db.read_now(scope, lambda uow: [(row.name, row.before, row.after) for row in uow.settings.latest()])
    assert rows[0] == ("keep_days", 90, 120)
    assert set(rows[1:]) == {("keep_days", 30, 90), ("cadence", "weekly", "monthly")}
    assert db.read_now(ELSEWHERE, lambda uow: (uow.settings.latest(), uow.settings.preferences())) == (
        [],
        Preferences(),
    )
    for look in (lambda uow: uow.settings.get_change(again.id), lambda uow: uow.settings.lock_change(again.id)):
        assert db.write_now(ELSEWHERE, look) is None
        assert db.write_now(scope, look) is not None


def test_two_admins_at_once_lose_nothing_of_each_other(db: Database, scope: Scope) -> None:
    fields = [
        {"keep_days": 40},
        {"keep_text_days": 50},
        {"checkin_minute": 600},
        {"deadline_minute": 1000},
        {"quiet_from": 1200},
    ]
    futures = [db.submit(scope, change, **each) for each in fields for _ in range(4)]
    for future in futures:
        future.result()
    chosen = db.read_now(scope, lambda uow: uow.settings.preferences()).model_dump()
    assert {name: chosen[name] for each in fields for name in each} == {
        name: value for each in fields for name, value in each.items()
    }
    assert len(db.read_now(scope, lambda uow: uow.settings.latest(limit=100))) == len(fields)


@pytest.mark.parametrize(
    "fields", [{"threshold": 1.5}, {"checkin_minute": 1440}, {"keep_days": 1}, {"channel_mode": "loud"}]
)
def test_what_no_setting_can_hold_changes_nothing(db: Database, scope: Scope, fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        db.write_now(scope, lambda uow: change(uow, **fields))
    assert db.read_now(scope, lambda uow: (uow.settings.preferences(), uow.settings.latest())) == (Preferences(), [])


def test_the_default_mode_counts_where_nobody_chose_one(db: Database, scope: Scope) -> None:
    def meet(uow: UnitOfWork) -> None:
        uow.channels.meet("C1")
        uow.channels.meet("C2").mode = ChannelMode.ON
        uow.channels.meet("C3", is_shared=True)
        uow.channels.meet("C4", is_shared=True).mode = ChannelMode.QUIET
        change(uow, channel_mode=ChannelMode.OBSERVE)

    def modes(uow: UnitOfWork) -> list[str]:
        return [uow.channels.mode_of(uow.channels.get(each)).value for each in ("C1", "C2", "C3", "C4", "C9")]

    db.write_now(scope, meet)
    assert db.read_now(scope, modes) == ["observe", "on", "off", "quiet", "on"]


def test_channels_are_listed_by_name_without_those_that_the_viewer_may_not_know(db: Database, scope: Scope) -> None:
    def meet(uow: UnitOfWork) -> None:
        for number in range(9):
            uow.channels.meet(f"C{number}", name=f"team-{9 - number}")
        uow.channels.meet("CP", name="a-secret", is_private=True)
        uow.channels.meet("CA", name="archived").is_archived = True
        uow.channels.meet("CL", name="left").is_member = False
        uow.channels.meet("D1", name="direct")

    db.write_now(scope, meet)
    rows, total = db.read_now(scope, lambda uow: uow.channels.listed(offset=2, limit=3))
    assert ([row.name for row in rows], total) == (["team-3", "team-4", "team-5"], 9)
    inside = Scope(scope.workspace_id, Viewer(frozenset({"CP", "U1"})))
    rows, total = db.read_now(inside, lambda uow: uow.channels.listed(limit=1))
    assert ([row.name for row in rows], total) == (["a-secret"], 10)
    assert db.read_now(ELSEWHERE, lambda uow: uow.channels.listed()) == ([], 0)


def test_the_preview_counts_public_pairs_of_late_that_a_channel_was_shown(db: Database, scope: Scope) -> None:
    def make(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        ids = []
        for number, audience in enumerate(["", "", "", "G1", "G1"]):
            row = Initiative(
                workspace_id=uow.workspace_id,
                title="x",
                folded_title="x",
                audience=audience,
                version=number,
                created_at=NOW,
                updated_at=NOW,
            )
            ids.append(uow.initiatives.add(row).id)
        told: list[tuple[int, int, float, ShownTo, int]] = [
            (0, 1, 0.5, ShownTo.CHANNEL, 1), (0, 2, 0.8, ShownTo.CHANNEL, 1), (1, 2, 0.6, ShownTo.CHANNEL, 40), (1, 2, 0.7, ShownTo.AUTHOR, 1),
            (3, 1, 0.9, ShownTo.CHANNEL, 1), (2, 4, 0.9, ShownTo.CHANNEL, 1),
        ]  # fmt: skip
        for announced, candidate, probability, shown_to, days in told:
            uow.session.add(
                Match(workspace_id=uow.workspace_id, initiative_id=ids[announced], candidate_id=ids[candidate], position=1, probability=probability,
                      cosine=0, share=0, overlap=0, matcher="m", shown_to=shown_to, created_at=NOW - timedelta(days=days))
            )  # fmt: skip

    db.write_now(scope, make)
    since = NOW - timedelta(days=30)
    assert db.read_now(scope, lambda uow: uow.settings.best_public_matches(since=since)) == [0.8]
    assert db.read_now(ELSEWHERE, lambda uow: uow.settings.best_public_matches(since=since)) == []
