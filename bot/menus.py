"""The commands each person sees in Telegram's menu, by role: one table, and the requests that set it."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.texts import label
from storage import outbox
from storage.tables import Lane, Officer, Role

CITIZEN = ("lapor", "tanya", "laporanku", "status", "langganan", "kabar", "bantuan", "batal")
GROUP = ("bantuan",)
"""In a group the service is only pointed at; the commands of citizens would mislead there."""

OFFICE = ("antrian", "kasus", "cari", "catat", "statistik")
STAFF: dict[Role, tuple[str, ...]] = {
    Role.OFFICER: OFFICE,
    Role.HEAD: (*OFFICE, "staf", "grup"),
    Role.TRIAGE: (*OFFICE, "sp4n", "blokir", "bukablokir"),
    Role.ADMIN: (*OFFICE, "undang", "staf", "grup", "kelola", "riwayat", "sp4n", "blokir", "bukablokir"),
    Role.LEADER: ("antrian", "kasus", "cari", "statistik"),
    Role.AUDITOR: ("antrian", "kasus", "cari", "statistik", "riwayat"),
}


def menu(names: tuple[str, ...]) -> list[dict[str, str]]:
    """Commands as Telegram takes them."""
    return [{"command": name, "description": label(f"commands.{name}")} for name in names]


async def owe(session: AsyncSession, now: datetime) -> None:
    """Owe everybody their menu, once for each wording of it: at the start of the service."""
    for scope, names in (("default", CITIZEN), ("all_group_chats", GROUP)):
        await _put(session, now, {"commands": menu(names), "scope": {"type": scope}}, scope)
    for officer in (await session.exec(select(Officer).where(col(Officer.active)))).all():
        await owe_officer(session, officer, now)


async def owe_officer(session: AsyncSession, officer: Officer, now: datetime, change: str = "") -> None:
    """Owe an officer the menu of their role; `change` tells one change of roles from the same one later."""
    names = (*STAFF[officer.role], *CITIZEN)
    payload = {"commands": menu(names), "scope": {"type": "chat", "chat_id": officer.chat_id}}
    await _put(session, now, payload, f"{officer.chat_id}:{officer.role.value}{change}")


async def _put(session: AsyncSession, now: datetime, payload: dict[str, Any], whose: str) -> None:
    version = hashlib.sha256(json.dumps(payload).encode()).hexdigest()[:16]
    await outbox.put(
        session,
        now=now,
        lane=Lane.REPLY,
        chat_id=None,
        method="setMyCommands",
        payload=payload,
        dedupe_key=f"commands:{whose}:{version}",
    )
