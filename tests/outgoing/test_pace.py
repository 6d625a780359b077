"""The pace: an even stream that lateness neither slows nor bunches, with answers before what goes to many."""

import asyncio
import time

from bot.outgoing.pace import LATE, Pace
from storage.tables import Lane


async def test_an_answer_overtakes_what_waits_for_many() -> None:
    pace, went = Pace(100, lambda: 1), list[str]()

    async def goes(name: str, lane: Lane) -> None:
        await pace.turn(lane)
        went.append(name)

    many = [asyncio.create_task(goes(f"digest {number}", Lane.DIGEST)) for number in range(30)]
    await asyncio.sleep(0.05)
    before = len(went)
    await goes("answer", Lane.REPLY)
    assert went.index("answer") <= before + LATE + 1, "the next turns, not the thirtieth"
    await asyncio.gather(*many)
    assert [name for name in went if name != "answer"] == [f"digest {number}" for number in range(30)]


async def test_never_more_than_the_rate_and_a_stall_is_made_up_for_only_a_little() -> None:
    pace, began = Pace(200, lambda: 2), time.monotonic()  # two processes: 100 a second for each
    went: list[float] = []
    for number in range(40):
        await pace.turn()
        went.append(time.monotonic() - began)
        if number == 20:
            time.sleep(0.2)  # this process is kept from its work
    for first, start in enumerate(went):
        for last in range(first, len(went)):
            assert last - first <= (went[last] - start) * 100 + LATE + 1


async def test_who_was_cut_off_takes_nobodys_turn() -> None:
    pace = Pace(20, lambda: 1)
    for _ in range(LATE + 1):
        await pace.turn()
    gone = [asyncio.create_task(pace.turn()) for _ in range(20)]
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    began = time.monotonic()
    await pace.turn()
    assert time.monotonic() - began < 0.5, "twenty turns would take a second"
