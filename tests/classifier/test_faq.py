"""The questions on file are found, complaints and other questions are not; the figures of docs/classifier.md hold."""

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from classifier import Classifier, corpus
from classifier.faq import Entry, Faq, machine, written
from classifier.tables import DATA

QUESTIONS = tomllib.loads((Path(__file__).parent / "faq_questions.toml").read_text(encoding="utf-8"))
MINE = Entry(
    "taman-baru", ("jam buka taman baru", "taman baru tutup jam berapa"), "Pukul 6.", "DLHK", date(2026, 11, 1)
)


@pytest.fixture(scope="module")
def faq(classifier: Classifier) -> Faq:
    return Faq(written().values(), classifier)


def found(faq: Faq, text: str, *, asked: bool = False) -> str:
    entry = faq.find(text, faq.classifier.predict(text), asked=asked)
    return entry.id if entry else ""


def test_the_file_is_complete_dated_and_short() -> None:
    assert len(written()) >= 50
    variants = [text for entry in written().values() for text in entry.questions]
    assert len({text.lower() for text in variants}) == len(variants)
    sources = (DATA.parent.parent / "docs" / "data-sources.md").read_text(encoding="utf-8")
    for entry in written().values():
        assert len(entry.questions) >= 8, entry.id
        assert 80 <= len(entry.answer) <= 500, entry.id
        assert entry.channel, entry.id
        assert entry.checked.year >= 2026, entry.id
        assert entry.topics, entry.id
        assert (entry.standing == "partly") or "umum" not in entry.source, entry.id
        assert all(f"`{source}`" in sources for source in entry.source), entry.id
        assert re.fullmatch(r"[a-z0-9-]{2,24}", entry.id)  # it travels in the data of a button


def test_numbers_and_addresses_in_answers_are_the_verified_ones() -> None:
    said = " ".join(f"{entry.answer} {entry.channel}" for entry in written().values())
    assert set(re.findall(r"\b0\d{2,3}-[\d-]+", said)) == {"0851-1160-6567", "0812-8775-3740", "0812-5255-9000"}
    assert set(re.findall(r"[\w.]+\.(?:go\.id|id|com)\b", said)) == {"sitpas.depok.go.id", "lapor.go.id"}


def test_none_of_the_questions_that_measure_is_in_the_file() -> None:
    variants = {text.lower() for entry in written().values() for text in entry.questions}
    measured = [text for part in ("tune", "check") for texts in QUESTIONS[part].values() for text in texts]
    assert variants.isdisjoint(text.lower() for text in measured)
    assert set(QUESTIONS["check"]) == set(QUESTIONS["tune"]) == set(written())


def test_three_of_four_new_questions_find_their_answer_and_nearly_none_a_wrong_one(faq: Faq) -> None:
    told = [(entry, found(faq, text)) for entry, texts in QUESTIONS["check"].items() for text in texts]
    right, answered = sum(entry == answer for entry, answer in told), sum(bool(answer) for _, answer in told)
    print(f"held-out questions: {right} of {len(told)} right, {answered} answered")
    assert right / len(told) >= 0.72
    assert right / answered >= 0.93
    assert sum(bool(found(faq, text)) for text in QUESTIONS["nothing"]["check"]) <= 1


def test_a_complaint_is_practically_never_answered_from_the_file(faq: Faq) -> None:
    complaints = [message for message in corpus.read() if message.kind != "permintaan_informasi"][::12]
    answered = [message.text for message in complaints if found(faq, message.text)]
    assert len(complaints) > 900
    assert len(answered) <= 0.005 * len(complaints), answered[:10]


@pytest.mark.parametrize("text", ["", "?", "ktp", "😀😀", "\x00", "apa " * 3_000, "berapa " + "x" * 4_000])
def test_nothing_a_person_writes_breaks_it(faq: Faq, text: str) -> None:
    found(faq, text)
    found(faq, text, asked=True)


def test_danger_and_long_stories_are_never_answered_from_the_file(faq: Faq) -> None:
    assert found(faq, "Nomor pemadam kebakaran depok berapa ya?") == "nomor-darurat"
    assert not found(faq, "rumah tetangga kebakaran sekarang api besar, nomor damkar berapa?", asked=True)
    story = "Bagaimana cara mengurus KTP hilang? " + "Saya sudah bolak balik ke kelurahan membawa berkas lengkap. " * 8
    assert not found(faq, story)


def test_who_says_it_is_a_question_needs_no_question_mark(faq: Faq) -> None:
    text = "kk ilang min, gmn"
    assert (found(faq, text), found(faq, text, asked=True)) == ("", "kartu-keluarga")


def test_an_entry_of_the_city_is_found_and_a_table_of_one_is_no_error(classifier: Classifier) -> None:
    faq = Faq([*written().values(), MINE], classifier)
    assert found(faq, "kak taman baru bukanya jam berapa ya?") == "taman-baru"
    ended = replace(MINE, questions=())
    for few in ([], [MINE], [MINE, ended], list(written().values())[:2]):
        found(Faq(few, classifier), "kak taman baru bukanya jam berapa ya?")


def test_the_machine_is_that_of_scikit_learn() -> None:
    rows = np.random.default_rng(1).normal(size=(60, 90)) / 9
    of = np.arange(60) // 6
    theirs = LinearSVC(tol=1e-9, max_iter=100_000).fit(rows, of).decision_function(rows)
    assert np.abs((rows @ rows.T + 1.0) @ machine(rows @ rows.T, of) - theirs).max() < 1e-4
