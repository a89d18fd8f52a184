"""`/rowbot report`: what admins are shown, what others are told, and what never shows."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlmodel import select

from bot import clock
from bot.process import Process
from bot.sandbox import Fault
from storage.initiatives import Initiative, Status
from storage.unit_of_work import UnitOfWork
from tests.scenarios.dialogs import (
    ENTRY,
    OTHER,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    announced,
    direct,
    elements,
    labels,
    quiet,
    seeded,
)
from tests.world import Team, everything

Json = dict[str, Any]
REPORT: Final = "/rowbot report"


async def asked(team: Team, line: str = REPORT, *, person: str = "", channel: str = "") -> Json:
    """Ask for a report; the message that the person is shown."""
    person, channel = person or team.admin, channel or team.channel
    await team.slack.command(person, channel, line)
    shown = team.slack.ephemerals(person, channel)
    assert shown, "nothing was shown"
    return shown[-1]


async def press(
    team: Team, message: Json, action: str, value: str | None = None, *, block_id: str | None = None, person: str = ""
) -> list[Json]:
    """Press something of a message; everything that the person is shown in the channel afterwards."""
    await team.slack.click(person or team.admin, team.channel, message["ts"], action, value=value, block_id=block_id)
    return team.slack.ephemerals(person or team.admin, team.channel)


def table(message: Json, caption: str) -> dict[str, list[str]]:
    """A table of a report: the cells of each row by its first."""
    found = next(block for block in message["blocks"] if block["type"] == "data_table" and caption in block["caption"])
    return {row[0]["text"]: [cell["text"] for cell in row[1:]] for row in found["rows"]}


def choices(message: Json, action: str = "reports.rows") -> dict[str, tuple[str, str]]:
    """What a report's menus offer: label → (value, block id)."""
    return {
        option["text"]["text"]: (option["value"], block["block_id"])
        for block in message["blocks"]
        for element in elements({"blocks": [block]})
        if element["action_id"] == action
        for option in element.get("options", [])
    }


def figures(message: Json) -> list[Json]:
    """Everything that a report says, without what Slack and the moment add to it."""
    told = ("data_table", "data_visualization", "section", "context")
    return [block | {"block_id": ""} for block in message["blocks"] if block["type"] in told]


async def overlapping(team: Team, bot: Process) -> str:
    """Two announcements of the same thing and one of another; the ts of the second."""
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await announced(bot, team, team.ana, OTHER)
    return ts


async def test_an_admin_is_shown_what_changed_in_numbers_and_charts(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    report = await asked(team)
    assert report["text"].startswith(
        "Last 30 days: 3 initiatives registered (3 more than in the 30 days before); 1 overlap found, none settled"
    )
    assert table(report, "by status")["Proposed"] == ["3", "0", "3", "0"]
    assert table(report, "by status")["All"] == ["3", "0", "3", "0"]
    assert table(report, "Overlaps")["Still open"] == ["1", "0"]
    charts = [block for block in report["blocks"] if block["type"] == "data_visualization"]
    assert [chart["title"] for chart in charts] == ["Registered, over time"]
    (this, before) = charts[0]["chart"]["series"]
    assert (sum(point["value"] for point in this["data"]), sum(point["value"] for point in before["data"])) == (3, 0)


async def test_who_is_no_admin_hears_who_is_and_what_they_can_do(team: Team, bot: Process) -> None:
    said = await team.slack.command(team.ana, team.channel, REPORT)
    assert "the admins and owners of this workspace" in said.text
    assert "`/rowbot mine`" in said.text
    assert not [message for message in team.slack.ephemerals(team.ana, team.channel) if message.get("blocks")]


async def test_a_button_of_a_report_does_nothing_for_who_is_no_admin_any_more(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    report = await asked(team)
    await team.slack.change_person(team.admin, is_admin=False)
    await bot.bot.db.write(bot.bot.scope, lambda uow: uow.people.meet(team.admin, is_admin=False))
    shown = await press(team, report, "reports.csv")
    await quiet(bot)
    assert "for those who run Rowbot" in everything(shown[-1])
    assert direct(team, team.admin) == []


@pytest.mark.parametrize("line", ["banana", "31d", "2026-13-01..2026-13-02", "2026-10-31..2026-10-01", "teams"])
async def test_words_that_mean_nothing_get_a_sentence_with_an_example(team: Team, bot: Process, line: str) -> None:
    said = await team.slack.command(team.admin, team.channel, f"{REPORT} {line}")
    assert "2026-1" in said.text
    assert ".." in said.text


async def test_an_empty_registry_leads_to_announcing_and_importing(team: Team, bot: Process) -> None:
    report = await asked(team)
    assert "nothing to report" in report["text"]
    assert "import" in report["text"]
    assert "Announce" in labels(report)


async def test_a_period_before_the_registry_began_does_not_call_the_registry_empty(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    report = await asked(team, f"{REPORT} 2025-01-01..2025-01-31")
    assert (
        report["text"]
        == "1 Jan to 31 Jan 2025: the registry was still empty, as far as you may see it. Choose a later period."
    )
    assert choices(report, "reports.period")


async def test_what_an_import_brought_is_named_where_counts_are_compared(team: Team, bot: Process) -> None:
    await seeded(bot, ENTRY)
    await bot.bot.db.write(bot.bot.scope, _long_ago)
    await announced(bot, team, team.ana, OTHER)
    report = await asked(team)
    assert "1 initiative registered (as many as in the 30 days before, when 1 was imported)" in report["text"]


def _long_ago(uow: UnitOfWork) -> None:
    for row in uow.session.exec(select(Initiative)).all():
        row.created_at = clock.now() - timedelta(days=40)


async def test_another_period_replaces_the_report_in_place(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    report = await asked(team)
    shown = await press(team, report, "reports.period", "7d")
    assert len([message for message in shown if message["ts"] == report["ts"]]) == 1
    assert len(shown) == len(team.slack.ephemerals(team.admin, team.channel))
    assert shown[-1]["text"].startswith("Last 7 days:")
    assert "30 days" not in shown[-1]["text"]


async def test_behind_every_figure_are_its_rows_with_links_and_a_way_back(team: Team, bot: Process) -> None:
    ts = await overlapping(team, bot)
    report = await asked(team)
    offered = choices(report)
    assert set(offered) >= {
        "Registered (3)",
        "In the registry (3)",
        "Registered, proposed (3)",
        "Overlaps found (1)",
        "Overlaps found: still open (1)",
    }
    value, block_id = offered["Registered (3)"]
    rows = (await press(team, report, "reports.rows", value, block_id=block_id))[-1]
    assert rows["ts"] == report["ts"]
    assert f"p{ts.replace('.', '')}|" in everything(rows)
    assert STORE_TITLE in everything(rows)
    again = (await press(team, rows, "reports.back"))[-1]
    assert again["text"] == report["text"]
    value, block_id = offered["Overlaps found (1)"]
    pair = everything((await press(team, again, "reports.rows", value, block_id=block_id))[-1])
    assert STORE_TITLE in pair
    assert "still open" in pair


async def test_rows_are_paged_and_the_period_before_is_one_press_away(team: Team, bot: Process) -> None:
    await bot.bot.db.write(bot.bot.scope, registry, 23)
    report = await asked(team)
    value, block_id = choices(report)["Registered (23)"]
    first = (await press(team, report, "reports.rows", value, block_id=block_id))[-1]
    assert "1–10" in everything(first)
    last = (await press(team, (await press(team, first, "reports.page_on"))[-1], "reports.page_on"))[-1]
    assert "21–23" in everything(last)
    assert "Next" not in labels(last)
    assert [line.split("*")[1] for line in everything({"blocks": last["blocks"]}).split("\n") if "Entry" in line] == [
        "Entry 2",
        "Entry 1",
        "Entry 0",
    ]
    before = (await press(team, last, "reports.other_side"))[-1]
    assert "the 30 days before" in everything(before)
    assert "Nothing is behind this figure." in everything(before)


def registry(uow: UnitOfWork, count: int, audience: str = "") -> None:
    """Fill the registry."""
    now = datetime.now(UTC)
    uow.workspaces.ensure(now=now)
    for number in range(count):
        uow.initiatives.add(
            Initiative(workspace_id=uow.workspace_id, title=f"Entry {number}", folded_title=f"entry {number}", audience=audience, created_by="U1",
                       version=uow.workspaces.raise_version(), created_at=now, updated_at=now, status=Status.ACTIVE)
        )  # fmt: skip


async def test_private_work_changes_no_figure_no_row_and_no_file_of_who_may_not_see_it(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    await overlapping(team, bot)
    before = await asked(team)
    den = slack.add_channel("den", members=[team.ana, slack.bot_user_id], private=True)
    await announced(
        bot,
        team,
        team.ana,
        "New initiative: Feature store for the secret product, features at request time.",
        channel=den,
    )
    after = await asked(team)
    assert after["text"] == before["text"]
    assert figures(after) == figures(before)
    assert list(choices(after)) == list(choices(before))
    await press(team, after, "reports.csv")
    await quiet(bot)
    assert "secret" not in sent_file(team)[1]
    cleo = slack.add_person("Cleo Danso", is_admin=True)
    for channel in (team.channel, den):
        await slack.join(cleo, channel) if channel == team.channel else await slack.invite(team.ana, channel, cleo)
    theirs = await asked(team, person=cleo)
    assert theirs["text"].startswith("Last 30 days: 4 initiatives registered")


def sent_file(team: Team) -> tuple[str, str]:
    """Name and content of the file in the admin's direct messages."""
    (record,) = [file for message in team.slack.direct_messages(team.admin) for file in message.get("files", [])]
    return record["name"], team.slack.workspace.files[record["id"]].content.decode("utf-8-sig")


async def test_the_rows_come_as_a_file_that_is_safe_to_open(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    await announced(
        bot,
        team,
        team.ben,
        'New initiative: =HYPERLINK("https://evil.example") dashboards. We will build drift dashboards.',
    )
    shown = await press(team, await asked(team), "reports.csv")
    await quiet(bot)
    assert "on their way" in everything(shown[-1])
    name, content = sent_file(team)
    assert name.startswith("rowbot-report-")
    assert name.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["kind"] for row in rows].count("initiative") == 4
    assert [(row["outcome"], row["before_work_began"]) for row in rows if row["kind"] == "overlap"] == [("open", "no")]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    comment = direct(team, team.admin)[-1]
    assert "4 initiatives, 1 overlap and no rounds" in comment


async def test_without_the_permission_for_files_the_admin_hears_why(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    team.slack.faults.on("files.getUploadURLExternal", Fault.REFUSE, code="missing_scope")
    await press(team, await asked(team), "reports.csv")
    await quiet(bot)
    assert "`files:write`" in direct(team, team.admin)[-1]


async def test_a_copy_stays_in_the_direct_messages_and_can_be_used_there(team: Team, bot: Process) -> None:
    slack = team.slack
    await overlapping(team, bot)
    report = await asked(team)
    await press(team, report, "reports.copy")
    await quiet(bot)
    (copy,) = slack.direct_messages(team.admin)
    assert copy["text"] == report["text"]
    assert table(copy, "by status") == table(report, "by status")
    place = slack.direct(team.admin, slack.bot_user_id)
    await slack.click(team.admin, place, copy["ts"], "reports.period", value="90d")
    (copy,) = slack.direct_messages(team.admin)
    assert copy["text"].startswith("Last 90 days:")


async def test_where_slack_takes_no_tables_the_numbers_come_in_words(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    team.slack.faults.on(
        "response_url",
        Fault.REFUSE,
        code="invalid_blocks",
        when=lambda body: any(block["type"] == "data_table" for block in body["blocks"]),
    )
    report = await asked(team)
    assert {block["type"] for block in report["blocks"]} == {"section", "actions", "context"}
    assert "Proposed" in everything(report)
    assert choices(report)


async def test_a_settled_overlap_counts_as_settled_and_as_confirmed(team: Team, bot: Process) -> None:
    ts = await overlapping(team, bot)
    answer = next(message for message in team.slack.thread(team.channel, ts) if message.get("bot_id"))
    await team.slack.click(team.ana, team.channel, answer["ts"], "overlaps.join")
    await quiet(bot)
    report = await asked(team)
    assert "1 overlap found, 1 settled (1 more than before), before work began." in report["text"]
    assert table(report, "Overlaps")["Join wished"] == ["1", "0"]
    assert "Matcher precision: too few (1) (before: none)." in everything(report)
    assert "Overlaps judged: confirmed by what people did (1)" in choices(report)


async def test_help_names_the_report_for_admins_only(team: Team, bot: Process) -> None:
    assert REPORT in everything({"blocks": (await team.slack.command(team.admin, team.channel, "/rowbot help")).blocks})
    assert REPORT not in everything(
        {"blocks": (await team.slack.command(team.ana, team.channel, "/rowbot help")).blocks}
    )


async def test_the_button_of_the_home_tab_sends_the_report_as_a_message(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    await team.slack.open_home(team.admin)
    await team.slack.click_home(team.admin, "reports.open")
    await quiet(bot)
    assert "direct messages" in everything({"blocks": team.slack.views_of(team.admin)[-1]["blocks"]})
    assert direct(team, team.admin)[-1].startswith("Last 30 days: 3 initiatives registered")


async def test_a_copy_that_slack_takes_no_tables_in_comes_in_words_with_its_menus(team: Team, bot: Process) -> None:
    await overlapping(team, bot)
    team.slack.faults.on(
        "chat.postMessage",
        Fault.REFUSE,
        code="invalid_blocks",
        when=lambda arguments: "data_table" in str(arguments.get("blocks")),
    )
    await press(team, await asked(team), "reports.copy")
    await quiet(bot)
    (copy,) = team.slack.direct_messages(team.admin)
    assert {block["type"] for block in copy["blocks"]} == {"section", "actions", "context"}
    assert choices(copy)
