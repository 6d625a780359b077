"""What is built or imported when it is first used, used once before the first citizen comes.

aiogram's types (see late.py), the holidays, the tables of the classifier: together half a second in which nobody else
would be answered. Nothing of this touches a database.
"""

from datetime import datetime
from typing import Any

from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import Update

from bot.chat import inline, place_keyboard
from bot.intake import Intake
from storage.lifecycle import Kind

PERSON: dict[str, Any] = {"id": 1, "is_bot": False, "first_name": "-"}
MESSAGE: dict[str, Any] = {
    "message_id": 1,
    "date": 1,
    "chat": {"id": 1, "type": "private"},
    "from": PERSON,
    "text": "Lampu jalan mati",
}
PRESS: dict[str, Any] = {"id": "1", "from": PERSON, "chat_instance": "1", "data": "-", "message": MESSAGE}


def rehearse(intake: Intake, now: datetime) -> None:
    """Read a message and a press, make each kind of answer, classify, reckon a due date."""
    for kind, content in (("message", MESSAGE), ("callback_query", PRESS)):
        Update.model_validate({"update_id": 1, kind: content})
    SendMessage(chat_id=1, text="-", reply_markup=place_keyboard([]))
    EditMessageText(chat_id=1, message_id=1, text="-", reply_markup=inline([[("-", "-")]]))
    intake.look(MESSAGE["text"])
    if intake.classifier is not None:
        _ = intake.classifier.closeness
    intake.calendar.due(Kind.COMPLAINT, False, now)
