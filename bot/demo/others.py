"""What the other people of the demo answer when a newcomer moves time on: something plausible, and the same each time it is played."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zlib import crc32

from bot.demo.hands import Hands, OpenPrompt
from bot.demo.organisation import DATA, Moment, Organisation
from bot.yaml_files import read_yaml

#: Of so many prompts one is left unanswered, one is skipped, and one is answered on the next day.
SILENT, SKIPS, LATE = 9, 13, 7
#: Minutes that somebody takes to answer: from, and how many more at most.
SOONEST, SPREAD = 6, 170
NEXT_DAY: Final = timedelta(hours=22)


@dataclass(frozen=True, slots=True)
class Others:
    """Everybody of the organisation but one, who answers for themselves."""

    organisation: Organisation
    hands: Hands
    #: Slack id of the one whose eyes the newcomer uses.
    besides: str

    def answers_to_come(self, now: datetime) -> list[Moment]:
        """What they will do about the prompts that they found since the last look."""
        return list(self._decided(now))

    def _decided(self, now: datetime) -> Iterator[Moment]:
        for key, prompt in self.hands.open_prompts(besides=self.besides):
            # By the day and not by the moment: however time was moved, they do the same.
            luck = crc32(f"{key} {prompt.topic} {prompt.asked_at:%Y-%m-%d}".encode())
            if luck % SILENT == 0:
                continue
            skips, is_late = luck % SKIPS == 0, luck % LATE == 0
            pause = timedelta(minutes=SOONEST + luck // 7 % SPREAD) + (
                NEXT_DAY if is_late and not skips else timedelta()
            )
            verb, details = ("skip", {}) if skips else ("answer", self._answer(key, prompt))
            yield Moment(max(prompt.asked_at + pause, now), key, verb, {**details, "prompt": prompt.value})

    def _answer(self, key: str, prompt: OpenPrompt) -> Mapping[str, Any]:
        """The next one in somebody's turn, week by week."""
        turn = prompt.asked_at.date().toordinal() // 7 + crc32(f"{key} {prompt.topic}".encode())
        answer = dict(ANSWERS[turn % len(ANSWERS)])
        if answer.pop("helped", False):
            people = self.organisation.people
            colleagues = [one for one in people if one != key and not people[one].get("external")]
            answer["helped"] = [colleagues[turn % len(colleagues)]]
        return answer


ANSWERS: Final[tuple[Mapping[str, Any], ...]] = tuple(
    read_yaml((DATA / "later.yml").read_text(encoding="utf-8"))["answers"]
)
