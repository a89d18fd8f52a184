"""Every table, imported in one place: the metadata that migrations are compared with."""

from sqlmodel import SQLModel

from storage.announcements import Announcement, Behind
from storage.backfills import Backfill, Finding
from storage.capabilities import Capability
from storage.channels import Channel, ChannelMember, Mute
from storage.digests import Digest
from storage.events import ProcessedEvent
from storage.hours import Away, Hours
from storage.imports import ImportChange, ImportRun
from storage.initiatives import AnalysisClaim, Initiative, InitiativeAnalysis, StatusChange
from storage.items import Item, ItemMention
from storage.matches import Match
from storage.meetings import Meeting, Pick, Slot
from storage.outbox import Lane, OutboxRow, Pace
from storage.overlaps import Feedback, Overlap
from storage.people import Person
from storage.rounds import Answer, Draft, OverlapView, Prompt, Round
from storage.settings import SettingChange
from storage.syncs import Sync, SyncMember
from storage.teams import Team, TeamMember
from storage.workspaces import Workspace

TABLES = (Announcement, Answer, Away, Backfill, Behind, Capability, Channel, ChannelMember, Digest, Draft, Feedback, Finding, Hours, ImportChange, ImportRun,
          AnalysisClaim, Initiative, InitiativeAnalysis, Item, ItemMention, Lane, Match, Meeting, Mute, OutboxRow, Overlap, OverlapView, Pace, Person, Pick, ProcessedEvent, Prompt, Round,
          SettingChange, Slot, StatusChange, Sync, SyncMember, Team, TeamMember, Workspace)  # fmt: skip

metadata = SQLModel.metadata
