"""The picture of the weekly report: a PNG of one size, whatever the names; nothing where there is nothing to see."""

import io
import struct
import subprocess
import sys
from typing import Any

import pytest
from telegram import InputFile

from bot.outgoing import charts, render
from bot.outgoing.render import Renderer
from storage.claims import Owed
from storage.tables import Lane

QUIET: dict[str, Any] = {
    "taught": 0, "right": 0, "received": 0, "alone": 0, "confusions": [], "coverage": [[0, 0]] * 9, "topics": [],
}  # fmt: skip
LONG = "Balai Besar Pelaksanaan $Jalan_Nasional$ <DKI> & Jawa Barat, Satuan Kerja Wilayah II " * 3
BUSY = QUIET | {
    "taught": 60, "right": 52, "received": 210, "alone": 171,
    "confusions": [[LONG, LONG, 1000 - at] for at in range(7)] + [["", "Satpol PP", 1]],
    "coverage": [[0, 0], [10, 0], [10, 10], [120, 70], [140, 90], [150, 103], [171, 122], [180, 140], [210, 171]],
    "topics": [[LONG, 41, 22.4], ["Air keruh", 1, 0.0]],
}  # fmt: skip


def size(png: bytes | None) -> tuple[int, int]:
    assert png is not None
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])  # type: ignore[return-value]


def request(learned: dict[str, Any], outcome: str = "promoted") -> tuple[str, dict[str, Any]]:
    facts = {
        "start": "2026-11-15T02:00:00+07:00", "end": "2026-11-22T02:00:00+07:00", "total": 60, "enough": 25,
        "outcome": outcome, "scores": {"before": 0.7, "after": 0.8634}, "learned": learned,
    }  # fmt: skip
    owed = Owed(1, Lane.DIGEST, 5, None, "model_report", facts, 1)
    return Renderer("Asia/Jakarta", "Pemerintah Kota Depok").request(owed)


@pytest.mark.parametrize("part", ["confusions", "coverage", "topics"])
def test_any_part_alone_makes_a_picture_as_wide_as_a_phone(part: str) -> None:
    assert size(charts.learning(QUIET | {part: BUSY[part]})) == (1080, 1080)


def test_nothing_to_show_gives_no_picture() -> None:
    assert charts.learning(QUIET) is None
    method, parameters = request(QUIET, "too_few")
    assert method == "sendMessage"
    assert "baru 60" in parameters["text"]
    assert "Gambar" not in parameters["text"]


def test_the_longest_names_stay_inside_the_picture() -> None:
    from matplotlib import image

    picture = charts.learning(BUSY)
    assert size(picture) == (1080, 1080)
    pixels = image.imread(io.BytesIO(picture or b""))[..., :3]
    assert (pixels[:, 1060:] == 1).all(), "the right margin stays white"
    assert (pixels[:, 520:570] == 1).all(), "and so does the gap between the two halves"
    assert (pixels[:, :1060] < 1).any()


@pytest.mark.parametrize("outcome", ["too_few", "promoted", "kept", "forgot", "refused", "failed"])
def test_the_words_become_a_caption_that_fits_and_says_what_is_to_be_seen(outcome: str) -> None:
    scarce = {} if outcome in {"too_few", "failed"} else {"before": 0.7, "after": 0.8634}
    method, parameters = request(BUSY, outcome)
    assert method == "sendPhoto"
    assert isinstance(parameters["photo"], InputFile)
    assert len(parameters["caption"]) <= 1024
    assert "<DKI>" not in parameters["caption"]
    assert "52</b> (87%)" in parameters["caption"]
    assert "Gambar: paling sering tertukar" in parameters["caption"]
    assert ("86,3%" in parameters["caption"]) == bool(scarce)


def test_a_picture_that_cannot_be_drawn_leaves_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_facts: dict[str, Any]) -> bytes:
        raise OSError("no font")

    monkeypatch.setitem(render.PICTURES, "model_report", broken)
    assert request(BUSY)[0] == "sendMessage"


def test_matplotlib_is_not_imported_before_a_picture_is_drawn() -> None:
    code = "import bot.outgoing.render, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
