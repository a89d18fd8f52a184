"""users.*, bots.*, team.*, auth.* and api.*: who is who."""

from bot.sandbox.errors import SlackError
from bot.sandbox.methods.registry import Call, Tier, method, page
from bot.sandbox.records import Json, Person
from bot.sandbox.rendering import person_json


def _draw(call: Call, person: Person) -> Json:
    return person_json(person, call.workspace, email="users:read.email" in call.app.scopes)


@method("api.test", tier=Tier.FREE)
def api_test(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/api.test: says back what it is told."""
    if call.args.text("error"):
        raise SlackError(call.args.text("error"), args=call.args.given)
    return {"ok": True, "args": call.args.given}


@method("auth.test", tier=Tier.FREE)
def auth_test(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/auth.test."""
    return {
        "ok": True,
        "url": f"{call.base_url}/",
        "team": call.workspace.name,
        "user": call.workspace.people[call.me].name,
        "team_id": call.workspace.team_id,
        "user_id": call.me,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


@method("bots.info", "users:read", tier=Tier.T3)
def bots_info(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/bots.info."""
    wanted = call.args.text("bot") or call.app.bot_id
    person = next((p for p in call.workspace.people.values() if p.bot_id == wanted), None)
    if person is None:
        raise SlackError("bot_not_found")
    bot = {
        "id": person.bot_id,
        "deleted": False,
        "name": person.real_name,
        "updated": person.updated,
        "app_id": person.app_id,
    }
    return {"ok": True, "bot": bot | {"user_id": person.id, "icons": {}}}


@method("team.info", "team:read", tier=Tier.T3)
def team_info(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/team.info."""
    if call.args.text("team") not in {"", call.workspace.team_id}:
        raise SlackError("team_not_found")
    return {"ok": True, "team": call.workspace.team_json()}


@method("users.info", "users:read", tier=Tier.T4)
def users_info(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/users.info."""
    person = call.workspace.people.get(call.args.require("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"ok": True, "user": _draw(call, person)}


@method("users.list", "users:read", tier=Tier.T2)
def users_list(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/users.list: without a limit, everybody at once."""
    everybody = list(call.workspace.people.values())
    shown, following = page(everybody, call.args, default=max(len(everybody), 1))
    drawn = [_draw(call, person) for person in shown]
    return {
        "ok": True,
        "members": drawn,
        "cache_ts": int(call.workspace.clock()),
        "response_metadata": {"next_cursor": following},
    }


@method("users.lookupByEmail", "users:read.email", tier=Tier.T3)
def users_lookup_by_email(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/users.lookupByEmail."""
    wanted = call.args.require("email").lower()
    for person in call.workspace.people.values():
        if person.email.lower() == wanted and person.team_id == call.workspace.team_id and not person.deleted:
            return {"ok": True, "user": _draw(call, person)}
    raise SlackError("users_not_found")
