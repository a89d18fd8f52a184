"""Backstage catalogs: which entities become what, which files are followed, and what hostile YAML does not do."""

import time
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.features.imports.catalog import CatalogReader, Squad, reference
from bot.features.imports.reading import Reading, collect
from bot.features.imports.yaml_documents import Broken, Document, documents
from storage.initiatives import Status
from storage.unit_of_work import UnitOfWork
from tests.features.imports.conftest import Registry

ORGANISATION = """
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: ads}
spec:
  type: team
  profile: {displayName: Ads Platform}
  children: []
  members: [user:default/jdoe]
  lead: user:boss
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: jdoe}
spec: {profile: {email: Jenny@Example.com}, memberOf: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: Boss}
spec: {profile: {email: boss@example.com}, memberOf: [ads]}
"""


def component(name: str, *, metadata: str = "", spec: str = "owner: ads", kind: str = "Component") -> str:
    return f"---\napiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}{', ' if metadata else ''}{metadata}}}\nspec: {{{spec}}}\n"


def read(text: str, path: Path = Path("catalog-info.yaml")) -> Reading:
    return collect(CatalogReader(text.encode(), path=path))


# --- what becomes what ------------------------------------------------------------------------------------------


def test_a_component_becomes_a_row_with_everything_it_says() -> None:
    text = ORGANISATION + component(
        "store",
        metadata='title: Online store, description: Fresh features, tags: [feature-store, java], links: [{url: "ftp://x"}, {url: "https://docs.example.com"}]',
        spec="type: service, lifecycle: production, owner: group:default/ads, system: ml",
    )
    (row,) = read(text + component("ml", kind="System", metadata="title: ML platform", spec="owner: user:jdoe")).rows[
        :1
    ]
    assert (row.id, row.title, row.summary, row.team) == (
        "component:default/store",
        "Online store",
        "Fresh features",
        "Ads Platform",
    )
    assert (row.status, row.legacy, row.system, row.url) == (
        Status.SHIPPED,
        False,
        "ML platform",
        "https://docs.example.com",
    )
    assert (row.tags, row.lead) == (("feature-store", "java", "service"), "boss@example.com")


@pytest.mark.parametrize(
    ("lifecycle", "status", "legacy"),
    [("experimental", Status.PROPOSED, False), ("production", Status.SHIPPED, False), ("deprecated", Status.SHIPPED, True),
     ("beta", Status.ACTIVE, False)],
)  # fmt: skip
def test_the_lifecycle_is_the_status(lifecycle: str, status: Status, legacy: bool) -> None:
    reading = read(component("a", spec=f"lifecycle: {lifecycle}, owner: ads"))
    assert [(row.status, row.legacy) for row in reading.rows] == [(status, legacy)]
    assert any("does not know the lifecycle: beta (1)" in note for note in reading.notes) == (lifecycle == "beta")


@pytest.mark.parametrize(
    ("owner", "team", "lead"),
    [
        ("ads", "Ads Platform", "boss@example.com"), ("Group:Default/ADS", "Ads Platform", "boss@example.com"), ("user:jdoe", "", "jenny@example.com"),
        ("user:default/JDoe", "", "jenny@example.com"), ("nobody-here", "nobody-here", ""), ("ann@example.org", "", "ann@example.org"),
        ("user:stranger", "", ""), ("{kind: Group, name: ads}", "Ads Platform", "boss@example.com"),
    ],
)  # fmt: skip
def test_the_owner_is_the_team_or_the_lead(owner: str, team: str, lead: str) -> None:
    (row,) = read(ORGANISATION + component("a", spec=f"owner: {owner}")).rows
    assert (row.team, row.lead) == (team, lead)


def test_where_it_can_be_read_is_the_first_link_else_the_page_of_its_source() -> None:
    view, source = "backstage.io/view-url", "backstage.io/source-location"
    text = component(
        "a", metadata=f'annotations: {{{view}: "https://v.example.com", {source}: "url:https://s.example.com"}}'
    )
    text += component("b", metadata=f'annotations: {{{source}: "url:https://s.example.com/b/"}}')
    text += component("c", metadata=f'annotations: {{{source}: "dir:."}}')
    assert [row.url for row in read(text).rows] == ["https://v.example.com", "https://s.example.com/b/", ""]


def test_groups_with_people_or_work_are_teams_and_the_boxes_above_them_are_not() -> None:
    boxes = "".join(
        component(name, kind="Group", spec=f"type: {kind}, children: []")
        for name, kind in (("org", "root"), ("empty", "team"))
    )
    reading = read(ORGANISATION + boxes + component("a"))
    assert reading.squads == (
        Squad(2, "Ads Platform", ("jenny@example.com", "boss@example.com"), "boss@example.com"),
        Squad(27, "empty"),
    )
    assert "1 group without members that own nothing here became no team." in reading.notes


def test_two_groups_of_one_display_name_stay_two_teams() -> None:
    groups = "".join(
        component(name, kind="Group", spec="type: team, profile: {displayName: Platform}") for name in ("a", "b")
    )
    reading = read(groups + component("x", spec="owner: b"))
    assert [squad.name for squad in reading.squads] == ["Platform", "Platform (b)"]
    assert [row.team for row in reading.rows] == ["Platform (b)"]


def test_other_kinds_are_counted_in_one_line() -> None:
    other = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n"
    reading = read(component("a") + component("b", kind="API") + component("c", kind="API") + other)
    assert "Not read, because they are neither work nor teams: 2 API, 1 Deployment of apps/v1." in reading.notes
    assert not reading.faults


@pytest.mark.parametrize(
    ("written", "full"),
    [("x", "group:ns/x"), ("user:x", "user:ns/x"), ("Other/X", "group:other/x"), ("user:o/X", "user:o/x"), ("", ""), ("a b", ""), (None, ""),
     ({"kind": "User", "name": "X"}, "user:ns/x"), (["x"], "")],
)  # fmt: skip
def test_references_are_completed_and_compared_in_lower_case(written: object, full: str) -> None:
    assert reference(written, kind="group", namespace="ns") == full


# --- several files ----------------------------------------------------------------------------------------------


def test_locations_are_followed_to_local_files_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "svc").mkdir()
    (tmp_path / "svc" / "a.yaml").write_text(
        component("a") + component("all", kind="Location", spec="target: ../catalog-info.yaml")
    )
    (tmp_path / "svc" / "b.yaml").write_text("\n\n" + component("b", metadata="description: {no: text}"))
    targets = "targets: [./svc/*.yaml, ./svc/a.yaml, ./gone.yaml, 'https://example.com/c.yaml', /etc/passwd]"
    path = tmp_path / "catalog-info.yaml"
    path.write_text(
        component("all", kind="Location", spec=targets)
        + component("maybe", kind="Location", spec="target: ./none.yaml, presence: optional")
    )
    reading = read(path.read_text(), path)
    assert [(row.title, row.file, row.line) for row in reading.rows] == [("a", "svc/a.yaml", 2)]
    assert [fault.sentence for fault in reading.faults] == [
        "Line 2: the target ./gone.yaml cannot be read: no such file or directory.",
        "svc/b.yaml, line 4: `metadata.description` of component:default/b is no text.",
    ]
    assert reading.notes == (
        "Skipped, because they are no files beside this one: https://example.com/c.yaml, /etc/passwd.",
    )


# --- broken and hostile YAML ------------------------------------------------------------------------------------


def test_a_broken_document_costs_itself_alone_and_names_its_line() -> None:
    text = (
        component("a") + "---\nkind: [Component\n" + component("b") + "---\njust a text\n" + component("c", kind="''")
    )
    reading = read(text)
    assert [row.title for row in reading.rows] == ["a", "b"]
    assert [(fault.line, fault.sentence.split(":")[0]) for fault in reading.faults] == [
        (8, "Line 8"), (14, "Line 14"), (16, "Line 16")]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: !!python/object/apply:os.system [id]", "it uses the tag"), ("a: !custom x", "it uses the tag !custom"), ("a: *b", "refers to nothing"),
        ("&a [*a]", "refers to nothing"), ("a: 1\na: 2", "the key a stands twice"), ("? [x]\n: 1", "a key is no text"), ("a: \x07", "a character stands here"),
        ("- " * 100, "more than 32 levels"), ("[" * 100_000, "more than 32 levels"), ("a: b: c", "this is not YAML"), ("{a: 1} b", "this is not YAML"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_told(text: str, problem: str) -> None:
    (broken,) = documents(text)
    assert isinstance(broken, Broken)
    assert problem in broken.problem
    assert broken.line in (1, 2)


def test_a_bomb_of_aliases_stays_as_small_as_it_was_written() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 25))
    merges = "m0: &m0 {k: v}\n" + "".join(
        f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}], k{n}: v}}\n" for n in range(1, 25)
    )
    began = time.monotonic()
    found = list(documents(bomb + "---\n" + merges))
    assert all(isinstance(each, Document) for each in found)
    assert time.monotonic() - began < 2
    reading = read(bomb + component("a", metadata="tags: &t [ok], x: *t"))
    assert [row.tags for row in reading.rows] == [("ok",)]


def test_texts_stay_texts_and_merge_keys_fill_in() -> None:
    (document,) = documents(
        "base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\nday: 2026-01-01\nno: no\nnothing: ~\nquoted: '~'\n"
    )
    assert isinstance(document, Document)
    assert document.content["own"] == {"x": "1", "y": "3"}
    assert (document.content["day"], document.content["no"], document.content["nothing"]) == ("2026-01-01", "no", None)
    assert document.content["quoted"] == "~"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_documents_are_found_with_their_lines_whatever_ends_them(end: str) -> None:
    text = end.join(
        [
            "# a file",
            "%YAML 1.2",
            "---",
            "a: |",
            "  ---",
            "  text",
            "...",
            "# between",
            "--- # b",
            "b: 1",
            "---",
            "---",
            "{c: 1}",
        ]
    )
    assert [(each.line, each.content) for each in documents(text) if isinstance(each, Document)] == [
        (4, {"a": "---\ntext\n"}), (10, {"b": "1"}), (13, {"c": "1"})]  # fmt: skip


def test_a_file_without_entities_is_refused() -> None:
    with pytest.raises(BadInput, match="holds no entity"):
        read("# nothing\n---\n")
    with pytest.raises(BadInput, match="is not UTF-8: line 2"):
        collect(CatalogReader(b"a: 1\nb: \xff", path=Path("x.yaml")))


# --- into the registry ------------------------------------------------------------------------------------------


def meet(registry: Registry) -> None:
    registry.do(
        lambda uow: [
            uow.people.meet("U0JENNY001", email="jenny@example.com").id,
            uow.people.meet("U0BOSS0001", email="boss@example.com").id,
        ]
    )


def members(registry: Registry, name: str) -> tuple[list[str], str]:
    def look(uow: UnitOfWork) -> tuple[list[str], str]:
        team = uow.teams.by_name(name)
        assert team is not None
        return uow.teams.members(team.id), team.lead_id

    found: tuple[list[str], str] = registry.look(look)
    return found


def test_a_catalog_fills_the_registry_and_its_teams_and_the_second_time_nothing(either: Registry) -> None:
    meet(either)
    text = ORGANISATION + component(
        "store", metadata="tags: [feature-store, java]", spec="lifecycle: production, owner: ads"
    )
    result = either.load(text, name="catalog-info.yaml")
    assert (result.new, result.teams, result.joined, result.exit_code) == (1, ["Ads Platform"], 2, 0)
    row = either.one("store")
    assert (row.external_id, row.capabilities, row.lead_id) == (
        "component:default/store",
        ["feature-store"],
        "U0BOSS0001",
    )
    assert members(either, "Ads Platform") == (["U0BOSS0001", "U0JENNY001"], "U0BOSS0001")
    assert "Tags that name no capability here: java." in either.said
    assert either.look(lambda uow: uow.capabilities.all()) == []
    version = either.version()
    again = either.load(text, name="catalog-info.yaml")
    assert (again.unchanged, again.changed, again.joined, again.run_id) == (1, 0, 0, None)
    assert either.version() == version


def test_whom_people_took_out_of_a_team_stays_out(registry: Registry) -> None:
    meet(registry)
    registry.load(ORGANISATION, name="catalog-info.yaml")
    team_id = registry.look(lambda uow: uow.teams.by_name("ads platform")).id
    registry.do(lambda uow: uow.teams.remove_member(team_id, "U0JENNY001"))
    assert registry.load(ORGANISATION, name="catalog-info.yaml").joined == 0
    assert members(registry, "Ads Platform")[0] == ["U0BOSS0001"]


def test_members_whom_slack_does_not_know_are_named(registry: Registry) -> None:
    registry.load(ORGANISATION, name="catalog-info.yaml")
    assert (
        "2 addresses of team members are not known in Slack yet: boss@example.com, jenny@example.com." in registry.said
    )
