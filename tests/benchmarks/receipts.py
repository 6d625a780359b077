"""How soon a receipt is there while fifty updates come in each second, and what `aspirasi run` takes for it."""

import asyncio
import re
import time
from pathlib import Path

from bot.simulator import Limits, Simulator
from tests.benchmarks.way import STORIES, fresh, place_of
from tests.wire.process import Service

FIRST = 3
"""Seconds of citizens whose statements the database hears for the first time; they are timed by themselves."""

RATE = 50
"""Updates a second while receipts are timed."""


async def latency(server: str, folder: Path, model: Path, seconds: int) -> None:
    """`aspirasi run` whole: start, memory, and how soon a receipt is there at 50 updates a second."""
    (place := folder / "latency").mkdir()
    async with Simulator.running(limits=Limits.off(), callback_max_age=600) as simulator:
        service = Service(simulator, place, await fresh(server, "latency"), model, [], per_second=1000)
        began = time.perf_counter()
        await service.start()
        await service.ready(240)
        ready, cost = time.perf_counter() - began, service.busy()
        try:
            first = await conversations(simulator, FIRST, 800)
            waits = await conversations(simulator, seconds)
            memory = peak_memory(service)
        finally:
            await service.stop()
    print(f"ready after {ready:.1f} s, {cost:.1f} s of a core; memory at its highest {memory:.0f} MB")
    print(
        f"receipts at {RATE} updates/s, of the first {FIRST} s after the start: {shares(first)}; then: {shares(waits)}"
    )


def shares(waits: list[float]) -> str:
    """Half of the waits, and nearly all of them, were no longer than this."""
    p50, p95 = (1000 * sorted(waits)[int(share * (len(waits) - 1))] for share in (0.5, 0.95))
    return f"{len(waits)}, p50 {p50:.0f} ms, p95 {p95:.0f} ms"


async def conversations(simulator: Simulator, seconds: int, number: int = 0) -> list[float]:
    """Citizens, numbered from `number`, who write, pin and send one after the other, 50 updates a second in all.

    Returns the seconds to each receipt.
    """
    waits: list[float] = []

    async def story(n: int) -> None:
        citizen = simulator.person(f"Warga {n}")
        await citizen.says(STORIES[n % len(STORIES)].format(n=n))
        await citizen.waits_for("Di mana tempatnya", timeout=60)
        await asyncio.sleep(2)  # somebody reads; faster, the pace of one message a second in a chat is measured
        await citizen.sends_location(*place_of(n))
        card = await citizen.waits_for(re.compile("Periksa dulu|sudah ada yang melaporkan"), timeout=60)
        await asyncio.sleep(2)  # somebody reads; faster, the pace of one message a second in a chat is measured
        if "Ini berbeda" in card.buttons:
            await citizen.taps_old(card, "Ini berbeda")
            card = await citizen.waits_for("Periksa dulu", timeout=60)
        pressed = time.perf_counter()
        await citizen.taps_old(card, "irim laporan")
        await citizen.waits_for("Nomor:", timeout=60)
        waits.append(time.perf_counter() - pressed)

    async with asyncio.TaskGroup() as tasks:
        for n in range(number, number + RATE * seconds // 3):
            tasks.create_task(story(n))
            await asyncio.sleep(3 / RATE)
    return waits


def peak_memory(service: Service) -> float:
    """Megabytes of a process at its highest, by Linux's word."""
    assert service.process is not None
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024
