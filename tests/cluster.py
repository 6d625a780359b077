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


class Cluster:
    """A server in a folder of its own, on a free port of loopback. A test may stop and start it.

    `durable`: it writes as in earnest, for benchmarks; otherwise nothing here must survive a power cut.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        self.where = binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="aspirasi-pg-"))
        self.user = None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self.user = next((name for name in ("postgres", "nobody") if _exists(name)), None)
            if self.user is None:
                raise NoPostgres("no unprivileged user to run PostgreSQL as")
            shutil.chown(self.folder, self.user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data = self.folder / "data"
        self._run("initdb", "-U", "aspirasi", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        """The server's, without a database name."""
        return f"postgresql://aspirasi@127.0.0.1:{self.port}"

    def start(self) -> None:
        port = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        speed = "" if self.durable else " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self._run("pg_ctl", "-o", f"{port} -c max_connections=200{speed}", "-l", self.folder / "log", "-w", "start")

    def stop(self) -> None:
        """At once, as in a crash: every connection is cut."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def _run(self, program: str, *words: str | Path) -> None:
        subprocess.run(
            [self.where / program, "-D", self.data, *words],
            check=True,
            user=self.user,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"]},
        )


@contextmanager
def server(*, durable: bool = False) -> Iterator[Cluster]:
    """A cluster that runs, and is gone afterwards."""
    cluster = Cluster(durable=durable)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)


@contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """The URL of a server that runs."""
    with server(durable=durable) as cluster:
        yield cluster.url


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
