"""Every notice that may be owed can be put into words, within Telegram's limits, with everything escaped."""

import html
import re

import pytest

from bot.outgoing.render import NOTICES, Renderer, UnknownNotice
from storage.claims import Owed
from storage.counting import Count
from storage.lifecycle import Status
from storage.notices import CAPTION, TOLD, shown_apart
from storage.tables import Lane
from tests.outgoing import samples

RENDERER = Renderer("Asia/Jakarta", "Pemerintah Kota Depok")
NASTY = "<script>alert('&')</script> <b>tebal" * 400
FACTS = {
    "report_id": 10**15,
    "number": "DPK-26-000123",
    "status": "in_progress",
    "standing": "in_progress",
    "rating": 2,
    "appeal": "head",
    "until": "2026-12-08",
    "said": NASTY[:2000],
    "kind": "pengaduan",
    "urgent": True,
    "agency": "Dinas <Perhubungan> & lain",
    "channel": "123",
    "owner": "Kementerian PU",
    "topic": "Lampu jalan",
    "text": NASTY,
    "author": "Siti <b>",
    "anonymous": False,
    "confidential": True,
    "place": NASTY[:300],
    "has_pin": True,
    "attachments": 3,
    "supporters": 12,
    "due_at": "2026-12-14T09:00:00+00:00",
    "created_at": "2026-11-24T05:00:00+00:00",
    "note": NASTY[:2000],
    "reasons": ["lampu", "<mati>"],
    "abusive": True,
    "was": "assigned",
    "hours": 25.2,
    "name": "Budi <Hartono>",
    "taker": "Budi <Hartono>",
    "title": "Grup <Dishub>",
    "numbers": [f"DPK-26-{n:06d}" for n in range(500)],
    "agency_id": "dishub",
    "first": "2026-11-01",
    "last": "2026-11-24",
    "period": "month",
    "as_of": "2026-11-24T05:00:00+00:00",
    "tiles": {},
    "may_export": True,
    "may_choose": True,
    "figures": {
        "total": dict.fromkeys(vars(Count()), 0),
        "median_hours": None,
        "open": [0, 0, 0, 0, 0],
        "topics": [],
        "kecamatan": {},
        "kelurahan": [],
        "days": [0] * 24,
    },
    "start": "2026-11-16T00:00:00+00:00",
    "end": "2026-11-23T00:00:00+00:00",
    "total": 40,
    "enough": 25,
    "outcome": "promoted",
    "scores": {"before": 0.7, "after": 0.8634, "fixed_before": 0.99, "fixed_after": 0.99},
    "learned": {
        "taught": 8,
        "right": 7,
        "received": 0,
        "alone": 0,
        "confusions": [],
        "coverage": [[0, 0]] * 9,
        "topics": [],
    },
}


def render(notice: str, facts: dict[str, object]) -> dict[str, object]:
    method, parameters = RENDERER.request(Owed(1, Lane.NOTICE, 5, None, notice, facts, 1))
    with_a_file = "sendDocument" if notice == "my_data" else "sendPhoto"
    assert method == (with_a_file if "caption" in parameters else "sendMessage")
    return parameters


def visible(text: str) -> str:
    return html.unescape(re.sub(r"</?(?:b|i|blockquote)>", "", text))


def test_storage_and_renderer_know_the_same_notices() -> None:
    owed = {notice for told in TOLD.values() for _, notice in told}
    timely = {
        "remind_office",
        "your_report_waits",
        "model_report",
        "reports_came_back",
        "group_was_lost",
        "statistics",
        "office_took_over",
        "broadcast",
    }
    assert owed | timely | set(samples.NOTICES) == set(NOTICES)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_fits_and_is_escaped(notice: str, status: Status) -> None:
    as_it_stands = {"status": status.value, "standing": "verified" if status is Status.CLOSED else status.value}
    parameters = render(notice, FACTS | as_it_stands | samples.NOTICES.get(notice, {}))
    text = str(parameters.get("caption") or parameters["text"])
    assert len(visible(text)) <= (1024 if "caption" in parameters else 4096)
    assert "<script>" not in text
    assert "{" not in text
    keyboard = parameters.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]  # type: ignore[index]
    for row in keyboard:
        for button in row:
            assert len(button["callback_data"].encode()) <= 64


def test_an_unknown_notice_is_an_error_of_its_own() -> None:
    with pytest.raises(UnknownNotice):
        render("nonsense", FACTS)


def test_the_photo_of_an_office_carries_its_words_when_they_fit_into_a_caption() -> None:
    note = "&" * CAPTION
    facts = FACTS | {"agency": "x" * 120, "note": note, "photos": ["file-1"]}
    assert not shown_apart(facts)
    method, parameters = RENDERER.request(Owed(1, Lane.NOTICE, 5, None, "your_report_was_resolved", facts, 1))
    assert (method, parameters["photo"]) == ("sendPhoto", "file-1")
    assert note in visible(str(parameters["caption"]))
    assert len(visible(str(parameters["caption"]))) <= 1024
    assert "reply_markup" in render("your_report_was_resolved", FACTS | {"status": "resolved", "standing": "resolved"})


@pytest.mark.parametrize(("photos", "method"), [(["a"], "sendPhoto"), (["a", "b"], "sendMediaGroup")])
def test_photos_of_a_long_answer_go_before_it(photos: list[str], method: str) -> None:
    facts = FACTS | {"note": "x" * 2000, "photos": photos}
    assert shown_apart(facts)
    sent, parameters = RENDERER.request(Owed(1, Lane.NOTICE, 5, None, "photos", facts, 1))
    assert sent == method
    caption = parameters["caption"] if method == "sendPhoto" else parameters["media"][0].caption
    assert "DPK-26-000123" in caption
