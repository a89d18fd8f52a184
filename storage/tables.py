"""Every table, imported in one place: the metadata that migrations are compared with."""

from sqlmodel import SQLModel

from storage.announcements import Announcement
from storage.backfills import Backfill, Finding
from storage.capabilities import Capability
from storage.channels import Channel, ChannelMember, Mute
from storage.events import ProcessedEvent
from storage.imports import ImportChange, ImportRun
from storage.initiatives import Initiative, InitiativeAnalysis, StatusChange
from storage.matches import Match
from storage.outbox import Lane, OutboxRow
from storage.overlaps import Feedback, Overlap
from storage.people import Person
from storage.settings import SettingChange
from storage.syncs import Answer, Prompt, Round, Sync, SyncMember
from storage.teams import Team, TeamMember
from storage.workspaces import Workspace

TABLES = (Announcement, Answer, Backfill, Capability, Channel, ChannelMember, Feedback, Finding, ImportChange, ImportRun, Initiative, InitiativeAnalysis,
          Lane, Match, Mute, OutboxRow, Overlap, Person, ProcessedEvent, Prompt, Round, SettingChange, StatusChange, Sync, SyncMember, Team, TeamMember,
          Workspace)  # fmt: skip

metadata = SQLModel.metadata
