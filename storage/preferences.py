"""What a workspace has chosen. Anything not chosen has a default, so that a new setting needs no migration."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from storage.channels import ChannelMode
from storage.syncs import Cadence

#: Monday to Friday.
WORKDAYS: Final = (0, 1, 2, 3, 4)


class Preferences(BaseModel):
    """The settings of one workspace."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    #: Slack ids of those who administer Rowbot; empty: every admin and owner of the workspace.
    admins: tuple[str, ...] = ()
    #: Mode of a channel in which nobody chose one.
    channel_mode: ChannelMode = ChannelMode.ON
    #: Probability from which a match is shown; None: the calibrated default, or ROWBOT_THRESHOLD.
    threshold: float | None = Field(default=None, gt=0, lt=1)
    #: Of the warnings that people answer, the part that should be right; used while ``threshold`` is None.
    precision: float = Field(default=0.8, ge=0.5, le=0.99)
    #: Whether the answers under warnings move the threshold.
    learns: bool = True
    cadence: Cadence = Cadence.WEEKLY
    #: Day (0 is Monday) and minutes after midnight at which check-ins ask, on each person's own clock.
    checkin_weekday: int = Field(default=0, ge=0, le=6)
    checkin_minute: int = Field(default=9 * 60 + 30, ge=0, le=1439)
    #: Until when on the same day an answer is in time.
    deadline_minute: int = Field(default=18 * 60, ge=0, le=1439)
    #: Days on which people are asked.
    workdays: tuple[int, ...] = WORKDAYS
    #: Between these people work, unless they say otherwise: meetings are proposed inside of them.
    work_from: int = Field(default=9 * 60, ge=0, le=1439)
    work_until: int = Field(default=17 * 60, ge=0, le=1439)
    #: Between these minutes nobody is sent a prompt or a reminder; it waits for the end.
    quiet_from: int = Field(default=19 * 60, ge=0, le=1439)
    quiet_until: int = Field(default=8 * 60, ge=0, le=1439)
    #: Working days without a word of whoever is asked, after which what somebody waits for goes to their lead.
    escalate_after_days: int = Field(default=2, ge=1, le=30)
    #: Days for which delivered messages' words and keys of events are kept.
    keep_days: int = Field(default=30, ge=2, le=3650)
    #: Days for which the text of announcements is kept beside the registry; 0: for ever.
    keep_text_days: int = Field(default=0, ge=0, le=3650)
