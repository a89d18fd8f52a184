"""User groups as Slack tells of them."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import MANIFEST


async def test_groups_are_listed_without_members_and_counts_unless_asked_for(
    client: AsyncWebClient, slack: Sandbox, ana: str
) -> None:
    group = slack.add_user_group("Search folk", "search-ml", [ana])
    (plain,) = (await client.usergroups_list())["usergroups"]
    assert (plain["id"], plain["name"], plain["handle"]) == (group, "Search folk", "search-ml")
    assert not {"users", "user_count"} & plain.keys()
    (whole,) = (await client.usergroups_list(include_users=True, include_count=True))["usergroups"]
    assert (whole["users"], whole["user_count"]) == ([ana], 1)


async def test_members_of_a_group_are_those_who_are_still_there(
    client: AsyncWebClient, slack: Sandbox, ana: str, bo: str
) -> None:
    group = slack.add_user_group("Search folk", "search-ml", [ana, bo])
    assert (await client.usergroups_users_list(usergroup=group))["users"] == [ana, bo]
    await slack.change_person(bo, deleted=True)
    assert (await client.usergroups_users_list(usergroup=group))["users"] == [ana]


async def test_a_disabled_group_is_told_of_only_when_asked_for(
    client: AsyncWebClient, slack: Sandbox, ana: str
) -> None:
    group = slack.add_user_group("Search folk", "search-ml", [ana])
    slack.change_user_group(group, disabled=True)
    assert (await client.usergroups_list())["usergroups"] == []
    (found,) = (await client.usergroups_list(include_disabled=True))["usergroups"]
    assert found["date_delete"] > 0
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await client.usergroups_users_list(usergroup=group)
    assert (await client.usergroups_users_list(usergroup=group, include_disabled=True))["users"] == [ana]
    slack.change_user_group(group, disabled=False)
    assert (await client.usergroups_users_list(usergroup=group))["users"] == [ana]


async def test_unknown_groups_and_missing_arguments_are_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await client.usergroups_users_list(usergroup="S0NOBODY01")
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.api_call("usergroups.users.list")


def test_names_and_handles_are_unique(slack: Sandbox, ana: str) -> None:
    slack.add_user_group("Search folk", "search-ml", [ana])
    with pytest.raises(ValueError, match="already"):
        slack.add_user_group("Others", "search-ml", [])


@pytest.mark.parametrize("method", ["usergroups.list", "usergroups.users.list"])
async def test_the_scope_is_needed(method: str) -> None:
    async with Sandbox(MANIFEST, without_scopes=frozenset({"usergroups:read"})) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as refused:
            await client.api_call(method, params={"usergroup": "S1"})
        assert refused.value.response["error"] == "missing_scope"
        assert refused.value.response["needed"] == "usergroups:read"
