"""Places in a message: found for the citizen, hidden from the routing."""

import pytest

from classifier.places import ROAD_NAME, find, hide_names


@pytest.mark.parametrize(
    ("text", "kecamatan", "kelurahan"),
    [
        ("banjir di kel. Mekarjaya", "32.76.05", "32.76.05.1004"),
        ("Beji gelap gulita", "32.76.06", None),
        ("kelurahan Beji gelap", "32.76.06", "32.76.06.1001"),
        ("di Curug Bojongsari", "32.76.11", "32.76.11.1005"),
        ("Cisalak Pasar becek", "32.76.02", "32.76.02.1012"),
        ("Cisalak becek", "32.76.05", "32.76.05.1008"),
        ("Sukamaju Baru, Tapos", "32.76.10", "32.76.10.1004"),
        ("pancoranmas macet", "32.76.01", None),
    ],
)
def test_a_name_leads_to_one_place(text: str, kecamatan: str, kelurahan: str | None) -> None:
    place = find(text)
    assert place is not None
    assert (place.kecamatan, place.kelurahan) == (kecamatan, kelurahan)


def test_a_name_that_occurs_twice_yields_candidates_and_no_answer() -> None:
    place = find("Sampah menumpuk di Curug")
    assert place is not None
    assert place.kelurahan is None
    assert place.candidates == ("32.76.02.1008", "32.76.11.1005")


def test_the_city_is_not_the_kelurahan_of_its_name() -> None:
    assert find("jalan di Depok rusak semua") is None


def test_a_road_is_not_the_kecamatan_in_its_name() -> None:
    place = find("Jalan Raya Sawangan berlubang")
    assert place is not None
    assert (place.road, place.kecamatan) == ("raya-sawangan", None)


def test_names_are_hidden_and_the_problem_is_not() -> None:
    assert hide_names("Di Jl. Melati Indah lampu mati").split() == ["di", ROAD_NAME, "lampu", "mati"]
    assert hide_names("jln rusak di beji").split()[:2] == ["jln", "rusak"]
    assert "rusak" in hide_names("JL RUSAK PARAH RT 03/RW 04")


@pytest.mark.parametrize("text", ["", "x", "\x00", "kel. ", "jl. jl. jl.", "9" * 5_000])
def test_nothing_is_found_in_nothing(text: str) -> None:
    assert find(text) is None
