"""The service as a process of its own, as an operator runs it: started, killed, started again."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from bot.simulator import Simulator


class Service:
    """`python -m bot run` against a simulator. Its log goes to `log`; `only` names the one part it does."""

    def __init__(
        self,
        simulator: Simulator,
        folder: Path,
        database_url: str,
        model: Path,
        administrators: list[int],
        *,
        only: str | None = None,
        per_second: int = 25,
    ) -> None:
        self.unspeakable = (simulator.token, "Lampu jalan di gang", "nomor urut", "Warga 1", "Petugas 1")
        self.options = ["--only", only] if only else []
        self.config = folder / "config.toml"
        self.log = folder / "service.log"
        self.config.write_text(
            f'[telegram]\ntoken = "{simulator.token}"\napi = "{simulator.url}"\n'
            f'[database]\nurl = "{database_url}"\n[model]\nfolder = "{model}"\n'
            f"[staff]\nadministrators = {administrators}\n"
            "[schedule]\nquiet_from = 00:00:00\nquiet_until = 00:00:00\n"
            f"[sending]\nper_second = {per_second}\n"
            "[limits]\nreports_per_hour = 1000\nmessages_per_minute = 1000\n",  # tests run at night, too
            encoding="utf-8",
        )
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self.ready_before = 0

    async def start(self) -> None:
        self.ready_before = self.log.read_bytes().count(b" ready as @") if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--config", str(self.config), *self.options,
                stdout=log, stderr=log, cwd=self.config.parent, env=os.environ.copy(),
            )  # fmt: skip
        self.starts += 1

    async def ready(self, seconds: float = 60) -> None:
        """Wait until this start has said in its log that it is ready."""
        async with asyncio.timeout(seconds):
            while self.log.read_bytes().count(b" ready as @") < self.ready_before + 1:
                await asyncio.sleep(0.05)

    def busy(self) -> float:
        """Seconds of a core that it has used, which other programs on the machine do not change much."""
        assert self.process is not None
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    async def kill(self) -> None:
        """SIGKILL: nothing can be finished, nothing said."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        if self.process is None:
            return 0
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), 15)
        told = self.log.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in self.unspeakable if word in told], "the log tells a secret, or who somebody is"
        return code
