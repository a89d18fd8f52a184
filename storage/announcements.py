"""Announcements: the Slack messages and forms that introduced an initiative."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, case, delete, literal, update
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key, Word
from storage.repository import Repository


class Door(StrEnum):
    """How it came in."""

    FORM = "form"
    SHORTCUT = "shortcut"
    MARKER = "marker"
    PROSE = "prose"


class AnnouncementState(StrEnum):
    """What became of it."""

    #: The author was asked whether it is one.
    ASKED = "asked"
    #: The channel only watches: seen, counted, nothing registered.
    OBSERVED = "observed"
    REGISTERED = "registered"
    #: "Not an initiative"; can be taken back for a week.
    DISMISSED = "dismissed"
    #: The message was edited until it no longer announces anything.
    WITHDRAWN = "withdrawn"
    #: The message is gone. The row stays so that a late copy of it is not answered.
    DELETED = "deleted"


class Announcement(SQLModel, table=True):
    """One message (or form) and the initiative that it introduced."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "channel_id", "ts"),
        Index("ix_announcement_fingerprint", "workspace_id", "author_id", "fingerprint"),
        Index("ix_announcement_initiative", "initiative_id"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    channel_id: str
    #: Slack's id of the message in its channel; for a form without a message, the form's own key.
    ts: str
    #: "" for a workflow or another bot.
    author_id: str = ""
    door: Door = Field(sa_type=Word(Door))
    state: AnnouncementState = Field(sa_type=Word(AnnouncementState))
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)
    #: Of the text without white space, case, mentions: the same elsewhere is a cross-post.
    fingerprint: str = ""
    text: str = ""
    permalink: str = ""
    #: Whether its words announced by themselves when they were last read, and nobody had to say that it is one. None: read before this was kept.
    by_itself: bool | None = None
    #: Slack's time of the last edit that was taken in ("" for none): an older copy changes nothing.
    edited_ts: str = ""
    #: Counts the replies that were drawn: an update is sent when what it says has changed.
    reply_version: int = 0
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class Behind(SQLModel, table=True):
    """An initiative that changed where its announcements could not follow at once; gone when they have."""

    initiative_id: int = Field(primary_key=True, sa_type=Key, foreign_key="initiative.id")
    workspace_id: str
    since: datetime = Field(sa_type=Instant)


class Announcements(Repository):
    """The workspace's announcements."""

    def get(self, announcement_id: int) -> Announcement | None:
        """The announcement, if it is of this workspace."""
        row = self.session.get(Announcement, announcement_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def at(self, channel_id: str, ts: str) -> Announcement | None:
        """What is known of this message."""
        statement = select(Announcement).where(
            Announcement.workspace_id == self.workspace_id,
            Announcement.channel_id == channel_id,
            Announcement.ts == ts,
        )
        return self.session.exec(statement).first()

    def said_between(self, channel_id: str, low: str, high: str) -> list[Announcement]:
        """Known messages of a channel that were said after ``low`` and not after ``high``, as far as they were not deleted.

        Slack's ts have ten digits before the point until the year 2286, so that they sort as texts.
        """
        statement = (
            select(Announcement)
            .where(Announcement.workspace_id == self.workspace_id, Announcement.channel_id == channel_id)
            .where(col(Announcement.ts) > low, col(Announcement.ts) <= high, col(Announcement.ts).contains("."))
            .where(Announcement.state != AnnouncementState.DELETED)
            .order_by(col(Announcement.ts))
        )
        return list(self.session.exec(statement))

    def add(self, announcement: Announcement) -> Announcement:
        """Store it and give it its id."""
        self.session.add(announcement)
        self.session.flush()
        return announcement

    def forget_texts_before(self, moment: datetime, *, limit: int = 1000) -> int:
        """Empty the texts of announcements that nothing has happened to since, a batch at a time; how many.

        The fingerprint stays, so a cross-post is still known for one. Whoever was asked and never answered is not waited for any longer.
        """
        old = (
            select(Announcement.id)
            .where(Announcement.workspace_id == self.workspace_id, Announcement.text != "")
            .where(Announcement.updated_at < moment)
            .order_by(col(Announcement.id))
            .limit(limit)
        )
        over = literal(AnnouncementState.DISMISSED, Word(AnnouncementState))
        asked = col(Announcement.state) == AnnouncementState.ASKED
        statement = (
            update(Announcement)
            .where(col(Announcement.id).in_(old))
            .values(text="", state=case((asked, over), else_=Announcement.state))
            .returning(col(Announcement.id))
        )
        return len(self.session.execute(statement).scalars().all())

    def same_text(self, author_id: str, fingerprint: str, *, since: datetime) -> Announcement | None:
        """The first standing announcement of this text by this person, if any."""
        statement = (
            select(Announcement)
            .where(
                Announcement.workspace_id == self.workspace_id,
                Announcement.author_id == author_id,
                Announcement.fingerprint == fingerprint,
                Announcement.state == AnnouncementState.REGISTERED,
                Announcement.created_at >= since,
            )
            .order_by(col(Announcement.id))
        )
        return self.session.exec(statement).first()

    def asked_of(self, author_id: str, *, since: datetime, limit: int = 5) -> list[Announcement]:
        """Messages about which their author was asked and has not answered, the youngest first."""
        statement = (
            select(Announcement)
            .where(Announcement.workspace_id == self.workspace_id, Announcement.author_id == author_id)
            .where(Announcement.state == AnnouncementState.ASKED, col(Announcement.created_at) >= since)
            .order_by(col(Announcement.id).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def of_initiative(self, initiative_id: int) -> list[Announcement]:
        """Every announcement of an initiative, the first one first."""
        statement = (
            select(Announcement)
            .where(Announcement.workspace_id == self.workspace_id, Announcement.initiative_id == initiative_id)
            .order_by(col(Announcement.id))
        )
        return list(self.session.exec(statement))

    def standing_of(self, initiative_ids: list[int]) -> list[Announcement]:
        """The standing announcements of these initiatives, the first ones first."""
        if not initiative_ids:
            return []
        statement = (
            select(Announcement)
            .where(Announcement.workspace_id == self.workspace_id, col(Announcement.initiative_id).in_(initiative_ids))
            .where(Announcement.state == AnnouncementState.REGISTERED)
            .order_by(col(Announcement.id))
        )
        return list(self.session.exec(statement))

    def fall_behind(self, initiative_id: int, *, now: datetime) -> None:
        """Let the announcements of an initiative follow it soon: it has changed."""
        row = {"initiative_id": initiative_id, "workspace_id": self.workspace_id, "since": now}
        self.insert_new(Behind, [row], key="initiative_id")

    def behind(self, *, limit: int = 20) -> list[int]:
        """Initiatives that changed and that their announcements have not followed, the longest waiting first."""
        statement = (
            select(Behind.initiative_id)
            .where(Behind.workspace_id == self.workspace_id)
            .order_by(col(Behind.since), col(Behind.initiative_id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def catch_up(self, initiative_id: int) -> bool:
        """Take it that the announcements of an initiative follow it now; False if somebody else has seen to that."""
        statement = (
            delete(Behind)
            .where(col(Behind.workspace_id) == self.workspace_id, col(Behind.initiative_id) == initiative_id)
            .returning(col(Behind.initiative_id))
        )
        return bool(self.session.execute(statement).scalars().all())
