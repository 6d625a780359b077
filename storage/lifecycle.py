"""The life of a report, as a table a civil servant could read aloud. Imports nothing of ours."""

from enum import StrEnum


class Kind(StrEnum):
    """What a citizen wants of the city; the three classes of SP4N-LAPOR!, and the rest."""

    COMPLAINT = "pengaduan"
    ASPIRATION = "aspirasi"
    INFORMATION = "permintaan_informasi"
    OTHER = "lain"


class Status(StrEnum):
    """Where a report stands."""

    TRIAGE = "triage"  # waits for a person at Diskominfo to choose an office
    ASSIGNED = "assigned"  # lies with an office, nobody has accepted it
    IN_PROGRESS = "in_progress"  # an officer works on it
    NEEDS_INFO = "needs_info"  # the office has asked the citizen something
    RESOLVED = "resolved"  # the office says it is done; the citizen may disagree
    CLOSED = "closed"  # the citizen says it is done, or said nothing for long
    REJECTED = "rejected"  # will not be done, with a reason
    REFERRED = "referred"  # answered by a body outside the city, which is named
    WITHDRAWN = "withdrawn"  # the citizen took it back


NEXT: dict[Status, frozenset[Status]] = {
    Status.TRIAGE: frozenset({Status.ASSIGNED, Status.REJECTED, Status.REFERRED, Status.WITHDRAWN}),
    Status.ASSIGNED: frozenset(
        {
            Status.IN_PROGRESS,
            Status.NEEDS_INFO,
            Status.RESOLVED,  # small things are done before anyone presses "accept"
            Status.REJECTED,
            Status.REFERRED,
            Status.TRIAGE,  # "not ours, and I don't know whose"
            Status.WITHDRAWN,
        }
    ),
    Status.IN_PROGRESS: frozenset(
        {
            Status.NEEDS_INFO,
            Status.RESOLVED,
            Status.REJECTED,
            Status.REFERRED,
            Status.ASSIGNED,  # released by the officer, or handed to another office
            Status.TRIAGE,
            Status.WITHDRAWN,
        }
    ),
    Status.NEEDS_INFO: frozenset(
        {
            Status.IN_PROGRESS,  # the citizen answered somebody who works on it
            Status.ASSIGNED,  # the citizen answered before anybody had accepted
            Status.RESOLVED,
            Status.REJECTED,
            Status.REFERRED,
            Status.TRIAGE,
            Status.WITHDRAWN,
            Status.CLOSED,  # no answer came in time
        }
    ),
    Status.RESOLVED: frozenset({Status.CLOSED, Status.IN_PROGRESS}),  # not fixed, says the citizen: back to work
    Status.REFERRED: frozenset({Status.TRIAGE, Status.CLOSED}),  # it is the city's after all
    Status.CLOSED: frozenset(  # nobody had confirmed it and the citizen says it is not so, or their objection was right
        {Status.IN_PROGRESS, Status.ASSIGNED}
    ),
    Status.REJECTED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}

OPEN = frozenset({Status.TRIAGE, Status.ASSIGNED, Status.IN_PROGRESS, Status.NEEDS_INFO})
"""Somebody still owes the citizen something."""

WITH_AN_OFFICE = frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.NEEDS_INFO})

MUST_EXPLAIN = frozenset({Status.NEEDS_INFO, Status.RESOLVED, Status.REJECTED, Status.REFERRED})
"""A move to one of these carries words that the citizen reads."""


class LifecycleError(Exception):
    """Root of this module's errors; `code` names the sentence a person reads."""

    code = "move_refused"


class ForbiddenMove(LifecycleError):
    """`to` does not follow `was`: usually somebody else was faster, or the button is old."""

    code = "move_forbidden"

    def __init__(self, was: Status, to: Status) -> None:
        super().__init__(f"{was} -> {to}")
        self.was, self.to = was, to


class NoteRequired(LifecycleError):
    """The citizen must be told why or what."""

    code = "note_required"


class StillSealed(LifecycleError):
    """It accuses an official: as long as the Inspektorat has not said otherwise, nobody else gets it."""

    code = "still_sealed"


def check_seal(misconduct: bool) -> None:
    """Raises: StillSealed."""
    if misconduct:
        raise StillSealed


def check_move(was: Status, to: Status, note: str) -> None:
    """Raises: ForbiddenMove, NoteRequired."""
    if to not in NEXT[was]:
        raise ForbiddenMove(was, to)
    reopens = was in {Status.RESOLVED, Status.CLOSED} and to in {Status.IN_PROGRESS, Status.ASSIGNED}
    if (to in MUST_EXPLAIN or reopens) and not note.strip():
        raise NoteRequired(to)
