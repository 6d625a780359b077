"""An error as the log may tell it: its kind and where it happened, never its message, which may quote a citizen."""

import traceback
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def kind_and_place(error: BaseException) -> str:
    """`ValueError at bot/citizen/draft.py:88`."""
    name, frames = type(error).__name__, _frames(error)
    return f"{name} at {frames[-1]}" if frames else name


def trail(error: BaseException) -> str:
    """Where it happened, the outermost call first, and the same of what caused it."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    return "\n".join(f"{type(e).__name__}: {' > '.join(_frames(e)) or 'nowhere'}" for e in causes)


def _frames(error: BaseException) -> list[str]:
    """Our own lines; the whole way where none is ours. Without the words on them, which Python would read and keep."""
    steps = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    ours = [(p.relative_to(ROOT), n) for p, n in steps if p.is_relative_to(ROOT) and "site-packages" not in p.parts]
    return [f"{path}:{line}" for path, line in ours or [(Path(p.name), n) for p, n in steps]]
