"""What Telegram's refusals mean for a row of the outbox. A test walks every error class of python-telegram-bot."""

from dataclasses import dataclass
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

TRIES = 8
"""How often an error nobody knows is tried before the row is given up."""


@dataclass(frozen=True)
class Retry:
    """Again in `seconds`. `counts` is False where the row is not to blame."""

    seconds: float
    counts: bool = True


@dataclass(frozen=True)
class GiveUp:
    """It will never arrive. `unreachable`: nor will anything else for this chat."""

    reason: str
    unreachable: bool = False


@dataclass(frozen=True)
class Readdress:
    """The chat has a new id."""

    chat_id: int


@dataclass(frozen=True)
class Done:
    """Refused, but what was wanted is so already."""


Outcome = Retry | GiveUp | Readdress | Done

GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found", "group chat was deactivated")
SO_ALREADY = ("message is not modified", "message to delete not found")


def outcome(error: TelegramError, attempts: int) -> Outcome:
    """What to do about an error, at the `attempts`-th try (from 1). `BadRequest` is a `NetworkError`: asked first."""
    words = error.message.lower()
    match error:
        case RetryAfter():
            wait = error.retry_after  # a timedelta, but for the annotation of older versions
            return Retry((wait.total_seconds() if isinstance(wait, timedelta) else wait) + 0.1, counts=False)
        case ChatMigrated():
            return Readdress(error.new_chat_id)
        case Forbidden():
            return GiveUp(error.message, unreachable=True)
        case BadRequest() if any(sign in words for sign in SO_ALREADY):
            return Done()
        case BadRequest():
            return GiveUp(error.message, unreachable=any(sign in words for sign in GONE))
        case EndPointNotFound() | PassportDecryptionError():
            return GiveUp(error.message)
        case InvalidToken() if "not found" in str(error.__cause__).lower():
            return GiveUp(error.message)  # a 404: no such method; a token that is not valid any more gets a 401
        case InvalidToken() | Conflict():
            return Retry(60, counts=False)  # the operator has to act; nothing is lost meanwhile
        case TimedOut() | NetworkError():
            return Retry(backoff(attempts))
        case _:
            return Retry(backoff(attempts)) if attempts < TRIES else GiveUp(error.message)


def backoff(attempts: int) -> float:
    """Seconds before the next try: 1, 2, 4 ... at most 5 minutes."""
    return float(min(2 ** (attempts - 1), 300))
