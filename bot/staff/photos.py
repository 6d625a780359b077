"""A photo that an officer sends along with an answer: what is taken, and what is refused."""

from datetime import datetime
from typing import Any

from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import file_in
from bot.intake import Intake
from storage import pictures, proofs
from storage.evidence import File
from storage.proofs import ProofRefused
from storage.tables import Report


async def taken(
    message: Message, data: dict[str, Any], report: Report, session: AsyncSession, now: datetime, intake: Intake
) -> File:
    """The photo of a message; one that shall prove something must be new. Raises: ProofRefused."""
    photo = file_in(message)
    if photo is None or photo.kind != "photo":
        raise ProofRefused("proof_not_a_photo")
    if len(data.get("photos", [])) >= proofs.MOST:
        raise ProofRefused("proof_too_many")
    if data["verb"] == "resolve":
        if message.forward_origin is not None and message.forward_origin.date < report.created_at:
            raise ProofRefused("proof_old")
        await proofs.check(session, photo)
        if intake.compare_pictures:
            await pictures.want(session, report.id or 0, [photo], now)
    return photo
