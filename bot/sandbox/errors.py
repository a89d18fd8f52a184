"""The two ways in which the sandbox says no: to an app in Slack's code words, to a person in a sentence."""

from typing import Any


class SlackError(Exception):
    """A Web API call that Slack would refuse.

    Args:
        code: Slack's word, such as `channel_not_found`.
        messages: What stands in `response_metadata.messages` (and, for blocks, in `errors`).
        more: Further fields of the answer, such as `needed` and `provided`.
    """

    def __init__(self, code: str, *, messages: list[str] | None = None, **more: Any) -> None:  # noqa: ANN401 - JSON fields
        super().__init__(code)
        self.code = code
        self.messages = messages or []
        self.more = more

    def answer(self) -> dict[str, Any]:
        """The JSON body of the refusal."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
            if self.code == "invalid_blocks":
                body["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
        return body


class NotPossibleError(Exception):
    """Something that a person of the sandbox cannot do; the text is the sentence that they read."""
