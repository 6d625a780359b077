"""Chat spelling becomes comparable words."""

import pytest

from classifier.normalise import HEAD, TAIL, cut, fold, words_of
from classifier.reading import Reader
from classifier.stems import BUDGET, Stems, stem_word


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("jln yg di dpn sdh rusak bgt", "jalan yang di depan sudah rusak banget"),
        ("LAMPU JALAN matiiii", "lampujalan mati"),
        ("jalan-jalan rusak", "jalan rusak"),
        ('orang2 dan anak"', "orang dan anak"),
        ("lampu merah mati", "lampulalulintas mati"),
        ("e-KTP belum jadi?", "ktp belum jadi tandatanya"),
        ("cai teu ngocor tos 3 dinten", "air tidak mengalir sudah angka hari"),
        ("banyune mati", "air mati"),
        ("lihat https://contoh.id/x?y=1 ya", "lihat tautan"),
        ("@dinas #lapor got mampet", "dinas lapor got mampet"),
        ("rumahnya bocor", "rumah bocor"),
        ("langkah masalah sekolah", "langkah masalah sekolah"),
        ("telepon 112 tidak diangkat, 0812-3456 juga", "telepon 112 tidak diangkat angka juga"),
        ("assalamualaikum wr wb pak", ""),
        ("", ""),
    ],
)
def test_chat_spelling(said: str, read: str) -> None:
    assert " ".join(words_of(said)) == read


def test_control_and_direction_marks_vanish() -> None:
    assert fold("a\x00b\u202ec\ufeff") == "a b c "


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    text = "awal " + "x" * 100_000 + " akhir"
    assert len(cut(text)) == HEAD + TAIL + 1
    assert cut(text).startswith("awal")
    assert cut(text).endswith("akhir")


def test_words_and_letters_stay_parallel() -> None:
    reading = Reader().read("Mohon perbaikan penerangan jalannya di RT 03, pepohonan menutupi")
    assert len(reading.words.split()) == len(reading.letters.split())


def test_stems_come_from_the_frozen_table_first_and_are_never_empty() -> None:
    assert Stems({"perbaikan": "baik"}).of(["perbaikan", "di"]) == ["baik", "di"]
    assert stem_word("memperbaiki") == "baik"
    assert stem_word("di") == "di"


def test_memory_of_stems_is_bounded_and_junk_is_left_alone() -> None:
    stems = Stems(memory=50)
    for at in range(40):
        stems.of([f"kata{chr(97 + at % 26)}{chr(97 + at // 26)}", "a" * 40])
    junk = [f"zx{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(200)]
    assert stems.of(junk)[BUDGET:] == junk[BUDGET:]
    assert len(stems) <= 50


def test_the_budget_does_not_depend_on_what_was_asked_before() -> None:
    words = [f"memper{a}{b}an" for a in "bcdfgh" for b in "aiueo"]
    fresh, warm = Stems(), Stems()
    for word in words:
        warm.of([word])
    assert fresh.of(words) == warm.of(words)
