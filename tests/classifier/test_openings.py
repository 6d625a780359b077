"""Words that only announce a report, and those that already are one."""

import pytest

from classifier.openings import is_opening


@pytest.mark.parametrize(
    "text",
    [
        "Assalamualaikum pak, mau lapor",
        "min mau nanya dong",
        "LAPOR!",
        "selamat siang, izin mengadu ya kak",
        "bisa lapor di sini?",
    ],
)
def test_announced(text: str) -> None:
    assert is_opening(text)


@pytest.mark.parametrize(
    "text", ["", "halo min", "mau lapor jalan rusak", "tanya syarat KTP", "laporan saya hilang", "12345", "🙏"]
)
def test_said(text: str) -> None:
    assert not is_opening(text)
