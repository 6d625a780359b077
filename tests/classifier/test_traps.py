"""Names that several places carry, as answers to "where?"."""

import pytest

from classifier.tables import read_table
from classifier.traps import is_bare, meant

CURUG = ("32.76.02.1008", "32.76.11.1005")


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        ("Curug", CURUG),
        ("di curug dekat masjid", CURUG),
        ("Curug Bojongsari", ("32.76.11.1005",)),
        ("kel. Curug, Cimanggis", ("32.76.02.1008",)),
        ("Depok", ("32.76.01.1006", "32.76")),
        ("di Kota Depok", ("32.76.01.1006", "32.76")),
        ("Depok Lama", ("32.76.01.1006",)),
        ("kelurahan Depok", ("32.76.01.1006",)),
        ("Margonda Depok", ()),
        ("Beji", ("32.76.06.1001", "32.76.06")),
        ("kelurahan Beji", ("32.76.06.1001",)),
        ("kec. Beji", ("32.76.06",)),
        ("Beji Timur", ("32.76.06.1006",)),
        ("Jalan Mawar, Beji", ("32.76.06",)),
        ("daerah Cisalak", ("32.76.05.1008",)),
        ("Cisalak Pasar", ("32.76.02.1012",)),
        ("antara Kukusan dan Tanah Baru", ("32.76.06",)),
        ("depan warung Bu Tini", ()),
        ("", ()),
    ],
)
def test_an_answer_means_these_places(answer: str, codes: tuple[str, ...]) -> None:
    assert meant(answer) == codes


def test_every_name_of_the_table_leads_somewhere_and_only_true_traps_ask() -> None:
    asks = set()
    for kec in read_table("places.toml")["kecamatan"]:
        for row in (kec, *kec["kelurahan"]):
            for name in (row["name"], *row["alias"]):
                assert meant(name), name
                asks |= {name} if len(meant(name)) > 1 else set()
    kecamatan = {kec["name"] for kec in read_table("places.toml")["kecamatan"]} - {"Cimanggis"}
    assert asks - {"Panmas", "Pancoranmas", "PanMas", "Bojong Sari"} == kecamatan | {"Curug", "Depok"}


def test_a_bare_name_is_no_more_than_the_name() -> None:
    assert is_bare("di Kukusan")
    assert is_bare("Kel. Kukusan")
    assert not is_bare("depan pasar Kukusan")
    assert is_bare("Depok Lama")
