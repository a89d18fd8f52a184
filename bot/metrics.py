"""What `/metrics` shows (Prometheus)."""

from prometheus_client import Counter, Gauge, Histogram

#: Seconds; the aims are 15 ms to the commit and 35 ms to Slack, the limit is Slack's 3 s.
_SECONDS = (0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10, 30, 120)

REQUESTS = Counter("rowbot_requests", "Requests from Slack by kind and answer", ["kind", "status"])
REQUEST_SECONDS = Histogram(
    "rowbot_request_seconds", "From the last byte of a request to its answer", ["kind"], buckets=_SECONDS
)
MESSAGES = Counter("rowbot_messages", "Messages heard, by what they were taken for", ["verdict"])
ANNOUNCEMENTS = Counter("rowbot_announcements", "Announcements registered, by door", ["door"])
WARNINGS = Counter("rowbot_warnings", "Announcements answered, by outcome", ["outcome"])
EVENTS_FAILED = Counter("rowbot_events_failed", "Events that could not be handled and were set aside")
DELIVERIES = Counter("rowbot_deliveries", "Messages that left the outbox, by verb and outcome", ["verb", "outcome"])
DELIVERY_SECONDS = Histogram(
    "rowbot_delivery_seconds", "From a message's due time to Slack's answer", ["verb"], buckets=_SECONDS
)
OUTBOX = Gauge("rowbot_outbox", "Messages in the outbox by state", ["state"])
OUTBOX_OLDEST = Gauge("rowbot_outbox_oldest_seconds", "How long the message that is due the longest has waited")
CHECKINS = Counter(
    "rowbot_checkins", "Pieces of check-ins done: people asked or reminded, rounds opened or closed", ["kind"]
)
CHECKINS_DUE = Gauge("rowbot_checkins_due", "Pieces of check-ins that are due and not done yet", ["kind"])
CHECKINS_OLDEST = Gauge(
    "rowbot_checkins_oldest_seconds", "How long the piece of a check-in that is due the longest has waited"
)
INDEX_ENTRIES = Gauge("rowbot_index_entries", "Initiatives in the search index of this process")
INDEX_WAITING = Gauge(
    "rowbot_index_waiting", "Initiatives found by their words alone until the embedder of this process has read them"
)
BACKUPS = Counter("rowbot_backups", "Nightly backups, made or failed", ["outcome"])
BACKUP_TAKEN = Gauge(
    "rowbot_backup_taken_seconds", "When the youngest backup was taken, in seconds since 1970; 0: none"
)
SOCKETS = Gauge("rowbot_socket_connected", "1 while the Socket Mode connection stands")
