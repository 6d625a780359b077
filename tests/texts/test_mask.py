"""What could point at a person is blacked out; what an office needs to find the place stays."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.mask import masked

HIDDEN = [
    ("NIK saya 3276054507880003 ya pak", "NIK saya [NIK/KK] ya pak"),
    ("KK: 3276 0545 0788 0003", "KK: [NIK/KK]"),
    ("nik 32.76.05.450788.0003.", "nik [NIK/KK]."),
    ("nik 3276-0512-2020-0003", "nik [NIK/KK]"),
    ("hubungi 081298765432", "hubungi [telepon]"),
    ("hubungi 0812-9876-5432 atau +62 812 9876 5432", "hubungi [telepon] atau [telepon]"),
    ("WA +62812-9876543, makasih", "WA [telepon], makasih"),
    ("telp (021) 7712 345", "telp [telepon]"),
    ("kantor 021-77821234", "kantor [telepon]"),
    ("hp 7782123 bu Rina", "hp [telepon] bu Rina"),
    ("wa 85712345678", "wa [nomor]"),
    ("jam 08.30 telepon 0857 1122 3344", "jam 08.30 telepon [telepon]"),
    ("rekening 123-00-0456789-1", "rekening [nomor]"),
    ("transfer ke 5220304312 BCA", "transfer ke [nomor] BCA"),
    ("kartu 4111 2020 1111 1111", "kartu [NIK/KK]"),
    ("surat ke siti.aminah+rt@mail.co.id ya", "surat ke [surel] ya"),
    ("mobil B 1234 XYZ parkir", "mobil [pelat] parkir"),
    ("motor b 4321 zxc ngebut", "motor [pelat] ngebut"),
    ("truk F-8812-AB lewat", "truk [pelat] lewat"),
    ("motor B6789EKL", "motor [pelat]"),
    ("plat no. B 12", "plat no. [pelat]"),
    ("Jl. Melati no. 12, rusak", "Jl. Melati no. [rumah], rusak"),
    ("gang Kenanga nomor 12A", "gang Kenanga nomor [rumah]"),
    ("rumah No.7B RT 03 RW 05", "rumah No.[rumah] RT 03 RW 05"),
    ("Perum Asri blok C3/12 RT 2", "Perum Asri blok [rumah] RT 2"),
    ("blok D no 5", "blok D no [rumah]"),
    ("Kav. 21 sebelah masjid", "Kav. [rumah] sebelah masjid"),
]

KEPT = [
    "RT 03 RW 05, gang Mawar",
    "rt 3/5 kelurahan Beji",
    "laporan DPK-26-000123 12 hari belum dijawab",
    "sejak 24-11-2026 08.00-15.30 tidak ada air",
    "tanggal 2026-11-24 10 orang antre",
    "jam 08.00 - 16.00 dan 19.30",
    "buka 08.00-12.00 13.00-16.00",
    "diminta Rp1.500.000, lalu Rp 250000 lagi",
    "bayar 12.500.000 rupiah dari 1.500.000.000",
    "banjir 2023 2024 2025 selalu begini",
    "hubungi 112, 110 atau 119",
    "telepon nomor 112 tidak diangkat",
    "UU No. 27 Tahun 2022 dan Perwal nomor 5/2019",
    "angkot D 11 dan D 05 ngetem",
    "titik -6.3906, 106.8483",
    "Tiang nomor 17 dan loket no. 3",
    "KM 12 arah Bogor, lubang 3 m",
    "3 bulan 14 hari 250 orang",
    "Sudah 2 kali lapor, nomor satu di hati",
]


@pytest.mark.parametrize(("text", "seen"), HIDDEN)
def test_what_points_at_a_person_is_hidden(text: str, seen: str) -> None:
    assert masked(text) == seen


@pytest.mark.parametrize("text", KEPT)
def test_what_an_office_needs_stays(text: str) -> None:
    assert masked(text) == text


SAID = ["lampu", "jalan", "di", "depan", "warung,", "RT", "03", "sejak", "pak!", "(tolong)", "Rp"]
WORDS = st.lists(st.sampled_from(SAID), max_size=4).map(" ".join)


@given(
    WORDS, st.from_regex(r"[1-9]\d{15}", fullmatch=True), st.sampled_from(["", " ", ".", "-"]), st.integers(2, 6), WORDS
)
def test_a_nik_never_survives_however_it_is_written(before: str, nik: str, gap: str, step: int, after: str) -> None:
    written = gap.join(nik[i : i + step] for i in range(0, 16, step))
    assert nik not in re.sub(r"\D", "", masked(f"{before} {written} {after}"))


@given(
    WORDS,
    st.sampled_from(["08", "+628", "628", "021", "(0251) "]),
    st.from_regex(r"[1-9]\d{7,9}", fullmatch=True),
    st.sampled_from(["", " ", "-", " - "]),
    WORDS,
)
def test_a_telephone_number_never_survives(before: str, start: str, rest: str, gap: str, after: str) -> None:
    written = start + rest[:3] + gap + rest[3:7] + gap + rest[7:]
    assert rest not in re.sub(r"\D", "", masked(f"{before} {written} {after}"))


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_and_words_alone_are_left(text: str) -> None:
    once = masked(text)
    assert masked(once) == once
    if not re.search(r"[\d@]", text):
        assert once == text


@pytest.mark.parametrize("junk", ["1 " * 5000, "a" * 10_000, "B" * 10_000, "no. " * 2500, "08." * 3300, "a@" * 5000])
def test_ten_thousand_characters_of_junk_take_no_time(junk: str) -> None:
    began = time.perf_counter()
    masked(junk)
    assert time.perf_counter() - began < 1
