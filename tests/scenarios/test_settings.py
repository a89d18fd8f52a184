"""`/rowbot settings`: what admins choose, that it counts, and that each choice can be taken back."""

import asyncio
from typing import Any

import pytest

from bot.process import Process
from storage.unit_of_work import UnitOfWork
from tests.scenarios.dialogs import (
    SAME_STORE,
    STORE,
    STORE_TITLE,
    Json,
    announced,
    elements,
    labels,
    quiet,
    reply_text,
    seeded,
    ticked,
)
from tests.world import Team, everything


async def opened(team: Team, page: str = "", *, person: str = "") -> Json:
    """The settings on an admin's screen, or a page of them."""
    person = person or team.admin
    await team.slack.command(person, team.channel, "/rowbot settings")
    if page:
        await team.slack.click_in_view(person, team.slack.views_of(person)[-1]["id"], "admin.open", value=page)
    return shown(team, person=person)


def shown(team: Team, depth: int = -1, *, person: str = "") -> Json:
    """A modal of the admin's stack, the one on top unless said otherwise."""
    return team.slack.views_of(person or team.admin)[depth]


async def press(team: Team, action: str, value: Any = None, *, block_id: str | None = None) -> None:
    """Use something on the page on top."""
    await team.slack.click_in_view(team.admin, shown(team)["id"], action, value=value, block_id=block_id)


async def saved(team: Team, **values: Any) -> dict[str, str]:
    """Send the form on top; the refusals beside its fields."""
    given = {name.replace("__", "."): value for name, value in values.items()}
    return (await team.slack.submit(shown(team)["id"], given)).errors


async def undo_latest(team: Team) -> None:
    """*Undo* beside the youngest change."""
    page = await opened(team, "changes")
    button = next(element for element in elements(page) if element["action_id"] == "admin.undo")
    await press(team, "admin.undo", button["value"])


async def threshold(bot: Process) -> float | None:
    return (await bot.bot.db.read(bot.bot.scope, lambda uow: uow.settings.preferences())).threshold


async def team_names(bot: Process) -> list[str]:
    def read(uow: UnitOfWork) -> list[str]:
        return [team.name for team in uow.teams.all()]

    return await bot.bot.db.read(bot.bot.scope, read)


# --- who, and the first page ------------------------------------------------------------------------------------


async def test_everybody_else_gets_a_sentence(team: Team, bot: Process) -> None:
    said = await team.slack.command(team.ana, team.channel, "/rowbot settings")
    assert "Only admins" in said.text
    assert team.slack.views_of(team.ana) == []


async def test_one_command_opens_all_settings_and_each_page_says_its_default(team: Team, bot: Process) -> None:
    first = await opened(team)
    pages = [element["value"] for element in elements(first) if element["action_id"] == "admin.open"]
    assert pages == ["channels", "warning", "teams", "checkins", "admins", "keeping", "changes"]
    for page in ("channels", "warning", "checkins", "admins", "keeping"):
        assert "Default: " in everything(await opened(team, page)), page
        assert team.slack.views_of(team.admin)[0]["callback_id"] == "admin.overview"


async def test_what_is_saved_shows_on_the_first_page_and_can_be_undone(team: Team, bot: Process) -> None:
    await opened(team, "keeping")
    assert await saved(team, setting__keep_days="90", setting__keep_text_days="365") == {}
    assert len(team.slack.views_of(team.admin)) == 1
    assert "90 days; texts of announcements 365 days" in everything(shown(team))
    page = await opened(team, "changes")
    for button in [element for element in elements(page) if element["action_id"] == "admin.undo"]:
        await press(team, "admin.undo", button["value"])
    assert "30 days; texts of announcements for as long as the registry" in everything(shown(team, 0))
    page_text = everything(shown(team))
    assert page_text.count("· undone") == 2
    assert "365 days → for as long as the registry" in page_text


async def test_an_undo_can_be_undone(team: Team, bot: Process) -> None:
    await opened(team, "warning")
    assert await saved(team, setting__level="rarely") == {}
    assert await threshold(bot) == 0.67
    await undo_latest(team)
    assert await threshold(bot) is None
    await undo_latest(team)
    assert await threshold(bot) == 0.67


async def test_reset_goes_back_to_the_default_and_the_field_shows_it(team: Team, bot: Process) -> None:
    await opened(team, "checkins")
    assert await saved(team, setting__checkin_minute="10:15", setting__cadence="monthly") == {}
    page = await opened(team, "checkins")
    assert {"Reset to 09:30", "Reset to every week"} <= set(labels(page))
    await press(team, "admin.reset", "checkin_minute")
    values = shown(team)["state"]["values"]
    (time,) = values["setting.checkin_minute"].values()
    (cadence,) = values["setting.cadence"].values()
    assert time["selected_time"] == "09:30"
    assert cadence["selected_option"]["value"] == "monthly"
    assert "Reset to 09:30" not in labels(shown(team))
    assert "Every month, Monday 09:30" in everything(shown(team, 0))


async def test_what_is_typed_elsewhere_survives_a_reset(team: Team, bot: Process) -> None:
    await opened(team, "keeping")
    await saved(team, setting__keep_days="90")
    await opened(team, "keeping")
    await team.slack.click_in_view(
        team.admin, shown(team)["id"], "admin.reset", value="keep_days", values={"setting.keep_text_days": "700"}
    )
    (typed,) = shown(team)["state"]["values"]["setting.keep_text_days"].values()
    (days,) = shown(team)["state"]["values"]["setting.keep_days"].values()
    assert (typed["value"], days["value"]) == ("700", "30")


async def test_two_admins_at_once_the_last_wins_and_the_list_shows_both(team: Team, bot: Process) -> None:
    slack = team.slack
    olga = slack.add_person("Olga Brandt", is_admin=True)
    await opened(team, "keeping")
    await opened(team, "keeping", person=olga)
    for person, days in ((team.admin, "90"), (olga, "120")):
        await slack.submit(shown(team, person=person)["id"], {"setting.keep_days": days})
    page = await opened(team, "changes")
    text = everything(page)
    assert "30 days → 90 days" in text
    assert "90 days → 120 days" in text
    assert f"<@{olga}>" in text
    assert "changed again since" in text


async def test_two_admins_at_once_with_different_settings_keep_both(team: Team, bot: Process) -> None:
    slack = team.slack
    olga = slack.add_person("Olga Brandt", is_admin=True)
    await opened(team, "checkins")
    await opened(team, "checkins", person=olga)
    await slack.submit(shown(team)["id"], {"setting.checkin_minute": "10:00", "setting.cadence": "biweekly"})
    await slack.submit(shown(team, person=olga)["id"], {"setting.deadline_minute": "17:00"})
    chosen = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.settings.preferences())
    assert (chosen.checkin_minute, chosen.cadence, chosen.deadline_minute) == (600, "biweekly", 1020)
    assert "10:00 → 09:30" not in everything(await opened(team, "changes"))


async def test_what_does_not_go_with_another_admins_change_is_refused(team: Team, bot: Process) -> None:
    slack = team.slack
    olga = slack.add_person("Olga Brandt", is_admin=True)
    await opened(team, "checkins")
    await opened(team, "checkins", person=olga)
    await slack.submit(shown(team)["id"], {"setting.checkin_minute": "17:00"})
    refused = await slack.submit(shown(team, person=olga)["id"], {"setting.deadline_minute": "16:00"})
    assert "later than" in refused.errors["setting.deadline_minute"]


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"setting.deadline_minute": "09:00"}, "setting.deadline_minute", "later than"),
        ({"setting.quiet_from": "09:00", "setting.quiet_until": "10:00"}, "setting.checkin_minute", "quiet hours"),
        ({"setting.deadline_minute": "20:00"}, "setting.deadline_minute", "quiet hours"),
        ({"setting.checkin_weekday": "6"}, "setting.checkin_weekday", "Sundays"),
    ],
)
async def test_times_that_do_not_go_together_are_refused_beside_the_field(
    team: Team, bot: Process, values: Json, field: str, reason: str
) -> None:
    await opened(team, "checkins")
    sent = await team.slack.submit(shown(team)["id"], values)
    assert reason in sent.errors.get(field, ""), sent


@pytest.mark.parametrize("days", ["1", "4000", "many", "²"])
async def test_a_number_of_days_out_of_bounds_is_refused(team: Team, bot: Process, days: str) -> None:
    await opened(team, "keeping")
    assert "from 2 to 3650" in (await saved(team, setting__keep_days=days))["setting.keep_days"]


@pytest.mark.parametrize(
    ("level", "exact", "reason"),
    [
        ("exact", "", "between 0.15"),
        ("exact", "nan", "between"),
        ("exact", "0.99", "between"),
        ("early", "0.5", "An exact number"),
    ],
)
async def test_a_threshold_that_cannot_be_meant_is_refused(
    team: Team, bot: Process, level: str, exact: str, reason: str
) -> None:
    await opened(team, "warning")
    assert reason in (await saved(team, setting__level=level, setting__threshold=exact))["setting.threshold"]


async def test_an_admin_cannot_lock_themselves_out(team: Team, bot: Process) -> None:
    await opened(team, "admins")
    assert "Keep yourself" in (await saved(team, setting__admins=[team.ana]))["setting.admins"]
    assert await saved(team, setting__admins=[team.ana, team.admin]) == {}
    assert (await team.slack.command(team.ana, team.channel, "/rowbot settings")).text == ""
    other = team.slack.add_person("Olga Brandt", is_admin=True)
    assert "Only admins" in (await team.slack.command(other, team.channel, "/rowbot settings")).text
    page = team.slack.views_of(team.ana)[-1]
    await team.slack.click_in_view(team.ana, page["id"], "admin.open", value="admins")
    sent = await team.slack.submit(team.slack.views_of(team.ana)[-1]["id"], {"setting.admins": []})
    assert "you are neither" in sent.errors["setting.admins"]


@pytest.mark.parametrize("who", ["bot", "gone", "stranger"])
async def test_nobody_administers_who_is_not_here(team: Team, bot: Process, who: str) -> None:
    slack = team.slack
    person = {
        "bot": lambda: slack.add_bot("Intake"),
        "gone": lambda: slack.add_person("Gone", deleted=True),
        "stranger": lambda: slack.add_person("Zoe", external=True),
    }[who]()
    await opened(team, "admins")
    assert "present members" in (await saved(team, setting__admins=[team.admin, person]))["setting.admins"]


# --- that it counts ---------------------------------------------------------------------------------------------


async def test_the_threshold_decides_what_is_warned_of(team: Team, bot: Process) -> None:
    await opened(team, "warning")
    assert await saved(team, setting__level="exact", setting__threshold="0,95") == {}
    await announced(bot, team, team.ben, STORE)
    said = "New initiative: Ranking freshness dashboard. Shows how old the features of ranking models are."
    assert STORE_TITLE not in reply_text(team, await announced(bot, team, team.ana, said))
    await opened(team, "warning")
    assert await saved(team, setting__level="exact", setting__threshold="0.15") == {}
    cleo = team.slack.add_person("Cleo Danso")
    await team.slack.join(cleo, team.channel)
    assert STORE_TITLE in reply_text(team, await announced(bot, team, cleo, said))


async def test_the_preview_counts_the_last_days_of_public_channels(team: Team, bot: Process) -> None:
    assert "nothing to compare" in everything(await opened(team, "warning"))
    await announced(bot, team, team.ben, STORE)
    await announced(bot, team, team.ana, SAME_STORE)
    assert "I warned of 1 initiative in public channels" in everything(await opened(team, "warning"))


async def test_the_default_mode_counts_where_nobody_chose_one(team: Team, bot: Process) -> None:
    slack = team.slack
    chosen = slack.add_channel("chosen", members=[team.ana, team.ben])
    await slack.invite(team.ana, chosen, slack.bot_user_id)
    await slack.command(team.ana, chosen, "/rowbot channel on")
    await opened(team, "channels")
    await press(team, "admin.default_mode", "off")
    await announced(bot, team, team.ben, STORE)
    assert not ticked(team, (await announced(bot, team, team.ana, SAME_STORE)))
    assert ticked(team, await announced(bot, team, team.ana, SAME_STORE, channel=chosen), channel=chosen)
    await press(team, "admin.reset", "channel_mode")
    assert ticked(team, await announced(bot, team, team.ben, "New initiative: Labelling queue for support tickets."))


async def test_a_channels_mode_is_chosen_where_it_stands_and_undone(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, "hello")
    await team.slack.command(team.ana, team.channel, "/rowbot channel on")
    await opened(team, "channels")
    await press(team, "admin.channel_mode", "off", block_id=f"channel.{team.channel}.on")
    assert f"channel.{team.channel}.off" in [block.get("block_id") for block in shown(team)["blocks"]]
    assert not ticked(team, await announced(bot, team, team.ben, STORE))
    page = await opened(team, "changes")
    assert f"Mode of <#{team.channel}>: `on` → `off`" in everything(page)
    await press(
        team, "admin.undo", next(element for element in elements(page) if element["action_id"] == "admin.undo")["value"]
    )
    assert ticked(team, await announced(bot, team, team.ben, STORE))


async def test_a_shared_channel_is_quiet_or_off_and_nothing_else(team: Team, bot: Process) -> None:
    slack = team.slack
    shared = slack.add_channel("partners", members=[team.admin], shared=True)
    await slack.invite(team.admin, shared, slack.bot_user_id)
    await opened(team, "channels")
    row = next(block for block in shown(team)["blocks"] if block.get("block_id") == f"channel.{shared}.off")
    assert [option["value"] for option in row["accessory"]["options"]] == ["quiet", "off"]
    await press(team, "admin.channel_mode", "quiet", block_id=f"channel.{shared}.off")
    assert f"channel.{shared}.quiet" in [block.get("block_id") for block in shown(team)["blocks"]]


async def test_a_private_channel_is_listed_for_its_members_alone(team: Team, bot: Process) -> None:
    slack = team.slack
    secret = slack.add_channel("secret-plans", members=[team.ana], private=True)
    await slack.invite(team.ana, secret, slack.bot_user_id)
    own = slack.add_channel("own-plans", members=[team.admin], private=True)
    await slack.invite(team.admin, own, slack.bot_user_id)
    await slack.command(team.ana, secret, "/rowbot channel quiet")
    page = await opened(team, "channels")
    assert secret not in str(page)
    await press(team, "admin.find_channel", own)
    assert f"channel.{own}.default" in [block.get("block_id") for block in shown(team)["blocks"]]
    await press(team, "admin.turn_page", "0")
    await press(team, "admin.find_channel", secret)
    assert "I am not in that channel" in everything(shown(team))
    await slack.close_view(shown(team)["id"])
    assert secret not in str(await opened(team, "changes"))


async def test_many_channels_are_paged(team: Team, bot: Process) -> None:
    ids = [
        team.slack.add_channel(f"team-{number:03}", members=[team.ana, team.slack.bot_user_id]) for number in range(60)
    ]

    def meet(uow: UnitOfWork) -> None:
        for number, channel_id in enumerate(ids):
            uow.channels.meet(channel_id, name=f"team-{number:03}", is_private=False, is_shared=False)

    await bot.bot.db.write(bot.bot.scope, meet)
    await opened(team, "channels")
    seen: list[str] = []
    while True:
        names = [str(block.get("block_id")) for block in shown(team)["blocks"]]
        seen += [name.split(".")[1] for name in names if name.startswith("channel.")]
        if "admin.turn_page_on" not in [element["action_id"] for element in elements(shown(team))]:
            break
        await press(team, "admin.turn_page_on")
    assert sorted(set(ids)) == sorted(set(seen) - {team.channel})
    assert len(seen) == len(set(seen))


# --- teams ------------------------------------------------------------------------------------------------------


async def choose(team: Team, verb: str, number: int) -> None:
    """Something from the menu beside a team."""
    await press(team, "admin.team", f"{verb}:{number}", block_id=f"team.{number}")


async def made(team: Team, name: str, **values: Any) -> None:
    """A new team."""
    await opened(team, "teams")
    await press(team, "admin.new_team")
    assert await saved(team, team__name=name, **values) == {}


async def test_a_team_is_made_changed_and_found_by_its_former_name(team: Team, bot: Process) -> None:
    await made(team, "Search ML", team__kind="central", team__lead=team.ana, team__members=[team.ana, team.ben])
    assert "Search ML" in everything(shown(team))
    assert "central" in everything(shown(team))
    assert "2 members" in everything(shown(team))
    await choose(team, "edit", 1)
    assert await saved(team, team__name="Search and Ranking") == {}
    assert await team_names(bot) == ["Search and Ranking"]
    await announced(bot, team, team.ben, f"{STORE}\nTeam: search ml")
    assert await team_names(bot) == ["Search and Ranking"]
    await undo_latest(team)
    assert await team_names(bot) == ["Search ML"]


async def test_two_admins_at_once_with_different_fields_of_a_team_keep_both(team: Team, bot: Process) -> None:
    slack = team.slack
    olga = slack.add_person("Olga Brandt", is_admin=True)
    await made(team, "Search ML", team__lead=team.ana, team__members=[team.ana])
    await opened(team, "teams", person=olga)
    await slack.click_in_view(olga, shown(team, person=olga)["id"], "admin.team", value="edit:1", block_id="team.1")
    await choose(team, "edit", 1)
    assert await saved(team, team__name="Search and Ranking", team__members=[team.ana, team.ben]) == {}
    assert (await slack.submit(shown(team, person=olga)["id"], {"team.lead": team.ben})).errors == {}

    def read(uow: UnitOfWork) -> tuple[str, str, list[str]]:
        (row,) = uow.teams.all()
        return row.name, row.lead_id, sorted(uow.teams.members(row.id))

    assert await bot.bot.db.read(bot.bot.scope, read) == ("Search and Ranking", team.ben, sorted([team.ana, team.ben]))


async def test_two_teams_never_have_the_same_name(team: Team, bot: Process) -> None:
    await made(team, "Search ML")
    await press(team, "admin.new_team")
    errors = await saved(team, team__name="  search   ml ")
    assert "There is a team “Search ML” already" in errors["team.name"]


@pytest.mark.parametrize("who", ["bot", "gone", "stranger"])
@pytest.mark.parametrize("field", ["team.lead", "team.members"])
async def test_leads_and_members_are_present_members_of_the_workspace(
    team: Team, bot: Process, who: str, field: str
) -> None:
    slack = team.slack
    person = {
        "bot": lambda: slack.add_bot("Intake"),
        "gone": lambda: slack.add_person("Gone", deleted=True),
        "stranger": lambda: slack.add_person("Zoe", external=True),
    }[who]()
    await opened(team, "teams")
    await press(team, "admin.new_team")
    sent = await slack.submit(
        shown(team)["id"], {"team.name": "X", field: person if field == "team.lead" else [person]}
    )
    assert "present members" in sent.errors[field]
    assert await team_names(bot) == []


async def test_a_merge_moves_work_and_members_and_can_be_undone(team: Team, bot: Process) -> None:
    await seeded(bot, {"title": "Online store", "team": "Ads"}, {"title": "Feed", "team": "Feeds"})
    await opened(team, "teams")
    await choose(team, "merge", 1)
    assert await saved(team, team__into="2") == {}
    assert await team_names(bot) == ["Feeds"]
    assert "Ads" not in everything(shown(team))
    found = await team.slack.command(team.ana, team.channel, "/rowbot search Online store")
    assert "Online store* · Feeds" in str(found.blocks)
    await announced(bot, team, team.ben, f"{STORE}\nTeam: Ads")
    assert await team_names(bot) == ["Feeds"]
    await undo_latest(team)
    assert await team_names(bot) == ["Ads", "Feeds"]


async def test_only_an_empty_team_is_deleted_and_it_comes_back(team: Team, bot: Process) -> None:
    await seeded(bot, {"title": "Online store", "team": "Ads"})
    await made(team, "Idle", team__lead=team.ben)
    await choose(team, "delete", 1)
    assert "still has work" in everything(shown(team))
    await team.slack.close_view(shown(team)["id"])
    await choose(team, "delete", 2)
    assert "is deleted" in everything(shown(team))
    assert await team_names(bot) == ["Ads"]
    await undo_latest(team)
    assert await team_names(bot) == ["Ads", "Idle"]


async def test_private_work_does_not_show_by_what_can_be_deleted(team: Team, bot: Process) -> None:
    await seeded(bot, {"title": "Secret", "team": "Hidden", "audience": team.ana})
    await opened(team, "teams")
    await choose(team, "delete", 1)
    assert "is deleted" in everything(shown(team))
    await undo_latest(team)

    def owner(uow: UnitOfWork) -> int | None:
        row = uow.machine.initiatives.get(1)
        return row.team_id if row else None

    assert await bot.bot.db.read(bot.bot.scope, owner) == 1


async def test_members_come_from_a_user_group_and_follow_it(team: Team, bot: Process) -> None:
    slack = team.slack
    group = slack.add_user_group("Search folk", "search-ml", [team.ana, slack.bot_user_id])
    await made(team, "Search ML", team__group=group)
    assert "1 member" in everything(shown(team))
    assert "from a user group" in everything(shown(team))
    slack.change_user_group(group, members=[team.ana, team.ben])
    from bot.features.teams import jobs

    await jobs.follow_user_groups(bot.bot.app.client, bot.bot.db, bot.bot.directory, bot.bot.scope)
    await opened(team, "teams")
    assert "2 members" in everything(shown(team))


async def test_hundreds_of_teams_are_paged_and_found(team: Team, bot: Process) -> None:
    def many(uow: UnitOfWork) -> None:
        from tests.world import NOW

        for number in range(320):
            uow.teams.ensure(f"Team {number:03}", now=NOW)

    await bot.bot.db.write(bot.bot.scope, many)
    page = await opened(team, "teams")
    assert "1 to 25 of 320" in everything(page)
    await press(team, "admin.find_team", "300")
    (name,) = shown(team)["state"]["values"]["team.name"].values()
    assert name["value"] == "Team 299"
    await team.slack.close_view(shown(team)["id"])
    await press(team, "admin.turn_page_on")
    assert "26 to 50 of 320" in everything(shown(team))


async def test_the_button_in_the_app_home_opens_the_same(team: Team, bot: Process) -> None:
    home = await team.slack.open_home(team.admin)
    if home is None or not any(element["action_id"] == "admin.settings" for element in elements(home)):
        pytest.skip("The App Home has no button for it.")
    await team.slack.click_home(team.admin, "admin.settings")
    await asyncio.sleep(0)
    await quiet(bot)
    assert shown(team)["callback_id"] == "admin.overview"


@pytest.mark.parametrize(
    ("fault", "more", "said"),
    [
        ("refuse", {"code": "missing_scope"}, "grant me the optional scope `usergroups:read`"),
        ("slow", {"seconds": 2.5}, "did not list its user groups just now"),
    ],
)
async def test_without_user_groups_the_form_opens_in_time_says_why_and_keeps_the_group(
    team: Team, bot: Process, fault: str, more: Json, said: str
) -> None:
    slack = team.slack
    group = slack.add_user_group("Search folk", "search-ml", [team.ana])
    await made(team, "Search ML", team__group=group)
    slack.faults.on("usergroups.list", fault, **more)
    await choose(team, "edit", 1)
    assert said in everything(shown(team))
    assert await saved(team, team__name="Search and Ranking") == {}
    assert "from a user group" in everything(shown(team))


async def test_a_group_that_slack_no_longer_tells_of_is_refused_beside_its_field(team: Team, bot: Process) -> None:
    slack = team.slack
    group = slack.add_user_group("Search folk", "search-ml", [team.ana])
    await opened(team, "teams")
    await press(team, "admin.new_team")
    slack.change_user_group(group, disabled=True)
    errors = await saved(team, team__name="Search ML", team__group=group)
    assert "not be in use any more" in errors["team.group"]
    assert await saved(team, team__name="Search ML", team__group="-") == {}
