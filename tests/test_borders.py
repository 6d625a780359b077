"""Pins on a made-up map, and files that cannot be used."""

from pathlib import Path
from typing import Any

import pytest

from bot.borders import BadBorders, Borders, Box, Found, shape_of
from bot.intake import Intake, Spot
from storage.calendar import Calendar
from tests import grounds

KUKUSAN = "32.76.06.1002"
BOX = Box(-6.4667, -6.3167, 106.7167, 106.925, 0.02)


def intake(path: Path | None) -> Intake:
    return Intake(None, Calendar.of("Asia/Jakarta", ()), "DPK", path)


def test_a_pin_finds_its_kelurahan_or_its_neighbour(tmp_path: Path) -> None:
    there = intake(grounds.written(tmp_path))
    assert there.where(*grounds.middle_of(KUKUSAN)) == Spot(True, "Kukusan", "Beji")
    assert there.where(grounds.SOUTH - 0.05, grounds.WEST + 0.05) == Spot(False, neighbour="Kabupaten Bogor")
    assert there.where(grounds.SOUTH - 0.0001, grounds.WEST + 0.005).neighbour == "Kabupaten Bogor"
    assert there.where(grounds.SOUTH + 0.02, grounds.WEST - 0.001).inside  # 110 m beside a square, in a gap
    assert there.where(grounds.SOUTH + 0.02, grounds.WEST - 0.01) == Spot(False)
    assert there.where(-7.25, 112.75) == Spot(False)  # Surabaya


def test_every_square_is_found_and_the_common_edge_is_the_citys(tmp_path: Path) -> None:
    there = intake(grounds.written(tmp_path))
    for code in there.kelurahan:
        assert there.borders.locate(*grounds.middle_of(code)) == Found(True, code)
    assert there.where(grounds.SOUTH, grounds.WEST + 0.005).inside


def test_without_a_file_only_what_is_far_away_is_outside() -> None:
    there = intake(None)
    for pin, inside in (((-6.3906, 106.8483), True), ((-6.32, 106.72), True), ((-7.25, 112.75), False), ((0, 0), False),
                        ((-6.1754, 106.8272), False)):  # fmt: skip
        assert there.where(*pin) == Spot(inside)


def changed(at: int, **parts: Any) -> dict[str, Any]:
    features = grounds.features()
    features[at] = features[at] | parts
    return {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"type": "Feature"}, "no GeoJSON FeatureCollection"),
        ([1], "no GeoJSON FeatureCollection"),
        ({"features": [5]}, "feature 1"),
        (changed(0, properties={"code": "99.99.99.9999"}), "no kelurahan of this city"),
        (changed(0, properties={"nama": "Depok"}), 'need "code"'),
        (changed(0, properties=None), 'need "code"'),
        (changed(2, geometry={"type": "Point", "coordinates": [106, -6]}), "feature 3: its geometry must be"),
        (changed(2, geometry=None), "its geometry must be"),
        (changed(2, geometry={"type": "Polygon", "coordinates": [[[106.8, -6.4]]]}), "feature 3: its polygon cannot"),
        (changed(2, geometry={"type": "Polygon", "coordinates": "x"}), "feature 3: its polygon cannot"),
        (changed(2, geometry=grounds.square(-6.4, 106.8)), "longitude, latitude"),
        ({"features": grounds.features()[2:]}, "lacks 2 of 63 kelurahan, such as Depok, Depok Jaya"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, found: Any, said: str) -> None:
    with pytest.raises(BadBorders, match=said) as told:
        intake(grounds.written(tmp_path, found))
    assert "\n" not in str(told.value)


def test_no_file_and_no_json(tmp_path: Path) -> None:
    with pytest.raises(BadBorders, match="no such file"):
        intake(tmp_path / "none.geojson")
    (tmp_path / "x.geojson").write_text("<kml>")
    with pytest.raises(BadBorders, match="is not JSON"):
        intake(tmp_path / "x.geojson")


def test_names_and_codes_without_dots_will_do(tmp_path: Path) -> None:
    for at, properties in enumerate(({"code": 3276011006}, {"kelurahan": "Depok", "kecamatan": "Pancoran Mas"})):
        folder = tmp_path / str(at)
        folder.mkdir()
        there = intake(grounds.written(folder, changed(0, properties=properties)))
        assert there.where(*grounds.middle_of("32.76.01.1006")).kelurahan == "Depok"


def test_a_bow_tie_is_made_sound() -> None:
    bow = {
        "type": "Polygon",
        "coordinates": [[[106.8, -6.4], [106.81, -6.39], [106.81, -6.4], [106.8, -6.39], [106.8, -6.4]]],
    }
    made = Borders(BOX, [("a", "")], [shape_of(bow)])
    assert made.locate(-6.395, 106.8005).inside
