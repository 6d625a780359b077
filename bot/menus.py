"""What people see of the bot around the conversation: commands by role, name and description, the menu button."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.texts import label
from storage import outbox
from storage.tables import Lane, Officer, Role

CITIZEN = ("lapor", "tanya", "laporanku", "status", "langganan", "kabar", "privasi", "bantuan", "batal")
GROUP = ("bantuan",)
"""In a group the service is only pointed at; the commands of citizens would mislead there."""

OFFICE = ("antrian", "kasus", "cari", "catat", "statistik")
STAFF: dict[Role, tuple[str, ...]] = {
    Role.OFFICER: OFFICE,
    Role.HEAD: (*OFFICE, "staf", "grup", "templat", "forum"),
    Role.TRIAGE: (*OFFICE, "sp4n", "blokir", "bukablokir"),
    Role.ADMIN: (
        *OFFICE,
        *("undang", "staf", "grup", "templat", "kelola", "siaran", "kesehatan", "ringkasan", "riwayat", "forum"),
        *("sp4n", "blokir", "bukablokir"),
    ),
    Role.LEADER: ("antrian", "kasus", "cari", "statistik", "forum"),
    Role.AUDITOR: ("antrian", "kasus", "cari", "statistik", "riwayat"),
}


def menu(names: tuple[str, ...]) -> list[dict[str, str]]:
    """Commands as Telegram takes them."""
    return [{"command": name, "description": label(f"commands.{name}")} for name in names]


def profile(city: str) -> dict[str, str]:
    """What stands on the bot's page in Telegram: field -> words. The description is read before the first word."""
    return {field: label(f"profile.{field}", city=city) for field in ("name", "description", "short_description")}


def for_everybody() -> list[dict[str, Any]]:
    """setMyCommands of those who have no role here."""
    scopes = (("default", CITIZEN), ("all_group_chats", GROUP))
    return [{"commands": menu(names), "scope": {"type": scope}} for scope, names in scopes]


def for_officer(officer: Officer) -> dict[str, Any]:
    """setMyCommands of somebody with a role, in the private chat."""
    names = (*STAFF[officer.role], *CITIZEN)
    return {"commands": menu(names), "scope": {"type": "chat", "chat_id": officer.chat_id}}


async def at_work(session: AsyncSession) -> Sequence[Officer]:
    return (await session.exec(select(Officer).where(col(Officer.active)).order_by(col(Officer.id)))).all()


async def owe(session: AsyncSession, now: datetime) -> None:
    """Owe everybody their menu, once for each wording of it: at the start of the service."""
    for payload in for_everybody():
        await _put(session, now, payload, payload["scope"]["type"])
    for officer in await at_work(session):
        await owe_officer(session, officer, now)


async def owe_officer(session: AsyncSession, officer: Officer, now: datetime, change: str = "") -> None:
    """Owe an officer the menu of their role; `change` tells one change of roles from the same one later."""
    await _put(session, now, for_officer(officer), f"{officer.chat_id}:{officer.role.value}{change}")


async def owe_former(session: AsyncSession, officer: Officer, now: datetime) -> None:
    """Whoever has lost access has a citizen's menu again."""
    payload = {"commands": menu(CITIZEN), "scope": {"type": "chat", "chat_id": officer.chat_id}}
    await _put(session, now, payload, f"{officer.chat_id}:former:{now.timestamp():.0f}")


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
