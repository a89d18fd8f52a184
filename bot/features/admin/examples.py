"""An example of everything that admins see."""

from typing import Any, Final

from bot.features.admin import channel_views, health_views, pair_views, setting_forms, team_views, views
from bot.features.admin.health import BackupHealth, Health
from bot.features.admin.shown import (
    PER_PAGE,
    Changed,
    ChannelPage,
    Entry,
    Level,
    Levels,
    Overview,
    Page,
    Preview,
    TeamPage,
)
from bot.features.announcements.vacancies import Vacancies
from bot.features.initiatives.examples import CHANNEL, NOW, OTHER, PERSON, Words, card, teams
from bot.features.matching.learning import Level as Standing
from bot.features.teams.usergroups import Access, UserGroup, UserGroups
from bot.slack.blocks import Message
from storage.channels import Channel, ChannelMode
from storage.digests import Digest
from storage.events import ProcessedEvent
from storage.preferences import Preferences
from storage.syncs import Cadence
from storage.undelivered import DeadGroup


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    faults = [ProcessedEvent(workspace_id="T1", key=str(number), fault="7F3A", received_at=NOW) for number in range(20)]
    return {
        "all is well": health_views.health(Health([], [], 214)),
        "something is wrong": health_views.health(
            Health([_dead(words, number) for number in range(50)], faults, 1, frozenset({PERSON}), _vacant(words))
        ),
        "all is well, backed up": health_views.health(Health([], [], 214), BackupHealth(NOW)),
        "all is well, some still to be read": health_views.health(Health([], [], 214), waiting=(190, 214)),
        "something is wrong, much still to be read": health_views.health(
            Health([_dead(words, number) for number in range(50)], faults, 1, vacant=_vacant(words)),
            BackupHealth(NOW, words.text),
            waiting=(999_999, 1_000_000),
        ),
        "never backed up": health_views.health(Health([], [], 214), BackupHealth()),
        "backup failed": health_views.health(Health([], [], 214), BackupHealth(NOW, words.text)),
        "backup late": health_views.health(Health([], [], 214), BackupHealth(NOW, is_late=True)),
        "one thing is wrong": health_views.health(Health([_dead(words, 1)], faults[:1], 1, frozenset({PERSON}))),
        "nobody leads something": health_views.health(Health([], [], 1, vacant=_vacant(words))),
        "tried again": health_views.tried_again(CHANNEL, 3),
        "nothing to try again": health_views.tried_again(PERSON, 0),
    }


def _dead(words: Words, number: int) -> DeadGroup:
    target = PERSON if number % 2 else f"{CHANNEL}{number}"
    return DeadGroup(target, words.text, number + 1, NOW, NOW)


def _vacant(words: Words) -> Vacancies:
    return Vacancies(
        tuple(card(words, id=number) for number in range(1, 30)), frozenset(range(1, 30)), ((1, words.name or "?", ""),)
    )


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every page and form of the settings."""
    first = {f"settings, {name}": views.overview(Overview(chosen, LEVELS, 142, 1)) for name, chosen in CHOICES.items()}
    return first | _setting_forms() | _channel_pages() | _team_pages(words) | {
        "no changes": views.changes([], LEVELS),
        "changes": views.changes(_changes(words), LEVELS),
        "which pair": pair_views.form(),
        "a pair explained": pair_views.form(_pair(words), [words.title, f"A: {words.text}", *[f"   {words.text}"] * 12]),
    }  # fmt: skip


LEVELS: Final = Levels(0.45)
CHOICES: Final = {
    "as it came": Preferences(),
    "all changed": Preferences(
        admins=tuple(f"U0EXAMPLE{number}" for number in range(30)), channel_mode=ChannelMode.QUIET, threshold=LEVELS.rarely, cadence=Cadence.MONTHLY,
        checkin_weekday=3, checkin_minute=600, deadline_minute=900, workdays=(3,), quiet_from=0, quiet_until=0, escalate_after_days=5, keep_days=90, keep_text_days=365,
    ),
    "an exact number": Preferences(threshold=0.5),
}  # fmt: skip


def _pair(words: Words) -> list[Entry]:
    return [Entry(number, words.title, words.text) for number in (1, 2)]


def _setting_forms() -> dict[str, dict[str, Any]]:
    previews = (
        Preview(0),
        Preview(3, {Level.BALANCED: 3, Level.RARELY: 1}),
        Preview(1, dict.fromkeys(list(Level)[:3], 1)),
        Preview(2),
        Preview(2, standing=Standing(0.45, 0.45, 0, 0)),
        Preview(2, standing=Standing(0.45, 0.52, 9, 5)),
    )
    drawn = {
        f"{page.value}, {name}": setting_forms.form(page, chosen, LEVELS)
        for page in (Page.CHECKINS, Page.ADMINS, Page.KEEPING)
        for name, chosen in CHOICES.items()
    }
    return drawn | {
        f"warning, {name}, {number}": setting_forms.warning_form(chosen, LEVELS, preview)
        for name, chosen in CHOICES.items()
        for number, preview in enumerate(previews)
    }


def _channel_pages() -> dict[str, dict[str, Any]]:
    kinds: tuple[dict[str, Any], ...] = (
        {},
        {"is_private": True, "mode": ChannelMode.OBSERVE},
        {"is_shared": True},
        {"is_shared": True, "mode": ChannelMode.QUIET},
    )
    rows = [
        Channel(workspace_id="T1", id=f"{CHANNEL}{number}", name="general", **kinds[number % 4])
        for number in range(PER_PAGE)
    ]
    shown = tuple((row, row.effective_mode(ChannelMode.QUIET)) for row in rows)
    digests = {row.id: Digest(workspace_id="T1", channel_id=row.id, weekday=4, updated_at=NOW) for row in rows[:2]}
    return {
        "no channels": channel_views.page(ChannelPage((), ChannelMode.ON)),
        "one channel": channel_views.page(ChannelPage(shown[:1], ChannelMode.QUIET, 0, 1)),
        "many channels": channel_views.page(ChannelPage(shown, ChannelMode.QUIET, PER_PAGE, 400, digests=digests)),
        "the last channels": channel_views.page(ChannelPage(shown[:3], ChannelMode.ON, PER_PAGE, PER_PAGE + 3)),
        "a channel that was looked for": channel_views.page(ChannelPage(shown[:1], ChannelMode.ON, found=rows[0].id)),
    }


def _team_pages(words: Words) -> dict[str, dict[str, Any]]:
    some = [
        team.model_copy(update={"lead_id": PERSON, "home_channel_id": CHANNEL, "user_group_id": "S1"})
        for team in teams(words, PER_PAGE)
    ]
    everybody = [(number, words.name or "?") for number in range(1, 901)]
    named = {f"S{number}": UserGroup(f"S{number}", words.name or "?", "handle") for number in range(350)}
    lists = {
        "granted": UserGroups(Access.GRANTED, named), "one": UserGroups(Access.GRANTED, {"S2": named["S2"]}),
        "missing": UserGroups(Access.MISSING), "unreachable": UserGroups(Access.UNREACHABLE),
    }  # fmt: skip
    drawn = {
        f"a team, groups {name}": team_views.form(some[0], [PERSON, OTHER], groups) for name, groups in lists.items()
    }
    return drawn | {
        "no teams": team_views.page(TeamPage(()), []),
        "a few teams": team_views.page(
            TeamPage(tuple((team, 1) for team in teams(words)), 0, 3),
            everybody[:3],
            notice=team_views.deleted(words.name),
        ),
        "many teams": team_views.page(TeamPage(tuple((team, 40) for team in some), PER_PAGE, 900), everybody),
        "a new team": team_views.form(None, [], lists["granted"]),
        "merging": team_views.merge_form(some[0], everybody),
        "merging the only team": team_views.merge_form(some[0], []),
    }


def _changes(words: Words) -> list[Changed]:
    chosen = [Preferences().model_dump(mode="json"), CHOICES["all changed"].model_dump(mode="json")]
    whole = {
        "name": words.name,
        "kind": "product",
        "lead_id": "",
        "home_channel_id": "",
        "user_group_id": "",
        "members": [PERSON],
    }
    edited = whole | {"lead_id": PERSON, "home_channel_id": CHANNEL, "user_group_id": "S1", "members": [OTHER] * 30}
    told: list[tuple[str, Any, Any]] = [
        *((name, chosen[0][name], chosen[1][name]) for name in views.NAMES), (f"channel.{CHANNEL}", None, "quiet"),
        ("team.1", None, whole), ("team.1", whole, None), ("team.1", whole, edited), ("merge.1", {}, {"into": 2}), ("part.1", {"into": 2}, {"into": None}),
    ]  # fmt: skip
    return [
        Changed(
            number,
            name,
            words.name,
            words.name,
            before,
            after,
            PERSON if number % 3 else "",
            NOW,
            undone=number % 3 == 1,
            stands=number % 3 == 0,
        )
        for number, (name, before, after) in enumerate(told, 1)
    ]
