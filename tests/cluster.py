"""A throw-away PostgreSQL cluster for the test run, from installed binaries, also when the run is root's."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HINT = "PostgreSQL is not installed; on Debian or Ubuntu: apt-get install postgresql"


class NoPostgres(RuntimeError):
    """No server binaries on this machine."""


def binaries() -> Path:
    """The folder with initdb and postgres. Raises: NoPostgres."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parent.parent.name))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NoPostgres(HINT)


@contextmanager
def running() -> Iterator[str]:
    """Start a cluster on a free port of loopback; yields the URL of its server, without a database name."""
    where = binaries()
    folder = Path(tempfile.mkdtemp(prefix="aspirasi-pg-"))
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = next((name for name in ("postgres", "nobody") if _exists(name)), None)
        if user is None:
            raise NoPostgres("no unprivileged user to run PostgreSQL as")
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    run = {
        "check": True,
        "user": user,
        "stdout": subprocess.DEVNULL,
        "cwd": folder,
        "env": {"PATH": os.environ["PATH"]},
    }
    subprocess.run([where / "initdb", "-D", data, "-U", "aspirasi", "-A", "trust", "-E", "UTF8", "--no-sync"], **run)
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200"
    speed = " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"  # nothing here must survive a power cut
    subprocess.run([where / "pg_ctl", "-D", data, "-o", settings + speed, "-l", folder / "log", "-w", "start"], **run)
    try:
        yield f"postgresql://aspirasi@127.0.0.1:{port}"
    finally:
        subprocess.run([where / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder, ignore_errors=True)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
