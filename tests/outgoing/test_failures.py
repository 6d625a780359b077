"""Every error of python-telegram-bot has a meaning for the outbox."""

import pytest
from telegram import error
from telegram.ext import InvalidCallbackData

from bot.outgoing.failures import TRIES, Done, GiveUp, Outcome, Readdress, Retry, backoff, outcome

MEANINGS: list[tuple[error.TelegramError, Outcome]] = [
    (error.RetryAfter(7), Retry(7.1, counts=False)),
    (error.ChatMigrated(-1001), Readdress(-1001)),
    (error.Forbidden("bot was blocked by the user"), GiveUp("bot was blocked by the user", unreachable=True)),
    (error.BadRequest("Message is not modified: same"), Done()),
    (error.BadRequest("Chat not found"), GiveUp("Chat not found", unreachable=True)),
    (error.BadRequest("Message is too long"), GiveUp("Message is too long")),
    (error.TimedOut(), Retry(1)),
    (error.NetworkError("reset"), Retry(1)),
    (error.InvalidToken(), Retry(60, counts=False)),
    (error.Conflict("other"), Retry(60, counts=False)),
    (error.EndPointNotFound("x"), GiveUp("x")),
    (error.PassportDecryptionError("x"), GiveUp("PassportDecryptionError: x")),
    (InvalidCallbackData("x"), Retry(1)),
    (error.TelegramError("strange"), Retry(1)),
]


def subclasses(root: type) -> set[type]:
    return {root} | {deeper for child in root.__subclasses__() for deeper in subclasses(child)}


@pytest.mark.parametrize(("said", "meaning"), MEANINGS, ids=lambda x: repr(x)[:40])
def test_an_error_is_translated_once(said: error.TelegramError, meaning: Outcome) -> None:
    found = outcome(said, 1)
    if isinstance(meaning, GiveUp) and isinstance(found, GiveUp):
        assert found.unreachable == meaning.unreachable
    else:
        assert found == meaning


def test_no_error_class_is_forgotten() -> None:
    assert subclasses(error.TelegramError) <= {type(said) for said, _ in MEANINGS}


def test_an_unknown_error_is_given_up_in_the_end_but_a_broken_network_never_is() -> None:
    assert isinstance(outcome(error.TelegramError("strange"), TRIES), GiveUp)
    assert outcome(error.NetworkError("reset"), 99) == Retry(300)
    assert [backoff(n) for n in (1, 2, 3, 10)] == [1, 2, 4, 300]
