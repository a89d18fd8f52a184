"""views.*: modals and the Home tab."""

import json
from typing import Any

from bot.sandbox import blockkit
from bot.sandbox.errors import SlackError
from bot.sandbox.limits import LIMITS
from bot.sandbox.methods.registry import Call, Tier, method
from bot.sandbox.modals import STACK
from bot.sandbox.records import Json, View
from bot.sandbox.rendering import view_json
from bot.sandbox.workspace import Workspace


def check_view(view: Any, workspace: Workspace, *, kind: str = "", replacing: View | None = None) -> Json:  # noqa: ANN401 - any JSON
    """A view, checked against Slack's limits and completed with block ids.

    Args:
        view: The view as the app sent it.
        workspace: For files that blocks refer to, and for external ids that are taken.
        kind: `modal` or `home`, when only one will do.
        replacing: The view that this one takes the place of.
    """
    now = workspace.clock()
    ready = {key for key, record in workspace.files.items() if record.uploaded and record.ready_at <= now}
    faults = blockkit.view_faults(view, kind=kind, files=ready)
    if faults:
        raise SlackError("invalid_arguments", messages=faults)
    if len(json.dumps(view).encode()) > LIMITS["view.bytes"]:
        raise SlackError("view_too_large")
    external_id = view.get("external_id")
    holder = workspace.modals.by_external_id(external_id) if external_id else None
    if holder is not None and (replacing is None or holder.id != replacing.id):
        raise SlackError("duplicate_external_id")
    return {**view, "blocks": blockkit.complete(view["blocks"])}


def _given(call: Call) -> Any:  # noqa: ANN401 - any JSON; check_view judges it
    if not call.args.has("view"):
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: view"])
    return call.args.json("view")


def _answer(call: Call, view: View) -> Json:
    return {"ok": True, "view": view_json(view, call.workspace, call.app)}


def _trigger_id(call: Call) -> str:
    given = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    if not given:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: trigger_id"])
    return given


@method("views.open", tier=Tier.T4)
def open_view(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/views.open."""
    trigger_id = _trigger_id(call)
    definition = check_view(_given(call), call.workspace, kind="modal")
    trigger = call.tickets.redeem(trigger_id)
    trigger.used = True
    return _answer(call, call.workspace.modals.open(trigger.user, definition, channel=trigger.channel))


@method("views.push", tier=Tier.T4)
def push(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/views.push: only from within a modal, at most three deep."""
    trigger_id = _trigger_id(call)
    definition = check_view(_given(call), call.workspace, kind="modal")
    trigger = call.tickets.redeem(trigger_id)
    if not trigger.from_modal or call.workspace.modals.top(trigger.user) is None:
        raise SlackError("invalid_trigger_id")
    if len(call.workspace.modals.stacks[trigger.user]) >= STACK:
        raise SlackError("push_limit_reached")
    trigger.used = True
    return _answer(call, call.workspace.modals.push(trigger.user, definition))


@method("views.update", tier=Tier.T4)
def update(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/views.update: by `view_id` or `external_id`, guarded by `hash`."""
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: view_id"])
    definition = _given(call)
    modals = call.workspace.modals
    view = modals.get(view_id) if view_id else modals.by_external_id(external_id)
    checked = check_view(definition, call.workspace, kind=view.type if view else "", replacing=view)
    if view is None:
        raise SlackError("not_found")
    if call.args.text("hash") and call.args.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    return _answer(call, modals.publish(view.user, checked) if view.type == "home" else modals.update(view, checked))


@method("views.publish", tier=Tier.T4)
def publish(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/views.publish."""
    user = call.args.require("user_id")
    if user not in call.workspace.people:
        raise SlackError("user_not_found")
    if not call.app.home_enabled:
        raise SlackError("not_enabled")
    old = call.workspace.modals.homes.get(user)
    definition = check_view(_given(call), call.workspace, kind="home", replacing=old)
    if call.args.text("hash") and old is not None and call.args.text("hash") != old.hash:
        raise SlackError("hash_conflict")
    return _answer(call, call.workspace.modals.publish(user, definition))
