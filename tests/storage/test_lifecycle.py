"""The life of a report is a table; the table is walked whole."""

import itertools

import pytest

from storage.lifecycle import MUST_EXPLAIN, NEXT, OPEN, ForbiddenMove, NoteRequired, Status, check_move
from storage.notices import NEWS, TOLD


def test_every_status_has_a_line() -> None:
    assert set(NEXT) == set(Status)


@pytest.mark.parametrize(("was", "to"), list(itertools.product(Status, Status)))
def test_a_move_is_allowed_exactly_where_the_table_says(was: Status, to: Status) -> None:
    if to in NEXT[was]:
        check_move(was, to, "a reason")
    else:
        with pytest.raises(ForbiddenMove):
            check_move(was, to, "a reason")


def test_every_status_can_be_reached_and_every_open_one_can_end() -> None:
    reachable = {Status.TRIAGE, Status.ASSIGNED, Status.REFERRED}
    for _ in Status:
        reachable |= {to for was in reachable for to in NEXT[was]}
    assert reachable == set(Status)
    ended = {status for status in Status if not NEXT[status]}
    for status in OPEN:
        assert NEXT[status] & (ended | {Status.RESOLVED})


@pytest.mark.parametrize("to", sorted(MUST_EXPLAIN))
def test_what_the_citizen_must_understand_needs_words(to: Status) -> None:
    with pytest.raises(NoteRequired):
        check_move(Status.ASSIGNED, to, "  ")


def test_reopening_needs_words_too() -> None:
    with pytest.raises(NoteRequired):
        check_move(Status.RESOLVED, Status.IN_PROGRESS, "")


def test_every_status_has_its_news_and_every_news_somebody_who_hears_or_a_reason_not_to() -> None:
    assert set(NEWS) == set(Status)
    assert set(NEWS.values()) <= set(TOLD)
    assert {event for event, told in TOLD.items() if not told} == {
        "opened",
        "referred_at_once",
        "rated",
        "holds",
        "broke_again",
        "supported",
        "left",
        "taker_left",
        "privacy_chosen",
        "unmasked",
        "amended",
        "lowered",
        "noted",
        "raised",
        "took_over",
    }
