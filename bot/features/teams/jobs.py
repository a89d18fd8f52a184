"""Wakes: leads that an import named by address are looked up in Slack; teams follow their user groups."""

from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.features.teams import service, usergroups
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


async def follow_user_groups(client: AsyncWebClient, db: Database, directory: Directory, scope: Scope) -> None:
    """Read the user groups that teams follow, in one call, and let the teams have their members."""
    followed = await db.read(scope, service.groups_followed)
    if not followed:
        return
    told = await usergroups.read_groups(client)
    members = {group_id: told.groups[group_id].members for group_id in followed if group_id in told.groups}
    for person_id in (await db.read(scope, service.unknown_of, members))[:LOOKUPS]:
        await directory.person(person_id)
    if members:
        await db.write(scope, service.follow_groups, members)
