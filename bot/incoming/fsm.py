"""aiogram's FSM storage on the conversation table, in the transaction of the update."""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from bot.incoming.turn import current
from storage import conversations


class ConversationStorage(BaseStorage):
    """State and data of each person in each chat."""

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        turn = current.get()
        name = state.state if isinstance(state, State) else state
        await conversations.put(turn.session, _row(key), turn.now, state=name or "")

    async def get_state(self, key: StorageKey) -> str | None:
        row = await conversations.find(current.get().session, _row(key))
        return row.state if row else None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        turn = current.get()
        await conversations.put(turn.session, _row(key), turn.now, data=dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        row = await conversations.find(current.get().session, _row(key))
        return dict(row.data) if row else {}

    async def close(self) -> None:
        pass


def _row(key: StorageKey) -> str:
    return f"{key.chat_id}:{key.user_id}"
