"""What a person gets when the app has answered, or has not."""

from dataclasses import dataclass, field

from bot.sandbox.carriers import Answer
from bot.sandbox.records import Json

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows in a modal when the app's answer is missing or wrong."""


@dataclass(frozen=True)
class Reply:
    """The app's answer to a command or a click. True when there is something to read.

    Attributes:
        message: The message that the acknowledgement showed, as Slack's JSON.
        error: Slack's word when there was no good answer: operation_timeout, dispatch_failed, http_service_error, …
        ms: How long the app took.
    """

    message: Json | None = None
    error: str = ""
    ms: float = 0.0

    def __bool__(self) -> bool:
        return self.message is not None

    @property
    def text(self) -> str:
        """The text of the message, empty without one."""
        return str(self.message["text"]) if self.message else ""

    @property
    def blocks(self) -> list[Json]:
        """The blocks of the message."""
        return list(self.message.get("blocks", [])) if self.message else []


@dataclass(frozen=True)
class Submission:
    """What became of a form that was sent. `view` is what the person looks at now, if anything.

    Attributes:
        errors: Block id → sentence, by Slack's client or by the app. Empty when the form was taken.
        closed: The form is gone from the screen.
        view: The modal on top now.
        error: A sentence of Slack's when the app's answer was missing or wrong.
    """

    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    view: Json | None = None
    error: str = ""


def command_fault(answer: Answer) -> str:
    """Slack's word for a command that got no good answer."""
    if answer.fault in {"http_timeout", "timeout"}:
        return "operation_timeout"
    if answer.fault == "http_error":
        return "http_service_error" if answer.status >= 500 else "http_client_error"
    return "dispatch_failed"
