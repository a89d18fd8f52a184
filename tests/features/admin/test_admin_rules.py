"""The rules of the settings that need no store: times, numbers, levels, and how much a view holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.features.admin import settings, team_views
from bot.features.admin.shown import Level, Levels, TeamPage
from bot.features.teams.usergroups import Access, UserGroup, UserGroups
from bot.sandbox.blockkit import view_faults
from storage.preferences import Preferences
from storage.teams import Team
from tests.world import NOW

LEVELS = Levels(0.45)


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_hours_cover_what_a_clock_says(start: int, end: int, minute: int) -> None:
    inside = settings.is_quiet(Preferences(quiet_from=start, quiet_until=end), minute)
    hours = (end - start) % 1440
    assert inside is ((minute - start) % 1440 < hours)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"workdays": ()}, "workdays"), ({"workdays": (1, 2)}, "checkin_weekday"), ({"checkin_weekday": 5}, "checkin_weekday"),
     ({"deadline_minute": 9 * 60 + 30}, "deadline_minute"), ({"checkin_minute": 7 * 60}, "checkin_minute")],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_beside_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        settings.check_times(Preferences(**fields))
    assert refused.value.field == f"setting.{field}"


@pytest.mark.parametrize(("typed", "kept"), [("0.5", 0.5), (" 0,61 ", 0.61), (".2", 0.2), ("0.45", 0.45)])
def test_an_exact_threshold_is_read_as_people_write_it(typed: str, kept: float) -> None:
    assert settings.threshold_from(Preferences(), LEVELS, Level.EXACT, typed) == kept


def test_choosing_a_word_again_ignores_the_number_that_stood_in_the_form() -> None:
    before = Preferences(threshold=0.5)
    assert settings.threshold_from(before, LEVELS, Level.RARELY, settings.exact_of(before)) == LEVELS.rarely
    assert settings.threshold_from(before, LEVELS, Level.BALANCED, "") is None


@given(st.floats(0.2, 0.9))
def test_levels_keep_their_order_and_find_their_word_again(balanced: float) -> None:
    levels = Levels(balanced)
    assert 0 < levels.early < levels.balanced < levels.rarely < 1
    assert [levels.of(levels.number(each)) for each in (Level.EARLY, Level.BALANCED, Level.RARELY)] == [
        Level.EARLY,
        Level.BALANCED,
        Level.RARELY,
    ]


def test_thousands_of_teams_and_groups_fit_into_a_view() -> None:
    names = [(number, "🚣" * 74 + str(number % 10)) for number in range(6000)]
    groups = {f"S{number}": UserGroup(f"S{number}", name, "handle" * 20) for number, name in names}
    team = Team(id=1, workspace_id="T1", name="x", folded="x", user_group_id="S5999", created_at=NOW)
    for view in (
        team_views.page(TeamPage(((team, 3),), 0, 6000), names),
        team_views.merge_form(team, names),
        team_views.form(team, ["U1"], UserGroups(Access.GRANTED, groups)),
    ):
        assert view_faults(view, kind="modal", files=()) == []
        assert len(json.dumps(view)) < 250_000
