"""What a process does not need any more does not stay with it."""

import linecache
import sys
import traceback
from pathlib import Path

import pytest

from bot.watching.memory import give_back

PIECES, SIZE = 40_000, 2_000


def resident() -> int:
    """Bytes of this process in memory, by Linux's word."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def test_the_source_of_what_failed_is_not_kept() -> None:
    with pytest.raises(ValueError, match="invalid literal") as failed:
        int("x")
    assert 'int("x")' in "".join(traceback.format_exception(failed.value))
    assert __file__ in linecache.cache
    give_back()
    assert linecache.cache == {}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and only glibc has malloc_trim")
def test_memory_below_something_that_lives_is_given_back() -> None:
    pieces = [bytearray(SIZE) for _ in range(PIECES)]
    kept = pieces[:: PIECES // 100]  # so that the C library cannot simply cut the end off
    full = resident()
    pieces.clear()
    give_back()
    assert full - resident() > 0.8 * PIECES * SIZE
    assert len(kept) == 100
