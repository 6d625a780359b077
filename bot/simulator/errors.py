"""What the Bot API answers when it will not do something, in Telegram's own words."""

from typing import Any


class Refusal(Exception):
    """A request the Bot API refuses: HTTP status, description, and sometimes parameters the client must act on."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON object that Telegram would send."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class Impossible(AssertionError):
    """Something a person cannot do in a real messenger (for example write to a bot they have blocked)."""


def bad_request(description: str) -> Refusal:
    """400 with Telegram's usual prefix."""
    return Refusal(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refusal:
    """403 with Telegram's usual prefix."""
    return Refusal(403, f"Forbidden: {description}")


def too_many(retry_after: int) -> Refusal:
    """429; `retry_after` is in whole seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def migrated(to_chat_id: int) -> Refusal:
    """400 for a group that has become a supergroup under a new id."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, text, migrate_to_chat_id=to_chat_id)
