"""The page's inspector and its faults: what went over the wire, and what goes wrong on demand. Tests use the same doors."""

from typing import Any

from bot.sandbox.delivery import Delivery
from bot.sandbox.errors import NotPossibleError
from bot.sandbox.faults import Faults
from bot.sandbox.methods.registry import METHODS
from bot.sandbox.records import Json
from bot.sandbox.socket_mode import SocketCarrier
from bot.sandbox.traffic import Traffic

_FAREWELLS = {"warning", "refresh_requested", "link_disabled", "drop"}
_WHOLE = ("skip", "retry_after", "share", "copies")


class Inspection:
    """Answers the inspector."""

    def __init__(self, traffic: Traffic, faults: Faults, delivery: Delivery, sockets: SocketCarrier) -> None:
        self._traffic = traffic
        self._faults = faults
        self._delivery = delivery
        self._sockets = sockets

    async def traffic(self, given: Json) -> Json:
        """Rows that are new or different after the change `since`; with `channel` and `ts`, those that touch a message."""
        place = (given["channel"], given["ts"]) if given.get("channel") and given.get("ts") else None
        last = self._traffic.last_change
        return {"traffic": self._traffic.since(int(given.get("since") or 0), place), "last": last}

    async def entry(self, given: Json) -> Json:
        """One entry with all it carried."""
        entry = self._traffic.find(int(given["n"]))
        if entry is None:
            raise NotPossibleError("This is so long ago that it is not kept any more.")
        return {"entry": entry.details()}

    async def clear_traffic(self, given: Json) -> Json:
        """Forget what went over the wire."""
        self._traffic.clear()
        return {}

    async def faults(self, given: Json) -> Json:
        """What is planned, and the methods that may be named."""
        return {
            "faults": [plan.as_json() for plan in self._faults.planned],
            "methods": sorted([*METHODS, "response_url", "upload"]),
            "socket": len(self._sockets.connections),
        }

    async def plan(self, given: Json) -> Json:
        """Plan a fault of methods, of `events` or of the `socket`. `times` null: until it is taken back.

        Done at once are `reorder` of `events` (the next ones come last first) and of the `socket` a farewell's reason or `drop`.
        """
        method, fault = str(given["method"]), str(given["fault"])
        times = given.get("times", 1)
        if method == "events" and fault == "reorder":
            self._delivery.reorder_next(int(times))
            return {}
        if method == "socket" and fault in _FAREWELLS:
            return {"ended": await self._sockets.disconnect(fault, abruptly=fault == "drop")}
        options: dict[str, Any] = {key: int(given[key]) for key in _WHOLE if given.get(key) is not None}
        if given.get("seconds") is not None:
            options["seconds"] = float(given["seconds"])
        if given.get("code"):
            options["code"] = str(given["code"])
        plan = self._faults.on(method, fault, times=None if times is None else int(times), **options)
        return {"fault": plan.as_json()}

    async def stop(self, given: Json) -> Json:
        """Take one fault back (`number`), or all of them."""
        if given.get("number") is None:
            self._faults.clear()
        else:
            self._faults.off(int(given["number"]))
        return {}
