"""What is on people's screens besides messages: stacks of modals, and Home tabs."""

import secrets
from typing import TYPE_CHECKING, Any

from bot.sandbox import facts
from bot.sandbox.records import Json, View

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

STACK = 3
"""How many modals may lie on each other: https://docs.slack.dev/surfaces/modals"""
_FIELDS = ("title", "submit", "close", "private_metadata", "callback_id", "external_id")
_FLAGS = ("clear_on_close", "notify_on_close")


class Modals:
    """Open modals, per person from the bottom to the top, and published Home tabs."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def clear(self) -> None:
        """Close everything without a word."""
        self.stacks.clear()
        self.homes.clear()

    def get(self, view_id: str) -> View | None:
        """The open modal or published Home tab of this id."""
        views = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        return next((view for view in views if view.id == view_id), None)

    def by_external_id(self, external_id: str) -> View | None:
        """The view that the app gave this id of its own."""
        views = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        return next((view for view in views if external_id and view.external_id == external_id), None)

    def top(self, user: str) -> View | None:
        """The modal that a person looks at."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, definition: Json, *, channel: str = "") -> View:
        """Open a modal; what was open before is gone, as a second `views.open` replaces it."""
        if self.stacks.get(user):
            self.close_all(user)
        return self._place(user, definition, "open", channel)

    def push(self, user: str, definition: Json) -> View:
        """Lay a modal on the open ones. The caller has checked that there is room."""
        return self._place(user, definition, "push", "")

    def update(self, view: View, definition: Json) -> View:
        """Replace what a modal shows; what was typed in inputs that are still there is kept."""
        fresh = self._build(view.user, definition)
        kept = typed_in(view, fresh.blocks)
        for name in ("type", "blocks", *_FIELDS, *_FLAGS):
            setattr(view, name, getattr(fresh, name))
        view.hash = fresh.hash
        view.state = kept
        self._workspace.tell(facts.ViewChanged(view, "update"))
        return view

    def publish(self, user: str, definition: Json) -> View:
        """Show a Home tab."""
        fresh = self._build(user, definition)
        old = self.homes.get(user)
        if old is not None:
            fresh.id = old.id
            fresh.state = typed_in(old, fresh.blocks)
        fresh.root_view_id = fresh.id
        self.homes[user] = fresh
        self._workspace.tell(facts.HomeChanged(fresh))
        return fresh

    def close_top(self, user: str) -> View | None:
        """Close the modal that a person looks at; the one below shows again."""
        stack = self.stacks.get(user, [])
        closed = [stack.pop()] if stack else []
        return self._closed(user, closed)

    def close_all(self, user: str) -> View | None:
        """Close the whole stack."""
        return self._closed(user, self.stacks.pop(user, []))

    def _closed(self, user: str, closed: list[View]) -> View | None:
        if closed:
            self._workspace.tell(facts.ViewsClosed(user, tuple(view.id for view in closed), self.top(user)))
        return closed[-1] if closed else None

    def _place(self, user: str, definition: Json, how: str, channel: str) -> View:
        stack = self.stacks.setdefault(user, [])
        view = self._build(user, definition)
        view.channel = channel or (stack[0].channel if stack else "")
        view.root_view_id = stack[0].id if stack else view.id
        view.previous_view_id = stack[-1].id if stack else ""
        stack.append(view)
        self._workspace.tell(facts.ViewChanged(view, how))
        return view

    def _build(self, user: str, definition: Json) -> View:
        now = self._workspace.clock()
        fields: dict[str, Any] = {name: definition[name] for name in _FIELDS if definition.get(name) is not None}
        fields |= {name: bool(definition.get(name)) for name in _FLAGS}
        return View(
            id=self._workspace.counters.id("V"),
            user=user,
            type=definition["type"],
            blocks=definition["blocks"],
            hash=f"{int(now)}.{secrets.token_hex(4)}",
            **fields,
        )


def typed_in(view: View, blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """What stays typed when `blocks` replace those of `view`: entries whose block, action and element type are the same."""
    kept: dict[str, dict[str, Json]] = {}
    for block in blocks:
        block_id = block.get("block_id", "")
        for element in elements_of(block):
            action_id = element.get("action_id", "")
            entry = view.state.get(block_id, {}).get(action_id)
            if entry is not None and entry.get("type") == element.get("type"):
                kept.setdefault(block_id, {})[action_id] = entry
    return kept


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block, those of nested cards and containers included."""
    found = [*block.get("elements", []), *block.get("actions", [])]
    found += [block[key] for key in ("element", "accessory") if key in block]
    for child in block.get("child_blocks", []):
        found += elements_of(child)
    if block.get("type") == "carousel":
        found = [action for card in block["elements"] for action in card.get("actions", [])]
    if block.get("type") in {"rich_text", "context"}:
        return []
    return [element for element in found if isinstance(element, dict)]
