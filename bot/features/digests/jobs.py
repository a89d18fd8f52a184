"""Wakes digests."""

import logging
from datetime import datetime

from bot.features.digests import service
from bot.slack.directory import Directory
from storage.database import Database, StoreUnavailable
from storage.unit_of_work import Scope

log = logging.getLogger(__name__)


async def sweep(db: Database, directory: Directory, scope: Scope, now: datetime) -> int:
    """Post what is due, each channel's composed by a reader and posted in a transaction of its own; how many were posted.

    Slack is asked first what kind of a channel it is by now. One that fails is logged and tried at the next turn.
    """
    posted = 0
    for channel_id in await db.read(scope, service.due, now):
        await directory.channel(channel_id)
        try:
            issue = await db.read(scope, service.compose, channel_id, now=now)
            posted += await db.write(scope, service.publish, channel_id, issue, now=now)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("The digest of %s failed; it is tried again", channel_id)
    return posted
