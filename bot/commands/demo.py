"""`aspirasi demo`: the whole service without a token, against the simulator, with people to be."""

import asyncio
import os
import signal
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import config
from bot.commands import settings as found
from bot.commands.service import Level, LogLevel, last_good_model
from bot.config import Settings
from bot.incoming import late

if TYPE_CHECKING:
    from bot.app import App
    from bot.simulator import Person, Simulator
    from classifier import Classifier

TOKEN = "123456:DEMO"  # noqa: S105  (opens nothing but the simulator)

Port = Annotated[int, typer.Option("--port", help="Port of the chat page on 127.0.0.1; 0 takes a free one.")]


def demo(port: Port = 8080, log_level: LogLevel = Level.WARNING) -> None:
    """Try everything in a browser: a citizen, an office, the triage desk. No token, nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="aspirasi-demo-") as folder:
        found.logs(log_level, TOKEN)
        model, _ = last_good_model(settings_for("http://127.0.0.1", Path(folder), ()))
        asyncio.run(perform(port, Path(folder), model))


def settings_for(api: str, folder: Path, administrators: tuple[int, ...]) -> Settings:
    """Settings of the demo: a database that vanishes with it, the user's own model folder."""
    values = {
        "telegram": {"token": TOKEN, "api": api},
        "database": {"url": f"sqlite:///{folder / 'demo.db'}"},
        "staff": {"administrators": administrators},
        "sending": {"together_seconds": 0},
        "schedule": {"quiet_from": "00:00", "quiet_until": "00:00"},  # who tries it out at night wants to see it
    }
    if given := os.environ.get("ASPIRASI_MODEL_DIR"):
        values["model"] = {"folder": given}
    return config.check(values)


async def perform(port: int, folder: Path, model: "Classifier | None") -> None:
    """Simulator and service side by side, a few reports on their way, until Ctrl-C."""
    late.import_aiogram()
    from bot.app import App
    from bot.simulator import Simulator

    async with Simulator.running(port=port if free(port) else 0, token=TOKEN) as simulator:
        cast = people(simulator)
        app = App(settings_for(simulator.url, folder, (cast["admin"].id,)), model)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, app.stop)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(app.run())
            tasks.create_task(set_the_scene(app, cast, simulator.url))


def free(port: int) -> bool:
    """Whether nobody listens on this port of loopback yet."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def people(simulator: "Simulator") -> dict[str, "Person"]:
    """Who can be played on the page, left to right."""
    return {
        "siti": simulator.person("Siti Aminah", username="siti", role_label="warga"),
        "joko": simulator.person("Joko Susilo", username="joko", role_label="warga"),
        "dishub": simulator.person("Budi Hartono", username="budi", role_label="petugas Dishub"),
        "triage": simulator.person("Rina Wulandari", username="rina", role_label="meja triase"),
        "admin": simulator.person("Dewi Lestari", username="dewi", role_label="administrator"),
    }


async def set_the_scene(app: "App", cast: dict[str, "Person"], url: str) -> None:
    """Officers join by real invitations, citizens write real reports; then the page is ready."""
    from storage import staff
    from storage.tables import Role

    await app.ready.wait()
    async with app.database.transaction() as session:
        now = app.clock()
        desk = await staff.invite(session, Role.TRIAGE, None, None, now)
        dishub = await staff.invite(session, Role.OFFICER, "dishub", None, now)
    await cast["admin"].starts()
    await cast["triage"].starts(f"undangan-{desk}")
    await cast["dishub"].starts(f"undangan-{dishub}")
    await cast["dishub"].waits_for("Dinas Perhubungan", timeout=30)
    await cast["siti"].starts()
    await file(
        cast["siti"],
        "Lampu jalan di depan SDN Mekarjaya 11 mati sudah lima malam, anak ngaji pulang gelap-gelapan",
        pin=(-6.3906, 106.8483),
    )
    await file(
        cast["joko"],
        "Bang, lampu merah pertigaan Parung Bingung mati dari pagi, semrawut banget",
        pin=(-6.4021, 106.7712),
    )
    await cast["dishub"].taps("Terima", timeout=30)
    await cast["joko"].waits_for("sedang ditangani", timeout=30)
    print(f"\n  Halaman percakapan siap: {url}\n  Tekan Ctrl-C untuk berhenti.\n", flush=True)


async def file(citizen: "Person", text: str, pin: tuple[float, float]) -> None:
    """A report the way a citizen sends it: write, pin, send."""
    await citizen.says(text)
    await citizen.waits_for("Di mana tempatnya", timeout=30)
    await citizen.sends_location(*pin)
    await citizen.taps("Kirim laporan", timeout=30)
    await citizen.waits_for("Nomor:", timeout=30)
