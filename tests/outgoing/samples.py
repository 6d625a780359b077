"""Facts of digests and reminders as the schedule makes them, with the longest and nastiest names."""

from typing import Any

NAME = "Dinas <Perhubungan> & lain " * 5
TOPIC = "Lampu <jalan> & rambu di jalan lingkungan " * 3
WEEK = {"start": "2026-11-16T00:00:00+00:00", "end": "2026-11-23T00:00:00+00:00"}
COURSE = [[0, 0], [12, 3], [40, 22], [31, 30], [8, 15], [60, 41], [52, 50], [44, 39], [71, 60]]
RISING = [[TOPIC, 41, 22.4], [TOPIC, 9, 1.25], [TOPIC, 3, 0.0]]
FIGURES = {
    "received": 1071, "resolved": 1060, "verified": 941, "open": 1124, "overdue": 1013, "untouched": 1019,
    "answer_days": 1.25, "rating": 4.37, "rated": 1036, "judged": 1058, "right": 1051,
}  # fmt: skip
NEAREST = [
    {"report_id": 10**15 + n, "number": f"DPK-26-{n:06d}", "due_at": "2026-11-24T09:00:00+00:00", "late": n > 2,
     "topic": TOPIC}
    for n in range(5)
]  # fmt: skip
OFFICE: dict[str, Any] = WEEK | {
    "agency": NAME, "week": FIGURES, "city_answer_days": 2.5, "course": COURSE, "rising": RISING, "nearest": NEAREST,
}  # fmt: skip
QUIET: dict[str, Any] = WEEK | {
    "agency": "Dinas Perhubungan",
    "week": dict.fromkeys(FIGURES, 0) | {"answer_days": None, "rating": None},
    "city_answer_days": None, "course": [[0, 0]] * 9, "rising": [], "nearest": [],
}  # fmt: skip
LEADER: dict[str, Any] = WEEK | {
    "week": FIGURES, "course": COURSE, "rising": RISING, "offices": 30,
    "league": [FIGURES | {"agency": NAME, "overdue": 40 - 4 * n, "open": 90 - 5 * n} for n in range(8)],
    "places": [[f"Kecamatan ke-{n}", 90 - 7 * n] for n in range(11)],
    "stuck": 1012, "decide": [{"report_id": 10**15 + n, "number": f"DPK-26-{n:06d}", "agency": NAME} for n in range(5)],
    "at_desk": 1017, "unstaffed": [NAME, NAME, NAME, NAME],
}  # fmt: skip
CITY: dict[str, Any] = WEEK | {
    "week": {"received": 1071, "resolved": None, "verified": 0, "answer_days": 1.25}, "course": COURSE,
    "rising": RISING, "fixed_topics": [[TOPIC, 40], [TOPIC, 12], [TOPIC, 5]],
    "places": [[f"Kecamatan ke-{n}", 90 - 7 * n] for n in range(11)], "weeks": 8,
    "near": [
        {"scope": scope, "name": TOPIC, "fixed": 170, "verified": 130, "open": 190,
         "topics": [[TOPIC, 40], [TOPIC, 12], [TOPIC, 5]]}
        for scope in ("kelurahan", "kecamatan", "topic")
    ],
}  # fmt: skip
MORNING: dict[str, Any] = {
    "day": "2026-11-24T00:30:00+00:00",
    "sections": [
        {
            "step": step,
            "total": 7,
            "reports": [
                {"report_id": 10**15 + n, "number": f"DPK-26-{n:06d}", "due_at": "2026-11-24T09:00:00+00:00",
                 "agency": NAME, "text": "" if step.startswith("to_") else "<script>alert(1)</script> " * 90}
                for n in range(5)
            ],
        }
        for step in ("to_leader", "to_desk", "to_head", "overdue", "tomorrow", "interim", "untouched")
    ],
}  # fmt: skip
NOTICES = {
    "digest": OFFICE, "leader_digest": LEADER, "city_digest": CITY, "channel_digest": CITY | {"channel": "@depok"},
    "reminders": MORNING, "broadcast": {"text": "<script>alert(1)</script> " * 140},
    "sealed_unread": {},
    "trouble": {"kind": "job:tell_citizens", "detail": "", "since": "2026-11-24T05:00:00+00:00"},
    "trouble_over": {"kind": "part:outgoing", "detail": "", "since": "2026-11-24T05:00:00+00:00", "minutes": "7"},
    "my_data": {"form": "text", "data": {"name": "x", "chat_id": 1, "since": None, "consented_at": None, "supports": [],
                                         "subscriptions": [], "reports": []}},
    "erased_soon": {"at": "2026-11-27T05:00:00+00:00"},
}  # fmt: skip
