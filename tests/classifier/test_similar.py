"""Reports like another one, among many, quickly."""

import random
import time

from classifier.similar import SimilarReports


def word(number: int) -> str:
    return "zz" + str(number).translate(str.maketrans("0123456789", "abcdefghij"))


def test_the_same_problem_in_other_words_is_found_and_another_street_is_not() -> None:
    open_reports = SimilarReports()
    open_reports.add(1, "Lampu jalan mati di Jl. Mawar depan masjid", "beji")
    open_reports.add(2, "Sampah menumpuk di pasar", "beji")
    open_reports.add(3, "lampu jalan di jalan Anggrek raya padam total sejak kemarin malam", "beji")
    found = open_reports.find("lampu jl mawar depan masjid mati lagi", "beji")
    assert [row.report for row in found] == [1]
    assert 0.45 <= found[0].likeness <= 1.0


def test_only_reports_of_the_same_place_when_a_place_is_given() -> None:
    open_reports = SimilarReports()
    open_reports.add("a", "jalan berlubang besar depan sekolah", "tapos")
    assert open_reports.find("jalan berlubang besar depan sekolah", "limo") == []
    assert open_reports.find("jalan berlubang besar depan sekolah", "tapos")[0].likeness == 1.0
    assert open_reports.find("jalan berlubang besar depan sekolah")[0].report == "a"


def test_closed_reports_are_forgotten_and_their_room_is_used_again() -> None:
    open_reports = SimilarReports()
    for at in range(3_000):
        open_reports.add(at, f"keluhan {word(at)} tentang {word(at + 7)}", str(at % 5))
    for at in range(2_900):
        open_reports.remove(at)
    assert len(open_reports) == 100
    assert open_reports.find(f"keluhan {word(5)} tentang {word(12)}", least=0.9) == []
    assert open_reports.find(f"keluhan {word(2_950)} tentang {word(2_957)}", "0")[0].report == 2_950


def test_a_report_added_again_replaces_itself() -> None:
    open_reports = SimilarReports()
    open_reports.add(1, "lampu mati di gang")
    open_reports.add(1, "banjir di gang")
    assert len(open_reports) == 1
    assert open_reports.find("lampu mati di gang", least=0.9) == []


def test_nothing_is_like_nothing() -> None:
    open_reports = SimilarReports()
    assert open_reports.find("lampu mati") == []
    open_reports.add(1, "")
    assert open_reports.find("") == []


def test_a_hundred_thousand_open_reports_answer_within_twenty_milliseconds() -> None:
    draw = random.Random(7)
    words = [
        f"{a}{b}{c}" for a in ("ka", "lo", "mi", "tu", "se") for b in ("ra", "di", "no", "pe") for c in ("ng", "s", "k")
    ]
    open_reports = SimilarReports()
    open_reports._stems.frozen.update({word: word for word in words})
    for at in range(100_000):
        rare = word(at % 9_000)
        open_reports._stems.frozen[rare] = rare
        open_reports.add(at, " ".join([*draw.choices(words, k=9), rare]), str(at % 63))
    taken = []
    for at in range(40):
        start = time.perf_counter()
        open_reports.find(" ".join(draw.choices(words, k=12)), str(at % 63) if at % 2 else None)
        taken.append(time.perf_counter() - start)
    assert sorted(taken)[int(0.9 * len(taken))] < 0.02
