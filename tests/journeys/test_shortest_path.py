"""How much a citizen has to do: messages sent and buttons pressed, from the first word to the number."""

import re
from statistics import median
from typing import Any

import pytest

from bot.simulator import Person
from tests.town import PIN, Town

COMPLAINTS = [
    "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali",
    "sampah numpuk dah seminggu di tps deket rumah bau bgt, kapan diangkut?",
    "Jalan di depan pasar berlubang dalam, tadi pagi ada motor jatuh",
    "got di RT 04 mampet, tiap ujan air masuk rumah",
    "Pohon besar di pinggir jalan miring mau roboh, takut menimpa orang lewat",
    "Parkir liar di trotoar depan stasiun bikin pejalan kaki turun ke jalan",
    "Usul: halte depan sekolah diberi atap, anak-anak kehujanan",
    "lampu merah perempatan mati dari kemaren macet parah",
    "Galian kabel tidak ditutup lagi, sudah dua minggu dibiarkan begitu saja",
]
"""What people write first; the messages are ours."""

ANSWERS: list[tuple[str, str]] = [
    ("Periksa dulu", "irim laporan"),
    ("Di mana tempatnya", "pin"),
    ("sudah ada yang melaporkan", "Ini berbeda"),
]
"""What the bot says -> what such a person does."""


async def actions_to_a_number(citizen: Person, text: str, *, photo_first: bool) -> int:
    """A report with a pin and a photo, made by somebody who only answers what is asked."""
    if photo_first:
        await citizen.sends_photo(caption=text)
    else:
        await citizen.says(text)
    actions, photo, pinned = 1, photo_first, False
    while True:
        shown = await citizen.waits_for(re.compile("Nomor:|Periksa dulu|Di mana tempatnya|sudah ada yang melaporkan"))
        if "Nomor:" in shown.text:
            return actions
        actions += 1
        match next(answer for words, answer in ANSWERS if words in shown.text):
            case "pin":
                assert not pinned
                pinned = bool(await citizen.sends_location(PIN[0], PIN[1] + actions / 100))
            case "irim laporan" if not photo:
                photo = bool(await citizen.sends_photo())
            case button:
                await citizen.taps(button)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_report_with_a_pin_and_a_photo_takes_four_actions_or_fewer(
    database_url: str, classifier: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Town.running(database_url, classifier) as town:
        counted = []
        for number, text in enumerate(COMPLAINTS):
            citizen = await town.citizen(f"Warga {number}")
            counted.append(await actions_to_a_number(citizen, text, photo_first=number % 2 == 0))
        assert len([report for report in await town.reports() if report.latitude]) == len(COMPLAINTS)
        assert await town.set_aside() == []
    with capsys.disabled():
        print(f"\nactions for a report with pin and photo: median {median(counted):g}, each {counted}")
    assert median(counted) <= 4
