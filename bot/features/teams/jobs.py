"""Wakes: leads that an import named by address are looked up in Slack."""

from typing import Final

from bot.features.teams import service
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope

#: Look-ups in one run; the rest waits for the next.
LOOKUPS: Final = 50


async def find_leads(db: Database, directory: Directory, scope: Scope) -> None:
    """Find the Slack ids of leads that are known by address."""
    ids = await db.read(scope, service.leads_by_address)
    for address in [address for address, person_id in ids.items() if not person_id][:LOOKUPS]:
        await directory.id_of(address)
    await name_known_leads(db, scope)


async def name_known_leads(db: Database, scope: Scope) -> None:
    """The same without asking Slack: for people that we know already."""
    ids = await db.read(scope, service.leads_by_address)
    known = {address: person_id for address, person_id in ids.items() if person_id}
    if known:
        await db.write(scope, service.name_leads, known)
