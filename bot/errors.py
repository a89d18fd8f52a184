"""The error family. Each carries the sentence that a person reads: what happened, to what, what to do next.

RowbotError
├── Refusal          a rule says no; the person is told why (a form: beside its field)
│   ├── NotAllowed   somebody else may
│   ├── NotFound     it is gone, or was never there for this person
│   └── BadInput     what was typed cannot be used; may name the form's field
├── Misconfigured    the environment cannot work; said at start, exit code 2
└── (storage.database.StoreUnavailable is the store's own)
"""


class RowbotError(Exception):
    """Something that has a sentence for people."""

    @property
    def sentence(self) -> str:
        """What people read."""
        return str(self)


class Refusal(RowbotError):
    """A rule says no."""


class NotAllowed(Refusal):
    """This person may not; the sentence says who may."""


class NotFound(Refusal):
    """It is gone, or was never there for this person."""


class BadInput(Refusal):
    """What was typed cannot be used."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        """``field`` is the block id of the form's field that the sentence is about."""
        super().__init__(sentence)
        self.field = field


class Misconfigured(RowbotError):
    """The environment cannot work as it is."""
