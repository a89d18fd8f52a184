"""apps.connections.open: the door to Socket Mode."""

from bot.sandbox.methods.registry import Call, Tier, method
from bot.sandbox.records import Json


@method("apps.connections.open", tier=Tier.T2, app_token=True)
def open_connection(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/apps.connections.open: a WebSocket address that is good for one connection."""
    url = f"{call.base_url.replace('http', 'ws', 1)}/link/?ticket={call.tickets.socket()}&app_id={call.app.app_id}"
    return {"ok": True, "url": url}
