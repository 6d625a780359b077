"""A row of the outbox as a Telegram request: a ready one is passed on, a notice is put into words."""

import logging
from collections.abc import Callable
from typing import Any

from telegram import InputFile, InputMediaPhoto, InputMediaVideo

from bot.outgoing import alerts, charts, charts_statistics, charts_week, digest_words, figures, own_data
from bot.outgoing.endings import appeal, asks, confirmed, day_of, nudged
from bot.outgoing.model_words import model_report
from bot.texts import Html, label, moment, own_words, paragraphs, say, shorten
from bot.texts.cards import Buttons, group_card, office_buttons, office_card, own_buttons
from bot.texts.mask import masked
from bot.watching.trouble import trail
from storage.claims import Owed

log = logging.getLogger(__name__)

Facts = dict[str, Any]
Words = Callable[[Facts, "Renderer"], tuple[Html, Buttons]]


class UnknownNotice(KeyError):
    """Nobody taught the renderer this notice."""


class Renderer:
    """Puts notices into words for one city."""

    def __init__(self, zone: str, government: str) -> None:
        self.zone = zone
        self.government = government

    def request(self, row: Owed) -> tuple[str, Facts]:
        """(method, parameters) of the Bot API. Raises: UnknownNotice."""
        if row.method is not None:
            ready = {key: album(value) if key == "media" else value for key, value in row.payload.items()}
            return row.method, ready if row.chat_id is None else ready | {"chat_id": row.chat_id}  # it may have moved
        if row.notice == "photos":
            return pictures(row)
        method, parameters = self._new(row)
        if edits := row.payload.get("edits"):
            return edit_of(method, parameters, edits)
        return method, parameters

    def _new(self, row: Owed) -> tuple[str, Facts]:
        earlier = [self.words(one.notice or "", one.payload)[0] for one in row.earlier]
        text, buttons = self.words(row.notice or "", row.payload)
        text = paragraphs(*earlier, text)
        parameters: Facts = {
            "chat_id": row.payload["channel"] if row.chat_id is None else row.chat_id,
            "text": text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if thread := row.payload.get("thread"):
            parameters["message_thread_id"] = thread
        if buttons:
            keyboard = [[{"text": text, "callback_data": data} for text, data in line] for line in buttons]
            parameters["reply_markup"] = {"inline_keyboard": keyboard}
        if photos := row.payload.get("photos"):
            del parameters["link_preview_options"]
            parameters["caption"] = parameters.pop("text")
            return "sendPhoto", parameters | {"photo": photos[0]}
        if row.notice == "my_data":
            content, name = own_data.my_data(row.payload, self.zone)
            del parameters["link_preview_options"]
            parameters["caption"] = parameters.pop("text")
            return "sendDocument", parameters | {"document": InputFile(content, filename=name)}
        if picture := drawn(row.notice or "", row.payload):
            del parameters["link_preview_options"]
            parameters["caption"] = parameters.pop("text")
            return "sendPhoto", parameters | {"photo": InputFile(picture, filename="gambar.png")}
        return "sendMessage", parameters

    def words(self, notice: str, facts: Facts) -> tuple[Html, Buttons]:
        """Raises: UnknownNotice."""
        try:
            return NOTICES[notice](facts, self)
        except KeyError as error:
            if notice not in NOTICES:
                raise UnknownNotice(notice) from error
            raise


def edit_of(method: str, parameters: Facts, message_id: int) -> tuple[str, Facts]:
    """The same words put into a message that was sent before; a picture under them stays."""
    changed = {key: value for key, value in parameters.items() if key != "photo"} | {"message_id": message_id}
    return ("editMessageText" if method == "sendMessage" else "editMessageCaption"), changed


def drawn(notice: str, facts: Facts) -> bytes | None:
    """The picture of a notice; None where it has none or there is nothing to see. The words go out without it, too."""
    try:
        return PICTURES[notice](facts) if notice in PICTURES else None
    except Exception as error:
        log.error("the picture of a %s could not be drawn: %s", notice, trail(error))
        return None


def album(media: list[Facts]) -> list[InputMediaPhoto | InputMediaVideo]:
    """Pictures of one message; python-telegram-bot takes only its own classes for these."""
    kinds = {"photo": InputMediaPhoto, "video": InputMediaVideo}
    return [kinds[item["type"]](media=item["media"], caption=item.get("caption")) for item in media]


def pictures(row: Owed) -> tuple[str, Facts]:
    """The photos an office shows, before the words that belong to them."""
    caption, photos = label("notice.photos", number=row.payload["number"]), row.payload["photos"]
    if len(photos) == 1:
        return "sendPhoto", {"chat_id": row.chat_id, "photo": photos[0], "caption": caption}
    media = [{"type": "photo", "media": photo} for photo in photos[:10]]
    return "sendMediaGroup", {"chat_id": row.chat_id, "media": album([media[0] | {"caption": caption}, *media[1:]])}


def own_news(notice: str) -> Words:
    """News for the citizen on one report."""

    def words(facts: Facts, by: Renderer) -> tuple[Html, Buttons]:
        text = say(
            own_words(facts["kind"], f"notice.{notice}"),
            number=facts["number"],
            agency=facts["agency"] or by.government,
            channel=facts["channel"],
            note=facts.get("note", ""),
            status=label(own_words(facts["kind"], f"status.{facts['standing']}")).lower(),
            until=day_of(facts.get("until")),
            due=moment(facts["due_at"], by.zone),
        )
        return text, own_buttons(facts) or [[(label("button.see"), f"r:{facts['report_id']}:see")]]

    return words


def supported_news(notice: str) -> Words:
    """News for who supports somebody else's report."""

    def words(facts: Facts, by: Renderer) -> tuple[Html, Buttons]:
        text = say(
            own_words(facts["kind"], f"notice.{notice}"),
            number=facts["number"],
            agency=facts["agency"] or by.government,
            channel=facts["channel"],
            note=masked(facts["note"]),
            due=moment(facts["due_at"], by.zone),
        )
        i = facts["report_id"]
        return text, [[(label("button.see"), f"s:{i}:see"), (label("button.leave"), f"s:{i}:leave")]]

    return words


def office_news(notice: str) -> Words:
    """News for an officer on one report, with what can be done now. The note is the citizen's."""

    def words(facts: Facts, _by: Renderer) -> tuple[Html, Buttons]:
        note = shorten(masked(facts.get("note", "")), 2000)
        text = say(f"notice.{notice}", number=facts["number"], note=note, rating=facts["rating"])
        ended = facts["status"] in {"withdrawn", "closed"}
        return text, [] if ended else [[(label("button.see"), f"k:{facts['report_id']}:see:")], *office_buttons(facts)]

    return words


def new_report(notice: str) -> Words:
    """The whole card of a report that has just arrived."""

    def words(facts: Facts, by: Renderer) -> tuple[Html, Buttons]:
        return office_card(facts, by.zone, say(f"notice.{notice}", number=facts["number"]))

    return words


def still_waiting(facts: Facts, by: Renderer) -> tuple[Html, Buttons]:
    """A quiet report explains itself: where it is, what comes next, until when."""
    due = moment(facts["due_at"], by.zone)
    text = paragraphs(
        say("notice.your_report_waits", number=facts["number"]),
        say(f"notice.waits_{facts['status']}", agency=facts["agency"] or by.government)
        if facts["status"] in {"triage", "assigned", "in_progress"}
        else "",
        say("notice.waits_late" if facts.get("late") else "notice.waits_until", due=due) if due else "",
    )
    return text, [[(label("button.see"), f"r:{facts['report_id']}:see")], *own_buttons(facts)]


def reminder(facts: Facts, by: Renderer) -> tuple[Html, Buttons]:
    title = say("notice.remind_office", number=facts["number"], hours=round(facts["hours"]))
    return office_card(facts, by.zone, title)


def came_back(facts: Facts, _by: Renderer) -> tuple[Html, Buttons]:
    """An officer's reports are in the queue again: the first ten by number."""
    numbers, more = ", ".join(facts["numbers"][:10]), len(facts["numbers"]) - 10
    if more > 0:
        numbers = label("notice.reports_and_more", numbers=numbers, more=more)
    return say("notice.reports_came_back", name=facts["name"], agency=facts["agency"], numbers=numbers), []


def broadcast(facts: Facts, by: Renderer) -> tuple[Html, Buttons]:
    return say("notice.broadcast", government=by.government, text=facts["text"]), []


def sealed_unread(facts: Facts, _by: Renderer) -> tuple[Html, Buttons]:
    return say("notice.sealed_unread", number=facts["number"]), []


NOTICES: dict[str, Words] = {
    "my_data": own_data.words,
    "erased_soon": own_data.erased_soon,
    "sealed_unread": sealed_unread,
    **{
        notice: own_news(notice)
        for notice in (
            "your_report_was_routed",
            "your_report_was_transferred",
            "your_report_is_being_routed",
            "your_report_was_accepted",
            "your_report_needs_info",
            "your_report_was_resolved",
            "your_report_was_rejected",
            "your_report_was_referred",
            "your_report_was_closed",
            "your_report_progressed",
            "your_report_was_split",
            "your_report_was_merged",
            "your_report_was_extended",
            "your_report_was_unsealed",
            "you_lead_now",
            "your_report_still_asks",
            "your_report_asks_last",
            "your_report_closed_unanswered",
            "your_report_will_close",
            "your_report_closed_unverified",
            "your_appeal_was_decided",
            "your_appeal_was_granted",
        )
    },
    **{
        notice: supported_news(notice)
        for notice in (
            "supported_moved",
            "supported_was_accepted",
            "supported_was_resolved",
            "supported_was_rejected",
            "supported_was_referred",
            "supported_was_reopened",
            "supported_progressed",
            "supported_was_extended",
            "supported_was_confirmed",
            "supported_was_closed",
            "supported_was_merged",
        )
    },
    "does_it_still_hold": asks(
        own_news("does_it_still_hold"), ("button.still_fine", "holds"), ("button.broke_again", "broke")
    ),
    "your_appeal_was_answered": asks(
        own_news("your_appeal_was_answered"), ("button.object_again", "object"), ("button.see", "see")
    ),
    "citizen_confirmed": confirmed,
    "citizen_nudged": nudged,
    "appeal_for_head": appeal("for_head"),
    "appeal_for_desk": appeal("for_desk"),
    **{
        notice: new_report(notice)
        for notice in ("report_for_office", "report_for_desk", "report_was_released", "report_was_handed")
    },
    **{
        notice: office_news(notice)
        for notice in (
            "citizen_answered",
            "citizen_added",
            "citizen_reopened",
            "citizen_withdrew",
            "citizen_rated",
            "closed_unanswered",
            "appeal_reopens",
        )
    },
    "your_report_waits": still_waiting,
    "remind_office": reminder,
    "reports_came_back": came_back,
    "report_for_group": lambda facts, by: group_card(facts, by.zone),
    "office_took_over": lambda facts, _: (say("notice.office_took_over", **facts), []),
    "group_was_lost": lambda facts, _: (say("notice.group_was_lost", **facts), []),
    "reminders": digest_words.reminders,
    "digest": digest_words.office_digest,
    "leader_digest": digest_words.leader_digest,
    "city_digest": digest_words.city_digest,
    "channel_digest": digest_words.channel_digest,
    "broadcast": broadcast,
    "model_report": model_report,
    "statistics": figures.statistics,
    "trouble": alerts.trouble,
    "trouble_over": alerts.trouble_over,
}
"""Every notice somebody may be owed; a test compares this table with storage/notices.py."""

TOGETHER = frozenset(
    notice
    for notice in NOTICES
    if notice.startswith(("your_report_", "supported_", "citizen_")) and notice != "your_report_waits"
)
"""News that share a message when several of one report come within a minute."""

PICTURES: dict[str, Callable[[Facts], bytes | None]] = {
    "model_report": lambda facts: charts.learning(facts["learned"]),
    "statistics": charts_statistics.statistics,
    "digest": charts_week.office,
    "leader_digest": charts_week.leaders,
    "city_digest": charts_week.city,
    "channel_digest": charts_week.city,
}
"""Notices with a picture; their words become its caption (at most 1,024 characters)."""
