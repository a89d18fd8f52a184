"""*Why was it not named?…*: an admin asks about two initiatives, and is told with the admin's own eyes."""

from bot.process import Process
from tests.scenarios.dialogs import ENTRY, OTHER_TITLE, STORE_TITLE, Json, seeded
from tests.scenarios.test_settings import opened, press, shown
from tests.world import Team, everything


async def asked(team: Team) -> Json:
    """The question on the admin's screen."""
    await opened(team, "warning")
    await press(team, "admin.pair")
    return shown(team)


async def titles_for(team: Team, typed: str) -> list[str]:
    form = await asked(team)
    found = await team.slack.options(team.admin, form["id"], "admin.pair_other", typed)
    return [option["text"]["text"] for option in found]


async def test_an_admin_is_told_why_one_is_not_named_when_the_other_is_announced(team: Team, bot: Process) -> None:
    one, other = await seeded(bot, ENTRY, {"title": OTHER_TITLE, "summary": "Annotators label tickets."})
    form = await asked(team)
    await team.slack.submit(form["id"], {"admin.pair_announced": str(one), "admin.pair_other": str(other)})
    said = everything(shown(team))
    assert "*1. Found?*" in said
    assert "not enough" in said
    assert "*So: announcing A does not name B.*" in said
    assert STORE_TITLE in said
    # It stays open: another pair can be asked about at once.
    await team.slack.submit(shown(team)["id"], {"admin.pair_announced": str(one), "admin.pair_other": str(one)})


async def test_one_initiative_is_no_pair(team: Team, bot: Process) -> None:
    (one,) = await seeded(bot, ENTRY)
    form = await asked(team)
    sent = await team.slack.submit(form["id"], {"admin.pair_announced": str(one), "admin.pair_other": str(one)})
    assert sent.errors == {"admin.pair_other": "Choose two different initiatives."}


async def test_titles_are_offered_by_any_part_and_private_ones_to_their_members_only(team: Team, bot: Process) -> None:
    private = team.slack.add_channel("secret", private=True, members=[team.ben])
    one, hidden = await seeded(bot, ENTRY, ENTRY | {"title": "Secret feature 50% store", "audience": private})
    assert await titles_for(team, "FEATURE") == [f"{one} · {STORE_TITLE}"]
    assert await titles_for(team, "%") == []
    form = shown(team)
    sent = await team.slack.submit(form["id"], {"admin.pair_announced": str(one), "admin.pair_other": str(hidden)})
    assert "Secret" not in everything(shown(team)) + str(sent)
    assert "So: announcing" not in everything(shown(team))


async def test_who_is_no_admin_is_offered_nothing(team: Team, bot: Process) -> None:
    await seeded(bot, ENTRY)
    form = await asked(team)
    await team.slack.change_person(team.admin, is_admin=False, is_owner=False)
    sent = await team.slack.submit(form["id"], {"admin.pair_announced": "1", "admin.pair_other": "2"})
    assert "So: announcing" not in everything(shown(team)) + str(sent)
