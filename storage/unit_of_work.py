"""The unit of work: every repository, bound to one transaction, one workspace and what the viewer may see."""

from dataclasses import dataclass, replace
from functools import cached_property

from sqlmodel import Session

from storage.announcements import Announcements
from storage.answers import Answers
from storage.backfills import Backfills
from storage.capabilities import Capabilities
from storage.channels import Channels
from storage.decisions import Decisions
from storage.digests import Digests
from storage.events import Events
from storage.hours import PeoplesHours
from storage.imports import Imports
from storage.initiatives import Initiatives
from storage.items import Items
from storage.matches import Matches
from storage.meetings import Meetings
from storage.outbox import Outbox
from storage.overlaps import Overlaps
from storage.people import People
from storage.reports import Reports
from storage.repository import EVERYBODY, MACHINE, Viewer
from storage.rounds import Rounds
from storage.settings import Settings
from storage.syncs import Syncs
from storage.teams import Teams
from storage.undelivered import Undelivered
from storage.weeks import Weeks
from storage.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Scope:
    """Inside which workspace, and with whose eyes."""

    workspace_id: str
    viewer: Viewer = EVERYBODY


@dataclass(frozen=True)
class UnitOfWork:
    """One transaction's view of the store. Services take it first; they never commit."""

    session: Session
    scope: Scope

    def seen_by(self, viewer: Viewer) -> "UnitOfWork":
        """The same transaction with other eyes."""
        return replace(self, scope=replace(self.scope, viewer=viewer))

    @property
    def machine(self) -> "UnitOfWork":
        """The same transaction with the machine's eyes, which see all: for deciding, never for wording."""
        return self.seen_by(MACHINE)

    @property
    def workspace_id(self) -> str:
        """The workspace that everything here is inside of."""
        return self.scope.workspace_id

    @property
    def viewer(self) -> Viewer:
        """Whose eyes."""
        return self.scope.viewer

    @cached_property
    def workspaces(self) -> Workspaces:
        """The workspace itself."""
        return Workspaces(self.session, self.workspace_id, self.viewer)

    @cached_property
    def channels(self) -> Channels:
        """Its channels."""
        return Channels(self.session, self.workspace_id, self.viewer)

    @cached_property
    def people(self) -> People:
        """Its people."""
        return People(self.session, self.workspace_id, self.viewer)

    @cached_property
    def teams(self) -> Teams:
        """Its teams."""
        return Teams(self.session, self.workspace_id, self.viewer)

    @cached_property
    def capabilities(self) -> Capabilities:
        """Its own capabilities."""
        return Capabilities(self.session, self.workspace_id, self.viewer)

    @cached_property
    def initiatives(self) -> Initiatives:
        """Its initiatives."""
        return Initiatives(self.session, self.workspace_id, self.viewer)

    @cached_property
    def announcements(self) -> Announcements:
        """Its announcements."""
        return Announcements(self.session, self.workspace_id, self.viewer)

    @cached_property
    def matches(self) -> Matches:
        """Its matches."""
        return Matches(self.session, self.workspace_id, self.viewer)

    @cached_property
    def overlaps(self) -> Overlaps:
        """Its overlaps."""
        return Overlaps(self.session, self.workspace_id, self.viewer)

    @cached_property
    def decisions(self) -> Decisions:
        """What was decided of pairs that a channel was warned of."""
        return Decisions(self.session, self.workspace_id, self.viewer)

    @cached_property
    def syncs(self) -> Syncs:
        """Its syncs."""
        return Syncs(self.session, self.workspace_id, self.viewer)

    @cached_property
    def rounds(self) -> Rounds:
        """Rounds of its syncs, with prompts and answers."""
        return Rounds(self.session, self.workspace_id, self.viewer)

    @cached_property
    def answers(self) -> Answers:
        """What stands beside the answers: drafts, views of overlaps, who can still answer what."""
        return Answers(self.session, self.workspace_id, self.viewer)

    @cached_property
    def meetings(self) -> Meetings:
        """Meetings of its syncs."""
        return Meetings(self.session, self.workspace_id, self.viewer)

    @cached_property
    def items(self) -> Items:
        """What its people wait for."""
        return Items(self.session, self.workspace_id, self.viewer)

    @cached_property
    def hours(self) -> PeoplesHours:
        """When its people can be reached."""
        return PeoplesHours(self.session, self.workspace_id, self.viewer)

    @cached_property
    def digests(self) -> Digests:
        """Its channels' weekly summaries."""
        return Digests(self.session, self.workspace_id, self.viewer)

    @cached_property
    def reports(self) -> Reports:
        """Questions over all of it."""
        return Reports(self.session, self.workspace_id, self.viewer)

    @cached_property
    def weeks(self) -> Weeks:
        """What its people said in the open."""
        return Weeks(self.session, self.workspace_id, self.viewer)

    @cached_property
    def settings(self) -> Settings:
        """What it has chosen."""
        return Settings(self.session, self.workspace_id, self.viewer)

    @cached_property
    def imports(self) -> Imports:
        """Its imports."""
        return Imports(self.session, self.workspace_id, self.viewer)

    @cached_property
    def backfills(self) -> Backfills:
        """Its backfills."""
        return Backfills(self.session, self.workspace_id, self.viewer)

    @cached_property
    def events(self) -> Events:
        """What was taken in."""
        return Events(self.session, self.workspace_id, self.viewer)

    @cached_property
    def outbox(self) -> Outbox:
        """What is on its way out."""
        return Outbox(self.session, self.workspace_id, self.viewer)

    @cached_property
    def undelivered(self) -> Undelivered:
        """What did not arrive."""
        return Undelivered(self.session, self.workspace_id, self.viewer)
