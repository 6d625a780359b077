"""aiogram's types are built when they are first used, and every one of them can be."""

import subprocess
import sys
from pathlib import Path

from aiogram import methods, types
from pydantic import BaseModel

FEW = """
from bot.incoming import late
late.import_aiogram()
from aiogram import methods, types
update = types.Update.model_validate({"update_id": 1, "message": {"message_id": 2, "date": 0, "text": "halo",
    "chat": {"id": 3, "type": "private"}, "from": {"id": 3, "is_bot": False, "first_name": "Siti"}}})
assert type(update.message.chat) is types.Chat
assert update.message.answer("ya").text == "ya"
answer = methods.Response[types.User].model_validate({"ok": True, "result": update.message.from_user.model_dump()})
assert type(answer.result) is types.User
print(sum(getattr(types, name).__pydantic_complete__ for name in types.__all__
          if hasattr(getattr(types, name), "model_rebuild")))
"""

REHEARSED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.incoming import late
late.import_aiogram()
import classifier
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import Update
from bot.incoming.rehearsal import rehearse
from bot.intake import Intake
from storage.calendar import Calendar
intake = Intake(classifier.load(Path(sys.argv[1])), Calendar.of("Asia/Jakarta"), "DPK")
used = (Update, SendMessage, EditMessageText)
assert not any(one.__pydantic_complete__ for one in used)
rehearse(intake, datetime.now(UTC))
assert all(one.__pydantic_complete__ for one in used)
before = set(sys.modules)
rehearse(intake, datetime(2031, 5, 1, tzinfo=UTC))
print(sorted(set(sys.modules) - before))
"""


def test_the_first_citizen_waits_for_nothing_to_be_built(model_root: Path) -> None:
    asked = [sys.executable, "-c", REHEARSED, str(model_root)]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_only_types_that_are_used_are_built() -> None:
    told = subprocess.run([sys.executable, "-c", FEW], capture_output=True, text=True, check=True).stdout
    assert int(told) < 20, "importing aiogram builds its types, which takes seconds and 100 MB"


def test_every_type_and_method_can_be_built() -> None:
    every = [getattr(room, name) for room in (types, methods) for name in room.__all__]
    models = [one for one in every if isinstance(one, type) and issubclass(one, BaseModel)]
    assert len(models) > 500
    for model in models:
        assert model.model_rebuild() is not False, model
