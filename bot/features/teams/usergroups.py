"""Reads Slack's user groups, from which teams may take their members. Needs the optional scope `usergroups:read`."""

import asyncio
import logging
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

#: How long a person waits for the list of groups before the form opens without it, in seconds.
PATIENCE: Final = 1.2

_UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)


class Access(StrEnum):
    """Whether Slack told us of its user groups."""

    GRANTED = "granted"
    #: The scope was not granted.
    MISSING = "missing"
    #: Slack did not answer now.
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group: its name and handle as people know them, and its members' ids."""

    id: str
    name: str
    handle: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserGroups:
    """The workspace's user groups, as far as Slack told of them."""

    access: Access
    groups: dict[str, UserGroup] = field(default_factory=dict)


async def read_groups(client: AsyncWebClient, *, patience: float | None = None) -> UserGroups:
    """Every user group that is in use, with its members.

    ``patience``: seconds that somebody waits at the most.
    """
    try:
        async with asyncio.timeout(patience):
            answer = await client.usergroups_list(include_users=True)
    except _UNREACHABLE as fault:
        return UserGroups(_access(fault))
    groups = [_group(group) for group in answer.get("usergroups") or [] if not group.get("date_delete")]
    return UserGroups(Access.GRANTED, {group.id: group for group in sorted(groups, key=lambda each: each.name.lower())})


async def read_members(client: AsyncWebClient, group_id: str) -> tuple[str, ...] | None:
    """The members of a group now; None when Slack does not tell (the group is gone, the scope is)."""
    try:
        answer = await client.usergroups_users_list(usergroup=group_id)
    except _UNREACHABLE as fault:
        log.warning("Slack would not tell who is in the user group %s (%s).", group_id, fault)
        return None
    return tuple(answer.get("users") or ())


def _group(group: dict[str, Any]) -> UserGroup:
    handle = str(group.get("handle") or "")
    return UserGroup(str(group["id"]), str(group.get("name") or handle), handle, tuple(group.get("users") or ()))


def _access(fault: BaseException) -> Access:
    if isinstance(fault, SlackApiError) and fault.response.get("error") in ("missing_scope", "no_permission"):
        return Access.MISSING
    log.warning("Slack would not list its user groups (%s).", fault)
    return Access.UNREACHABLE
