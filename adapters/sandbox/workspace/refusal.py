"""How the workspace says no: one error word, and what Slack adds to it."""

from typing import Any


class Refused(Exception):
    """A definite `{"ok": false, "error": …}`; nothing was changed."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    @classmethod
    def because(cls, error: str, problems: list[str]) -> "Refused":
        """Refuse with the sentences that Slack puts into `response_metadata.messages`."""
        return cls(error, errors=problems, response_metadata={"messages": problems})


class Limited(Exception):
    """Too many calls: HTTP 429 with Retry-After, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after
