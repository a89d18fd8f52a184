"""Every table, imported in one place: the metadata that migrations are compared with."""

from sqlmodel import SQLModel

from storage.announcements import Announcement
from storage.capabilities import Capability
from storage.channels import Channel, ChannelMember, Mute
from storage.events import ProcessedEvent
from storage.initiatives import Initiative, InitiativeAnalysis
from storage.matches import Match
from storage.outbox import Lane, OutboxRow
from storage.overlaps import Feedback, Overlap
from storage.people import Person
from storage.teams import Team, TeamMember
from storage.workspaces import Workspace

TABLES = (Announcement, Capability, Channel, ChannelMember, Feedback, Initiative, InitiativeAnalysis, Lane, Match, Mute,
          OutboxRow, Overlap, Person, ProcessedEvent, Team, TeamMember, Workspace)  # fmt: skip

metadata = SQLModel.metadata
