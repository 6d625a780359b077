"""Each rule with its example; rules alone, and behind the model."""

import pytest

from classifier import Classifier
from classifier.boundaries import Rule, rule, rules
from classifier.places import find
from classifier.tables import topics


def alone(text: str, topic: str, share: float = 0.9):  # type: ignore[no-untyped-def]
    """The ruling for a text that the model took for `topic`."""
    rest = (1 - share) / (len(topics()) - 1)
    return rule(text, {name: share if name == topic else rest for name in topics()}, find(text))


@pytest.mark.parametrize("row", rules(), ids=lambda row: row.id)
def test_a_rule_leads_its_example_to_the_right_office(row: Rule) -> None:
    outcomes = [alone(row.example, topic) for topic in sorted(row.topics)]
    assert row.answers in {outcome.agency_of(outcome.leader) for outcome in outcomes}


@pytest.mark.parametrize("row", rules(), ids=lambda row: row.id)
def test_the_model_sends_each_example_to_the_right_office(row: Rule, classifier: Classifier) -> None:
    prediction = classifier.predict(row.example)
    assert row.answers in [other.agency for other in prediction.alternatives[:3]]
    assert prediction.decision != "none"


def test_a_street_light_on_a_national_road_stays_with_dishub() -> None:
    ruling = alone("lampu jalan di Jalan Raya Bogor mati", "pju-mati")
    assert ruling.agency_of("pju-mati") == "dishub"
    assert ruling.coordinate == ("jalan-nasional",)
    assert ruling.owner is None


def test_a_hole_on_a_national_road_is_accepted_by_dpupr_and_marked() -> None:
    ruling = alone("jalan juanda berlubang", "jalan-rusak")
    assert (ruling.agency_of("jalan-rusak"), ruling.owner) == ("dpupr", "jalan-nasional")
    assert alone("jalan ksu berlubang", "jalan-rusak").owner == "jalan-provinsi"
    assert alone("jalan margonda berlubang", "jalan-rusak").owner is None


def test_schools_are_told_apart_by_their_level() -> None:
    assert alone("pungutan di SMAN 3", "pungutan-sekolah").leader == "sma-smk"
    assert alone("pungutan di SMP", "pungutan-sekolah").leader == "pungutan-sekolah"
    assert alone("spmb smp", "sma-smk").leader == "spmb"


def test_a_burning_cable_is_pln_and_112() -> None:
    ruling = alone("kabel internet terbakar keluar api", "kabel-udara")
    assert ruling.agency_of(ruling.leader) == "pln"
    assert "112" in ruling.hotlines
    quiet = alone("kabel fiber optik menjuntai", "kabel-udara")
    assert (quiet.agency_of(quiet.leader), quiet.hotlines) == ("dpupr", ())


def test_tolls_and_hospitals_follow_their_names() -> None:
    for text, agency in [
        ("tol Desari macet", "tol-desari"),
        ("tol jagorawi bising", "tol-lain"),
        ("tol cijago", "tol-cijago"),
    ]:
        assert alone(text, "tol").agency_of("tol") == agency
    assert alone("rsud asa penuh", "rsud").agency_of("rsud") == "rsud-asa"
    assert alone("rsud kisa penuh", "rsud").agency_of("rsud") == "rsud-kisa"


def test_who_is_ill_now_is_told_to_dinkes_as_well() -> None:
    assert "dinkes" in alone("BPJS PBI nonaktif, ibu sedang dirawat", "bpjs-pbi").coordinate
    assert "dinkes" not in alone("BPJS PBI nonaktif", "bpjs-pbi").coordinate


def test_rules_keep_the_sum_of_shares() -> None:
    for text in ("pungutan SMK dan lampu taman mati", "jalan gang kami rusak", ""):
        assert sum(alone(text, "pungutan-sekolah").shares.values()) == pytest.approx(1.0)


def test_no_rule_coordinates_with_the_office_that_answers() -> None:
    for row in rules():
        outcome = alone(row.example, sorted(row.topics)[0])
        assert outcome.agency_of(outcome.leader) not in outcome.coordinate
