"""`/healthz`, `/readyz` and `/metrics` on an address of their own, for the operator's network only."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.watching import metrics
from storage import backlog, migrate, processes, troubles
from storage.engine import Database
from storage.processes import PARTS
from storage.tables import Lane

log = logging.getLogger(__name__)


class HealthServer:
    """Serves until told to stop. Alive: the event loop answers. Ready: the database does, and has the right schema."""

    def __init__(self, database: Database, host: str, port: int, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.host = host
        self.port = port
        self.clock = clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Raises: OSError when the address is taken."""
        app = web.Application()
        app.add_routes(
            [web.get("/healthz", self.healthz), web.get("/readyz", self.readyz), web.get("/metrics", self.metrics)]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            await stopping.wait()
        finally:
            await runner.cleanup()

    async def healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """503 with the reason while the database cannot be reached or has another schema."""
        try:
            async with asyncio.timeout(5):
                await migrate.check(self.database)
        except Exception as error:
            log.warning("not ready: %s", type(error).__name__)
            return web.json_response({"status": "unready", "reason": type(error).__name__}, status=503)
        return web.json_response({"status": "ready"})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Counters of this process; the two queues and the live processes as the database has them now."""
        try:
            async with asyncio.timeout(5):
                await self.measure()
        except Exception as error:  # what this process counted is worth reading all the more
            log.warning("not measured: %s", type(error).__name__)
            metrics.DATABASE_UP.set(0)
        return web.Response(body=generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def measure(self) -> None:
        now = self.clock()
        async with self.database.reading() as session:
            coming, going = await backlog.inbox(session, now), await backlog.outbox(session, now)
            alive = await processes.live(session, now)
            wrong = await troubles.present(session)
        metrics.DATABASE_UP.set(1)
        metrics.TROUBLES.set(len(wrong))
        metrics.INBOX_WAITING.set(coming.waiting)
        metrics.INBOX_LAG.set(coming.lag)
        metrics.SET_ASIDE.set(coming.set_aside)
        for lane in Lane:
            metrics.OUTBOX_WAITING.labels(lane.name.lower()).set(going.waiting.get(lane, 0))
        metrics.OUTBOX_LAG.set(going.lag)
        for part in PARTS:
            metrics.PROCESSES.labels(part).set(alive[part])
