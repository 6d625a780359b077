"""Every Sunday night the classifier learns from what officers taught, and administrators hear what came of it."""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.watching.trouble import trail
from storage import examples, learning, outbox, series, staff
from storage.bells import Bell
from storage.engine import Database
from storage.examples import Taught
from storage.moments import Weekly
from storage.requests import new, request
from storage.tables import Lane

log = logging.getLogger(__name__)

SUNDAY = Weekly(6, time(2, 0))
ENOUGH = 25
"""Examples below which nothing is trained: a fifth of them is held back to compare on, and five say little enough."""

PATIENCE = 3600.0
"""Seconds a training may take; on two shared cores it takes one to three minutes."""

LEASE = int(PATIENCE) + 600
"""Seconds after which another process takes over from one that died while it learned."""

SCORES = ("before", "after", "fixed_before", "fixed_after")


class TrainingFailed(Exception):
    """The training process ended without a verdict; the message says how, never what citizens wrote."""


async def no_model() -> bool:
    """Stands where no model is in memory that could be replaced."""
    return True


class Learning:
    """`refresh` loads the model that is current on disk, and is False where that is refused."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        owed: Bell,
        refresh: Callable[[], Awaitable[bool]] = no_model,
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.owed = owed
        self.refresh = refresh

    async def look(self) -> bool:
        """Learn, if a Sunday night has passed and nobody did. Returns whether this process did. Never an error."""
        request.set(new("learning"))
        try:
            await self.refresh()  # promoted by another process, or by hand
            end = SUNDAY.newest(self.clock(), self.database.calendar)
            if not await self._is_mine(end):
                return False
            await self._learn(end)
        except Exception as error:
            log.error("learning failed; it is tried again when the lease is over: %s", trail(error))
            return False
        return True

    async def _is_mine(self, end: datetime) -> bool:
        """Whether this process is the one that learns for the week up to `end`: what is taken is kept for the lease."""
        async with self.database.reading() as session:
            if await series.last(session, "learning") >= int(end.timestamp()):
                return False
        async with self.database.transaction() as session:
            first = await learning.first_day(session)
            if first is None or first >= end:
                await series.advance(session, "learning", int(end.timestamp()))
                return False
            now = int(self.clock().timestamp())
            return (
                await series.advance(session, "learning-lease", now + LEASE, below=now)
                and await series.last(session, "learning") < end.timestamp()
            )

    async def _learn(self, end: datetime) -> None:
        async with self.database.reading() as session:
            taught = await examples.all_taught(session)
            week = await learning.week(session, end)
        outcome, scores = await self._train(taught)
        log.info("learning from %s examples: %s", len(taught), outcome)
        facts = {
            "start": (end - learning.WEEK).isoformat(),
            "end": end.isoformat(),
            "total": len(taught),
            "enough": ENOUGH,
            "outcome": outcome,
            "scores": scores,
            "learned": asdict(week),
        }
        async with self.database.transaction() as session:
            await series.advance(session, "learning", int(end.timestamp()))
            for officer in await staff.administrators(session):
                await outbox.put(
                    session,
                    now=self.clock(),
                    lane=Lane.DIGEST,
                    chat_id=officer.chat_id,
                    notice="model_report",
                    payload=facts,
                    dedupe_key=f"model_report:{end.date()}:{officer.id}",
                )
        self.owed.ring()

    async def _train(self, taught: Sequence[Taught]) -> tuple[str, dict[str, float]]:
        """What came of it (the end of a key in the texts) and the scores, in 0..1."""
        if len(taught) < ENOUGH:
            return "too_few", {}
        try:
            verdict = await train_apart(taught, self.settings.model.folder)
            scores = {name: float(verdict[name]) for name in SCORES}
            promoted = bool(verdict["promoted"])
        except (TrainingFailed, KeyError, TypeError, ValueError, OSError) as error:
            log.error("no challenger this week: %s: %s", type(error).__name__, error)
            return "failed", {}
        if promoted:
            return "promoted" if await self.refresh() else "refused", scores
        return "forgot" if scores["after"] > scores["before"] else "kept", scores


async def train_apart(taught: Sequence[Taught], folder: Path) -> dict[str, Any]:
    """Train a challenger in a process of its own; returns the verdict it prints. Being cancelled ends that process.

    Raises: TrainingFailed.
    """
    with tempfile.TemporaryDirectory(prefix="aspirasi-") as place:  # nobody else may read it
        file = Path(place) / "examples.jsonl"
        await asyncio.to_thread(write, file, taught)
        command = (sys.executable, "-P", "-m", "bot", "train", "--examples", str(file), "--model-dir", str(folder))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)  # answering citizens goes first
        try:
            said, complaints = await asyncio.wait_for(process.communicate(), PATIENCE)
        except TimeoutError as error:
            raise TrainingFailed(f"no verdict within {PATIENCE:.0f} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0:
        last = complaints.decode(errors="replace").strip().rpartition("\n")[2]
        # Exit code 2 is a sentence of ours; the message of any other error might quote a citizen.
        why = last if process.returncode == 2 else last.partition(":")[0]
        raise TrainingFailed(f"exit code {process.returncode}: {why[:200]}")
    try:
        verdict = json.loads(said)
    except ValueError as error:
        raise TrainingFailed("what it printed is not a verdict") from error
    if not isinstance(verdict, dict):
        raise TrainingFailed("what it printed is not a verdict")
    return verdict


def write(path: Path, taught: Sequence[Taught]) -> None:
    """Examples as the lines of JSON that `aspirasi train` reads."""
    with path.open("w", encoding="utf-8") as out:
        for one in taught:
            row = {
                "text": one.text,
                "agency": one.agency,
                "topic": one.topic or "",
                "kind": one.kind,
                "urgent": one.urgent,
                "who": str(one.by or ""),
                "when": one.at.isoformat(),
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
