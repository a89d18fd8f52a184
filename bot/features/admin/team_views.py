"""Draws the page of teams, and the forms that make, change and merge them."""

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from bot.features.admin import views
from bot.features.admin.channel_views import turning
from bot.features.admin.shown import Page, TeamPage, mark_of
from bot.features.teams.organising import (
    FIELD_GROUP,
    FIELD_INTO,
    FIELD_LEAD,
    FIELD_MEMBERS,
    FIELD_NAME,
    KEPT,
    NAME_LENGTH,
)
from bot.features.teams.usergroups import Access, UserGroups
from bot.slack import blocks as b
from storage.teams import Team, TeamKind

PAGE: Final = "admin.teams"
NEW: Final = "admin.new_team"
MENU: Final = "admin.team"
FIND: Final = "admin.find_team"
FORM: Final = "admin.save_team"
MERGE_FORM: Final = "admin.merge_team"

FIELD_KIND: Final = "team.kind"
FIELD_CHANNEL: Final = "team.channel"
FIELD_EMPTY: Final = "team.empty"

#: What the options of one menu may take of a view's 250 kB.
_MENU_BYTES: Final = 180_000
#: "No user group" among the options.
BY_HAND: Final = "-"

NOT_GRANTED: Final = ("Members can also come from a Slack user group: grant me the optional scope `usergroups:read` (your app's "
                      "*OAuth &amp; Permissions*, then install it again).")  # fmt: skip
NOT_TOLD: Final = "Slack did not list its user groups just now. Whatever this team has stays as it is."


def page(state: TeamPage, everybody: Sequence[tuple[int, str]], *, notice: str = "") -> dict[str, Any]:
    """The teams, each with what can be done about it. ``everybody``: id and name of all, to find one of many."""
    top = [b.button("New team", NEW, style="primary")]
    if len(everybody) > len(state.teams):
        top.append(_menu(FIND, everybody, placeholder="Find a team…"))
    drawn: list[b.Block] = [*([b.context(notice)] if notice else []), b.actions(*top, block_id="teams")]
    if not state.teams:
        drawn.append(b.section("There are no teams yet. They come from the import, from announcements, and from here."))
    drawn += [_row(team, count) for team, count in state.teams]
    drawn += turning(state.offset, len(state.teams), state.total)
    return b.modal(
        "Teams", drawn, callback_id=PAGE, close="Back", metadata=views.metadata(Page.TEAMS, offset=state.offset)
    )


def _row(team: Team, count: int) -> b.Block:
    about = [
        team.kind.value,
        b.mention(team.lead_id) if team.lead_id else "no lead",
        f"{count} member{'' if count == 1 else 's'}",
    ]
    if team.user_group_id:
        about.append("from a user group")
    if team.home_channel_id:
        about.append(b.channel(team.home_channel_id))
    options = [
        b.option("Edit", f"edit:{team.id}"),
        b.option("Merge into another", f"merge:{team.id}"),
        b.option("Delete", f"delete:{team.id}"),
    ]
    return b.section(
        f"*{b.quote(team.name, 80)}*\n{' · '.join(about)}",
        accessory=b.overflow(MENU, options),
        block_id=f"team.{team.id}",
    )


def _menu(action_id: str, choices: Sequence[tuple[int, str]], *, placeholder: str) -> b.Element:
    options = [b.option(name, str(number)) for number, name in choices]
    return grouped(b.select(action_id, options[: b.OPTIONS], placeholder=placeholder), options)


def grouped(menu: b.Element, options: Sequence[dict[str, Any]]) -> b.Element:
    """A menu that offers all of the options: beyond a hundred in groups, which Slack's client searches as one list.

    A view holds 250 kB; of several thousand options those that would not fit are left out, and found by turning pages.
    """
    if len(options) <= b.OPTIONS:
        return menu
    sizes = accumulate(len(json.dumps(option)) for option in options)
    kept = [option for option, size in zip(options, sizes, strict=True) if size < _MENU_BYTES]
    parts = [kept[start : start + b.OPTIONS] for start in range(0, len(kept), b.OPTIONS)]
    labels = [f"{part[0]['text']['text'][:30]} – {part[-1]['text']['text'][:30]}" for part in parts]
    groups = [{"label": b.plain(label, b.OPTION), "options": part} for label, part in zip(labels, parts, strict=True)]
    return {name: value for name, value in menu.items() if name != "options"} | {"option_groups": groups}


# --- one team ---------------------------------------------------------------------------------------------------


def form(team: Team | None, members: Sequence[str], groups: UserGroups, *, offset: int = 0) -> dict[str, Any]:
    """The form of a team; ``team`` None: of a new one. ``offset``: the page of the list that lies under it.

    It carries marks of what it was filled with: what comes back as it was is nobody's choice, and another admin's, made
    meanwhile, stays.
    """
    kinds = [b.option("Product", TeamKind.PRODUCT.value, description="Builds for customers"),
             b.option("Central", TeamKind.CENTRAL.value, description="Serves the other teams")]  # fmt: skip
    lead, home = (team.lead_id, team.home_channel_id) if team is not None else ("", "")
    drawn: list[b.Block] = [
        b.field(FIELD_NAME, "Name", b.text_input("name", initial=team.name if team is not None else "", longest=NAME_LENGTH),
                hint="Capitals and blanks do not count. A former name still finds the team."),
        b.field(FIELD_KIND, "Kind", b.select("kind", kinds, initial=team.kind.value if team is not None else TeamKind.PRODUCT.value)),
        b.field(FIELD_LEAD, "Lead", b.person_select("lead", initial=lead), optional=True, hint="May change the team's initiatives."),
        b.field(FIELD_CHANNEL, "Home channel", b.channel_select("channel", initial=home), optional=True),
    ]  # fmt: skip
    leave = [
        (label, value) for label, value, now in (("No lead", "lead", lead), ("No home channel", "channel", home)) if now
    ]
    if leave:
        boxes = b.checkboxes("empty", [b.option(label, value) for label, value in leave])
        drawn.append(b.field(FIELD_EMPTY, "Take away", boxes, optional=True))
    drawn += _member_fields(team, members, groups)
    filled = {} if team is None else _marks({name: getattr(team, name) for name in KEPT} | {"members": members})
    return b.modal("Team" if team is not None else "New team", drawn, callback_id=FORM, submit="Save", close="Back",
                   metadata=views.metadata(Page.TEAMS, team=team.id if team is not None else 0, offset=offset, filled=filled))  # fmt: skip


def _marks(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: mark_of(sorted(value) if name == "members" else value) for name, value in values.items()}


def as_filled(view: Mapping[str, Any], typed: Mapping[str, Any]) -> set[str]:
    """Which fields of a form came back as they were filled."""
    filled = views.read_place(view)["filled"]
    return {name for name, mark in _marks({name: typed[name] for name in filled}).items() if mark == filled[name]}


def _member_fields(team: Team | None, members: Sequence[str], groups: UserGroups) -> list[b.Block]:
    drawn = [b.field(FIELD_MEMBERS, "Members", b.people_select("members", initial=members), optional=True,
                     hint="With a user group chosen below, its members count instead.")]  # fmt: skip
    if groups.access is not Access.GRANTED:
        return [*drawn, b.context(NOT_GRANTED if groups.access is Access.MISSING else NOT_TOLD)]
    known = team.user_group_id if team is not None else ""
    options = [b.option("None: members are chosen by hand", BY_HAND)]
    if known and known not in groups.groups:
        options.append(b.option("A group that is not in use any more", known))
    # The one that is chosen stands first: it must be among those that fit.
    ordered = sorted(groups.groups.values(), key=lambda group: group.id != known)
    options += [b.option(group.name, group.id, description=f"@{group.handle}") for group in ordered]
    menu = b.select("group", options[: b.OPTIONS], placeholder="Choose a user group…") | {
        "initial_option": next(option for option in options if option["value"] == (known or BY_HAND))
    }
    drawn.append(
        b.field(FIELD_GROUP, "Members from a user group", grouped(menu, options), hint="Read again every day.")
    )
    return drawn


def read_form(values: dict[str, Any]) -> dict[str, Any]:
    """What stands in the form of a team. ``user_group_id``: None where the form had no field for it, "" for none."""
    empty = b.read_value(values, FIELD_EMPTY) or ()
    group = b.read_value(values, FIELD_GROUP)
    return {
        "name": b.read_value(values, FIELD_NAME) or "",
        "kind": TeamKind(b.read_value(values, FIELD_KIND) or TeamKind.PRODUCT),
        "lead_id": "" if "lead" in empty else b.read_value(values, FIELD_LEAD) or "",
        "home_channel_id": "" if "channel" in empty else b.read_value(values, FIELD_CHANNEL) or "",
        "members": tuple(b.read_value(values, FIELD_MEMBERS) or ()),
        "user_group_id": "" if group == BY_HAND else group,
    }


def merge_form(team: Team, others: Sequence[tuple[int, str]], *, offset: int = 0) -> dict[str, Any]:
    """Into which team does it go? ``others``: id and name."""
    name = b.quote(team.name, 80)
    if not others:
        text = f"There is no other team that *{name}* could go into."
        return b.modal("Merge", [b.section(text)], callback_id=PAGE, close="Back")
    told = f"The work and the members of *{name}* move into the other team, which takes over its lead and home channel where it has none. The name *{name}* finds the other team from then on. *Recent changes* takes it back."
    field = b.field(FIELD_INTO, "Into", _menu("into", others, placeholder="Choose a team…"))
    return b.modal("Merge", [b.section(told), field], callback_id=MERGE_FORM, submit="Merge", close="Back",
                   metadata=views.metadata(Page.TEAMS, team=team.id, offset=offset))  # fmt: skip


def read_into(view: Mapping[str, Any]) -> int:
    """Into which team."""
    return int(b.read_value(view["state"]["values"], FIELD_INTO))


def deleted(name: str) -> str:
    """Said on the page of teams."""
    return f"*{b.quote(name, 80)}* is deleted. *Recent changes* takes it back."


def read_choice(action: Mapping[str, Any]) -> tuple[str, int]:
    """What was chosen for which team."""
    verb, _, number = action["selected_option"]["value"].rpartition(":")
    return verb or "edit", int(number)
