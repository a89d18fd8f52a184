"""Wakes items: owners who are to be told, words that did not come, people who left."""

import logging
from datetime import datetime

from bot.features.items import looking
from bot.features.items.service import Shown
from bot.slack.directory import Directory
from storage.database import Database, StoreUnavailable
from storage.unit_of_work import Scope

log = logging.getLogger(__name__)


async def sweep(db: Database, directory: Directory, scope: Scope, shown: Shown, now: datetime) -> int:
    """Do everything that is due, each item in a transaction of its own; how many. One that fails holds nobody else up."""
    found = await db.read(scope, looking.due, now)
    if not found:
        return 0
    await directory.read_memberships()
    done = 0
    for item_id in found:
        try:
            done += await db.write(scope, looking.do, item_id, shown=shown, now=now)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("Item %d could not be followed; it is tried again", item_id)
    return done
