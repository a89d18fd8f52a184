"""What Slack's error codes mean for us (docs.slack.dev, the errors of each method)."""

from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What to do about an answer that is not ok."""

    #: It was not taken; the same call may work later.
    TRANSIENT = "transient"
    #: Slack itself does not know whether it was taken.
    DOUBTFUL = "doubtful"
    #: It will never work as it is.
    PERMANENT = "permanent"
    #: The token does not work any more; nothing will until somebody installs the app again.
    REVOKED = "revoked"


_TRANSIENT: Final = frozenset(
    {"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "org_login_required"}
)
_DOUBTFUL: Final = frozenset({"internal_error", "fatal_error", "request_timeout"})
_REVOKED: Final = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "app_uninstalled",
        "team_access_not_granted",
    }
)

#: Said to admins beside a message that was given up. Anything else is shown as "Slack refused it (code)".
_SENTENCES: Final = {
    "channel_not_found": "The channel no longer exists, or Rowbot was removed from it.",
    "not_in_channel": "Rowbot is not a member of that channel. Invite it with /invite @Rowbot.",
    "is_archived": "The channel is archived.",
    "channel_deleted": "The channel was deleted.",
    "not_installed": "It waited for more than a day while Rowbot was not installed.",
    "user_not_found": "That person is not in this workspace any more.",
    "account_inactive": "The account is deactivated.",
    "user_disabled": "That person's account is deactivated.",
    "cannot_dm_bot": "Bots cannot be sent direct messages.",
    "users_not_found": "That person is not in this workspace any more.",
    "restricted_action": "The workspace's settings do not let Rowbot post there.",
    "msg_too_long": "The message is longer than Slack allows.",
    "invalid_blocks": "Slack did not accept the layout of the message.",
    "missing_scope": "The app lacks a permission. Reinstall it from manifest.yml.",
    "message_not_found": "The message was deleted.",
    "user_not_in_channel": "That person is no longer in the channel.",
}


#: Answers that are about the place and not about the message: nothing else will arrive there either.
OUT_OF_REACH: Final = frozenset({"not_in_channel", "channel_not_found", "is_archived"})


def fate(code: str) -> Fate:
    """What to do about an error code; unknown ones are permanent."""
    if code in _TRANSIENT:
        return Fate.TRANSIENT
    if code in _DOUBTFUL:
        return Fate.DOUBTFUL
    return Fate.REVOKED if code in _REVOKED else Fate.PERMANENT


def sentence(code: str) -> str:
    """What an admin reads about an error code."""
    return _SENTENCES.get(code, f"Slack refused it ({code}).")
