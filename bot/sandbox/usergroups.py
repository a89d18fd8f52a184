"""User groups: named sets of people, such as `@search-ml`. Shapes: https://docs.slack.dev/reference/objects/usergroup-object"""

from bot.sandbox.records import Json
from bot.sandbox.workspace import Workspace


def add(workspace: Workspace, name: str, handle: str, members: list[str]) -> str:
    """Create a group and give its id. Names and handles are unique among groups, as in Slack."""
    for group in workspace.usergroups.values():
        if name == group["name"] or handle == group["handle"]:
            raise ValueError(f"There is a user group {name!r} or @{handle} already.")
    group_id = workspace.counters.id("S")
    now = int(workspace.clock())
    workspace.usergroups[group_id] = {
        "id": group_id, "team_id": workspace.team_id, "is_usergroup": True, "is_subteam": True, "name": name, "description": "", "handle": handle,
        "is_external": False, "date_create": now, "date_update": now, "date_delete": 0, "auto_type": None, "created_by": "USLACKBOT",
        "updated_by": "USLACKBOT", "deleted_by": None, "prefs": {"channels": [], "groups": []}, "users": list(members),
    }  # fmt: skip
    return group_id


def change(
    workspace: Workspace, group_id: str, *, members: list[str] | None = None, disabled: bool | None = None
) -> None:
    """Say who is in a group, or take it out of use and back."""
    group, now = workspace.usergroups[group_id], int(workspace.clock())
    group["date_update"] = now
    if members is not None:
        group["users"] = list(members)
    if disabled is not None:
        group["date_delete"], group["deleted_by"] = (now or 1, "USLACKBOT") if disabled else (0, None)


def present(workspace: Workspace, group: Json) -> list[str]:
    """Who is in a group; whoever left the organisation is in none."""
    people = workspace.people
    return [user for user in group["users"] if user in people and not people[user].deleted]
