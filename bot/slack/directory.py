"""What Slack knows about people and channels, kept in our tables so that nobody waits for a look-up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.errors import Fate, fate
from storage.database import Database
from storage.people import Person
from storage.repository import Viewer
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)

#: A person's entry older than this is read again when rights depend on it.
FRESH_FOR: Final = timedelta(minutes=10)
#: Membership look-ups while a person waits: as many at once, and no longer than this in all (seconds).
AT_ONCE: Final = 8
PATIENCE: Final = 1.5
PAGE: Final = 200

_UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)

#: Somebody who is told what Slack says of people.
Hears = Callable[[list[dict[str, Any]]], Awaitable[object]]


class Directory:
    """People and channels of one workspace."""

    def __init__(self, client: AsyncWebClient, db: Database, scope: Scope, *, clock: Clock) -> None:
        """``client`` may retry: everything here only reads."""
        self._client, self._db, self._scope, self._clock = client, db, scope, clock

    async def person(self, person_id: str, *, fresh: bool = False) -> Person:
        """The person; asks Slack when they are unknown (or, with ``fresh``, when what we know is over ten minutes old)."""
        known = await self._db.read(self._scope, _get_person, person_id)
        now = self._clock()
        if known is not None and known.read_at is not None and (not fresh or now - known.read_at < FRESH_FOR):
            return known
        try:
            answer = await self._client.users_info(user=person_id)
        except _UNREACHABLE as fault:
            log.warning("Slack would not tell about %s (%s).", person_id, fault)
            return known or Person(workspace_id=self._scope.workspace_id, id=person_id)
        user: dict[str, Any] = answer["user"]
        return await self._db.write(self._scope, keep_person, user, now)

    async def read_everybody(self, *, hears: Hears | None = None) -> int:
        """Read all people of the workspace; how many there are. 0 when Slack would not say.

        ``hears`` is told of each page what Slack says of the people on it, once it is written down.
        """
        cursor, count = "", 0
        while True:
            try:
                page = await self._client.users_list(limit=PAGE, cursor=cursor)
            except _UNREACHABLE as fault:
                log.warning("Slack would not list the people (%s); names are looked up one by one.", fault)
                return count
            members: list[dict[str, Any]] = page.get("members") or []
            await self._db.write(self._scope, keep_people, members, self._clock())
            if hears is not None:
                await hears(members)
            count += len(members)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return count

    async def hear_of(self, user: Mapping[str, Any]) -> bool:
        """Write down what an event says of a person; whether it told us something new.

        Slack tells of every change of anybody's profile: most change nothing that we keep.
        """
        known = await self._db.read(self._scope, _get_person, str(user["id"]))
        if known is not None and known.read_at is not None and not differs(known, user, self._scope.workspace_id):
            return False
        await self._db.write(self._scope, keep_person, user, self._clock())
        return True

    async def is_installed(self) -> bool | None:
        """Whether Slack accepts our token; None when it does not say."""
        try:
            await self._client.auth_test()
        except SlackApiError as fault:
            return False if fate(str(fault.response.get("error"))) is Fate.REVOKED else None
        except _UNREACHABLE:
            return None
        return True

    async def read_out_of_reach(self) -> None:
        """Ask again about channels that we believe we cannot post in: an event that told otherwise may have been missed."""
        for channel_id in await self._db.read(self._scope, _out_of_reach):
            await self.channel(channel_id)

    async def viewer(self, person_id: str) -> Viewer:
        """The eyes of a person: the public's, their own, and those of the private channels they are in right now.

        Membership that is over ten minutes old is read again; what cannot be read in time counts as "not a member".
        """
        await self.read_memberships()
        return await self._db.read(self._scope, viewer_of, person_id, self._clock())

    async def read_memberships(self, *, ahead: timedelta = timedelta()) -> None:
        """Bring the membership of channels that hold private work up to date, as far as Slack answers in time.

        ``ahead``: also of those that will be too old that much later.
        """
        stale = await self._db.read(self._scope, _stale_private, self._clock() + ahead)
        if not stale:
            return
        gate = asyncio.Semaphore(AT_ONCE)

        async def read(channel_id: str) -> None:
            async with gate:
                await self.read_members(channel_id)

        tasks = [asyncio.create_task(read(channel_id)) for channel_id in stale]
        _, late = await asyncio.wait(tasks, timeout=PATIENCE)
        for task in late:
            task.cancel()

    async def read_members(self, channel_id: str) -> None:
        """Read who is in a channel."""
        members: list[str] = []
        cursor = ""
        try:
            while True:
                page = await self._client.conversations_members(channel=channel_id, limit=PAGE, cursor=cursor)
                members += page["members"]
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except _UNREACHABLE as fault:
            log.warning("Slack would not tell who is in %s (%s).", channel_id, fault)
            return
        await self._db.write(self._scope, keep_members, channel_id, members, self._clock())

    async def channel(self, channel_id: str) -> Mapping[str, Any]:
        """What Slack says of a channel; empty when it says nothing (the bot cannot see it)."""
        try:
            answer = await self._client.conversations_info(channel=channel_id)
        except _UNREACHABLE:
            return {}
        channel: dict[str, Any] = answer["channel"]
        await self._db.write(self._scope, keep_channel, channel)
        return channel

    async def permalink(self, channel_id: str, ts: str) -> str:
        """The address of a message; "" when Slack does not give one."""
        try:
            answer = await self._client.chat_getPermalink(channel=channel_id, message_ts=ts)
        except _UNREACHABLE:
            return ""
        return str(answer["permalink"])

    async def id_of(self, email: str) -> str:
        """Slack's id of the person with this address; "" when unknown (or the scope is not granted)."""
        try:
            answer = await self._client.users_lookupByEmail(email=email)
        except SlackApiError:
            return ""
        except _UNREACHABLE:
            return ""
        user: dict[str, Any] = answer["user"]
        await self._db.write(self._scope, keep_person, user, self._clock())
        return str(user["id"])


def viewer_of(uow: UnitOfWork, person_id: str, now: datetime) -> Viewer:
    """The eyes of a person as our tables know them."""
    person = uow.people.get(person_id)
    if person is not None and person.is_external:
        return Viewer(frozenset())
    return Viewer(uow.channels.private_of(person_id, now=now) | {person_id})


def keep_person(uow: UnitOfWork, user: Mapping[str, Any], now: datetime) -> Person:
    """Write down what Slack says of a person."""
    known = said_of(user, uow.workspace_id)
    if not known["is_deleted"]:
        known["heirs_asked_at"] = None
    return uow.people.meet(str(user["id"]), **known, read_at=now)


def said_of(user: Mapping[str, Any], workspace_id: str) -> dict[str, Any]:
    """What Slack says of a person, by our names; what it leaves out is left out."""
    profile = user.get("profile") or {}
    name = user.get("real_name") or profile.get("real_name") or profile.get("display_name") or user.get("name") or ""
    home = (user.get("team_id"), (user.get("enterprise_user") or {}).get("enterprise_id"))
    known: dict[str, Any] = {
        "name": name, "is_bot": bool(user.get("is_bot")), "is_deleted": bool(user.get("deleted")),
        "is_admin": any(user.get(right) for right in ("is_admin", "is_owner", "is_primary_owner")),
        "is_external": bool(user.get("is_stranger")) or (bool(user.get("team_id")) and workspace_id not in home),
    }  # fmt: skip
    # Of deactivated people Slack says less: what was known of them stays.
    if user.get("tz") or not known["is_deleted"]:
        known["zone"] = user.get("tz") or ""
    if profile.get("email"):
        known["email"] = profile["email"]
    return known


def keep_people(uow: UnitOfWork, users: list[dict[str, Any]], now: datetime) -> None:
    """Write down a page of people."""
    for user in users:
        keep_person(uow, user, now)


def keep_members(uow: UnitOfWork, channel_id: str, members: list[str], now: datetime) -> None:
    """Write down who is in a channel."""
    uow.channels.replace_members(channel_id, members, now=now)


def keep_channel(uow: UnitOfWork, channel: Mapping[str, Any]) -> None:
    """Write down what Slack says of a channel."""
    row = uow.channels.meet(
        str(channel["id"]),
        name=str(channel.get("name") or ""),
        is_private=bool(channel.get("is_private") or channel.get("is_group")),
        is_shared=bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")),
    )
    row.is_archived, row.is_deleted = bool(channel.get("is_archived")), False
    if "is_member" in channel:
        row.is_member = bool(channel["is_member"])


def differs(known: Person, user: Mapping[str, Any], workspace_id: str) -> bool:
    """Whether Slack says something of a person that we do not have."""
    return any(getattr(known, name) != value for name, value in said_of(user, workspace_id).items())


def _out_of_reach(uow: UnitOfWork) -> list[str]:
    return uow.channels.out_of_reach()


def _get_person(uow: UnitOfWork, person_id: str) -> Person | None:
    return uow.people.get(person_id)


def _stale_private(uow: UnitOfWork, now: datetime) -> list[str]:
    return uow.channels.stale_private(now=now)
