"""From a citizen's words to an opened report: classify, choose the office, open. The only door to the classifier."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.accusation import conduct_of
from bot.answers import Answers
from bot.borders import Borders, Box
from bot.rules import Rules
from bot.texts.known import Known
from bot.watching.metrics import LOOK_SECONDS
from classifier import conduct, openings, similar, tables, traps
from classifier.faq import Entry
from classifier.prediction import Prediction
from classifier.similar import Matter
from storage import agencies, nearby, reports, sealed, support
from storage.calendar import Calendar
from storage.lifecycle import Kind
from storage.notices import place_in_words
from storage.reports import Opening, Routing
from storage.tables import Agency, Report

if TYPE_CHECKING:
    from classifier import Classifier
    from classifier.clusters import Cluster

announces = openings.is_opening
CHOICES = 3
"""Offices a citizen may choose among."""

REASONS = 4
"""Words of an explanation."""


@dataclass(frozen=True)
class Guess:
    """What the classifier made of a message, as plain values that fit into a conversation's data."""

    decision: str = "triage"
    agency: str | None = None
    topic: str | None = None
    confidence: float = 0.0
    alternatives: list[tuple[str, str]] = field(default_factory=list)
    """(agency, topic), best first, distinct agencies."""
    kind: str = Kind.COMPLAINT.value
    urgent: bool = False
    hotlines: list[str] = field(default_factory=list)
    """Emergency numbers the citizen reads first, the most fitting first."""
    owner: str | None = None
    reasons: list[str] = field(default_factory=list)
    abusive: bool = False
    second: list[str] = field(default_factory=list)
    """Topics of further problems in the same message."""
    kecamatan: str | None = None
    kelurahan: str | None = None
    places: list[tuple[str, str]] = field(default_factory=list)
    """(kelurahan, kecamatan) where the words name several, or a name that several carry."""
    model: str = ""
    conduct: str = ""
    """`accused`: an official is; `ask`: that may be, the citizen says; empty: it is about something else."""


@dataclass(frozen=True)
class Kelurahan:
    name: str
    kecamatan: str


@dataclass(frozen=True)
class Spot:
    """Where a pin lies. `neighbour`: whose land it is, where it is not in the city and the boundaries say so."""

    inside: bool
    kelurahan: str | None = None
    kecamatan: str | None = None
    neighbour: str = ""


class Intake:
    """`classifier` None: the model is out of order, and everything goes to the triage desk."""

    def __init__(
        self,
        classifier: "Classifier | None",
        calendar: Calendar,
        prefix: str,
        boundaries: Path | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        demand_proof: bool = True,
        compare_pictures: bool = False,
    ) -> None:
        """Raises: BadBorders."""
        self.answers = Answers(lambda: clock().astimezone(calendar.zone).date())
        self.classifier = classifier
        self._said: tuple[object, Prediction] | None = None
        self.calendar = calendar
        self.prefix = prefix
        self.rules = Rules()
        self.compare_pictures = compare_pictures
        self.bodies = tables.agencies()
        self.proof = frozenset(tables.read_table("proof.toml")["topics"]) if demand_proof else frozenset()
        places = tables.read_table("places.toml")["kecamatan"]
        self.kecamatan: dict[str, str] = {row["code"]: row["name"] for row in places}
        self.tiles: dict[str, list[int]] = {row["name"]: row["tile"] for row in places if "tile" in row}
        self.kelurahan: dict[str, Kelurahan] = {
            kel["code"]: Kelurahan(kel["name"], row["name"]) for row in places for kel in row["kelurahan"]
        }
        box = Box(**tables.read_table("city.toml")["box"])
        known = {code: (kel.name, kel.kecamatan) for code, kel in self.kelurahan.items()}
        self.borders = Borders.read(boundaries, box, known) if boundaries else Borders.rough(box)

    def _predict(self, classifier: "Classifier", text: str) -> Prediction:
        """The same words are often looked at twice in a row: as a report, then as a question."""
        key = (classifier.version, self.rules.now, text)
        if self._said is None or self._said[0] != key:
            self._said = (key, classifier.predict(text, self.rules.now))
        return self._said[1]

    def look(self, text: str) -> Guess:
        """What a message is about. Pure and quick; never an error."""
        if self.classifier is None:
            return Guess()
        with LOOK_SECONDS.time():
            said = self._predict(self.classifier, text)
        place = said.place
        kelurahan = self.kelurahan.get(place.kelurahan) if place and place.kelurahan else None
        return Guess(
            decision=said.decision,
            agency=said.agency,
            topic=said.topic,
            confidence=round(said.confidence, 4),
            alternatives=[(other.agency, other.topic) for other in said.alternatives[:CHOICES]],
            kind=said.kind,
            urgent=said.urgent,
            hotlines=list(said.hotlines),
            owner=said.owner,
            reasons=[reason.word for reason in said.reasons[:REASONS]],
            abusive=said.abusive,
            second=list(said.second[:1]),
            kecamatan=self.kecamatan.get(place.kecamatan) if place and place.kecamatan else None,
            kelurahan=kelurahan.name if kelurahan else None,
            places=self._several(place.candidates) if place else [],
            model=said.model,
            conduct=conduct_of(text, said.decision, said.topic, [other.topic for other in said.alternatives[:CHOICES]]),
        )

    def without_accusation(self, guess: Guess) -> Guess:
        """The same guess once the citizen has said that no official is accused."""
        others = [(agency, topic) for agency, topic in guess.alternatives if topic not in conduct.accusing()]
        if guess.topic not in conduct.accusing():
            return replace(guess, alternatives=others, conduct="")
        agency, topic = others[0] if others else (None, None)
        decision = "ask" if others else "triage"
        return replace(
            guess,
            agency=agency,
            topic=topic,
            alternatives=others,
            decision=decision,
            reasons=[],
            owner=None,
            conduct="",
        )

    def _several(self, codes: tuple[str, ...]) -> list[tuple[str, str]]:
        """Names for the citizen to choose among; more than CHOICES are no help."""
        if not 1 < len(codes) <= CHOICES:
            return []
        return [(self.kelurahan[code].name, self.kelurahan[code].kecamatan) for code in codes]

    def where(self, latitude: float, longitude: float) -> Spot:
        """In which kelurahan a pin lies, as far as the boundaries know; degrees."""
        there = self.borders.locate(latitude, longitude)
        kel = self.kelurahan.get(there.kelurahan)
        return Spot(there.inside, kel.name if kel else None, kel.kecamatan if kel else None, there.neighbour)

    def meant(self, answer: str) -> tuple[str, ...]:
        """Codes of the places that an answer to "where?" may mean: none, one, or the readings of a name."""
        return traps.meant(answer)

    def is_a_name(self, answer: str) -> bool:
        """Whether an answer is the name of a kelurahan or kecamatan and nothing else."""
        return traps.is_bare(answer)

    def clusters(self, reports: Sequence[tuple[str, str]]) -> "list[Cluster]":
        """(topic, text) pairs, the oldest first, grouped by what they ask for; by topic alone without a model. Slow."""
        from classifier.clusters import by_topic, clusters

        return clusters(self.classifier, reports) if self.classifier else by_topic(reports)

    def about(self, topic: str) -> tuple[str, str]:
        """(agency id, name) of a topic, by the model's table; empty for one that nobody knows."""
        known = tables.topics().get(topic)
        return (known.agency, known.name) if known else ("", "")

    async def answer(self, session: AsyncSession, text: str, *, asked: bool) -> Entry | None:
        """The answer on file to a question, counted as shown; None where an office should read it.

        `asked`: the citizen says that it is a question.
        """
        if self.classifier is None:
            return None
        return await self.answers.to(session, text, self._predict(self.classifier, text), asked=asked)

    async def already_reported(
        self, session: AsyncSession, opening: Opening, topic: str | None, citizen_id: int | None
    ) -> list[Known]:
        """Open reports nearby that seem to tell of the same matter, the closest first, at most CHOICES.

        Only of matters that lie in the open for everybody to see; empty for all others.
        """
        if self.classifier is None or topic is None or topic not in similar.shared():
            return []
        where = nearby.Spot(pin_of(opening), opening.kecamatan, opening.kelurahan)
        candidates = await nearby.open_nearby(session, where, topic, similar.shared(), similar.BESIDE)
        this, others = matter_of(opening, topic), [matter_of(report, report.topic) for report in candidates]
        closeness = self.classifier.closeness.of(this, others)
        best = sorted(range(len(others)), key=lambda i: -closeness[i])[:CHOICES]
        close = [(candidates[i], others[i]) for i in best if closeness[i] >= similar.SAME]
        if not close:
            return []
        ids = [report.id or 0 for report, _ in close]
        behind = await support.counts(session, ids)
        followed = await support.ids_of(session, citizen_id or 0, ids)
        return [
            Known(
                report_id=report.id or 0,
                number=report.number,
                status=report.status.value,
                text=report.text,
                place=place_in_words(report.place, report.kelurahan, report.kecamatan),
                supporters=behind.get(report.id or 0, 0),
                metres=similar.metres(this, other) if this.pin and other.pin else None,
                mine=report.citizen_id == citizen_id,
                followed=report.id in followed,
            )
            for report, other in close
        ]

    def wants_proof(self, topic: str | None) -> bool:
        """Whether a report on this topic is only done with a photo that shows it."""
        return topic in self.proof

    async def agency_today(
        self, session: AsyncSession, topic: str | None, agency_id: str, now: datetime
    ) -> tuple[Agency | None, str]:
        """The body that answers today, the dated map before the model's table; and the map's name of the topic."""
        day = now.astimezone(self.calendar.zone).date()
        known, found = tables.topics().get(topic or ""), None
        if known and known.agency == agency_id:  # not where a boundary rule chose another office
            found = await agencies.answering_topic(session, known.id, day)
        body, name = found or (agency_id, "")
        return await agencies.standing(session, body, day), name  # a successor before an ended office

    async def open(
        self, session: AsyncSession, opening: Opening, guess: Guess, chosen: str | None, now: datetime
    ) -> tuple[Report, bool]:
        """Open the report. `chosen` is the office the citizen picked; None: as the classifier decided.

        Returns the report and whether it is new (a draft that was sent before gives its first report again).
        """
        if opening.misconduct or guess.conduct == "accused":
            return await self._open_sealed(session, opening, guess, now)
        wanted = chosen or (guess.agency if guess.decision == "auto" else None)
        topic = next((topic for agency, topic in guess.alternatives if agency == wanted), guess.topic)
        agency, name = await self.agency_today(session, topic, wanted, now) if wanted else (None, "")
        routing = Routing(
            agency_id=agency.id if agency else None,
            topic=topic,
            topic_name=name,
            guess_agency_id=guess.agency,
            confidence=guess.confidence,
            decision=guess.decision,
            model=guess.model,
            owner_id=guess.owner if wanted == guess.agency else None,
            reasons=tuple(guess.reasons) if wanted == guess.agency else (),
            abusive=guess.abusive,
        )
        return await reports.open_report(
            session, replace(opening, routing=routing), prefix=self.prefix, calendar=self.calendar, now=now
        )

    async def _open_sealed(
        self, session: AsyncSession, opening: Opening, guess: Guess, now: datetime
    ) -> tuple[Report, bool]:
        """To the Inspektorat, whatever else was thought or chosen."""
        topic = conduct.accusing()[0]
        agency, _ = await self.agency_today(session, topic, tables.topics()[topic].agency, now)
        routing = Routing(
            agency_id=agency.id if agency else None,
            topic=topic,
            guess_agency_id=guess.agency,
            confidence=guess.confidence,
            decision=guess.decision,
            model=guess.model,
            abusive=guess.abusive,
        )
        opening = replace(opening, routing=routing, kind=Kind.COMPLAINT, anonymous=True, misconduct=True)
        report, new = await reports.open_report(session, opening, prefix=self.prefix, calendar=self.calendar, now=now)
        if new:
            await sealed.tell_if_unread(session, report, now)
        return report, new


def pin_of(report: Opening | Report) -> tuple[float, float] | None:
    """Latitude and longitude, where there is a pin."""
    if report.latitude is None or report.longitude is None:
        return None
    return report.latitude, report.longitude


def matter_of(report: Opening | Report, topic: str | None) -> Matter:
    """What of a report is compared with another."""
    return Matter(f"{report.text}\n{report.place}", topic, pin_of(report))
