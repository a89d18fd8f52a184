"""usergroups.*: which groups of people there are, and who is in them."""

from bot.sandbox import usergroups
from bot.sandbox.errors import SlackError
from bot.sandbox.methods.registry import Call, Tier, method
from bot.sandbox.records import Json


def _draw(call: Call, group: Json) -> Json:
    members = usergroups.present(call.workspace, group)
    drawn = {name: value for name, value in group.items() if name != "users"}
    if call.args.flag("include_count"):
        drawn["user_count"] = len(members)
    if call.args.flag("include_users"):
        drawn["users"] = members
    return drawn


@method("usergroups.list", "usergroups:read", tier=Tier.T2)
def list_groups(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/usergroups.list: those in use, unless disabled ones are asked for, too."""
    disabled = call.args.flag("include_disabled")
    found = [group for group in call.workspace.usergroups.values() if disabled or not group["date_delete"]]
    return {"ok": True, "usergroups": [_draw(call, group) for group in found]}


@method("usergroups.users.list", "usergroups:read", tier=Tier.T2)
def list_users(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/usergroups.users.list: of a disabled group only with `include_disabled`."""
    group = call.workspace.usergroups.get(call.args.require("usergroup"))
    if group is None or (group["date_delete"] and not call.args.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"ok": True, "users": usergroups.present(call.workspace, group)}
