"""python-telegram-bot's requests over aiohttp: a message takes less than half the processor time that httpx takes."""

import io
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

UNSAID: Any = BaseRequest.DEFAULT_NONE

LONGEST_UPLOAD = 600.0
"""Seconds that a request with files may take: 50 MB, Telegram's most, at 85 kB/s."""


class Wire(BaseRequest):
    """`connections` at once, kept open between requests. What goes wrong is told as PTB's own HTTPXRequest tells it.

    `connect` and `read` are seconds for a connection and for silence after a request; one without files may take both
    and `write` in all, as nobody watches single writes here. Proxies are those of the environment, as with httpx.
    """

    def __init__(self, connections: int, *, connect: float, read: float, write: float) -> None:
        self.connections = connections
        self.connect, self.read, self.write = connect, read, write
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self.read

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=True,
            )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = UNSAID,
        write_timeout: Any = UNSAID,
        connect_timeout: Any = UNSAID,
        pool_timeout: Any = UNSAID,
    ) -> tuple[int, bytes]:
        """(status, body). Raises: TimedOut, NetworkError; neither says the address, which holds the token."""
        if self._session is None:
            raise RuntimeError("this request is not initialized")
        connect, read = _said(connect_timeout, self.connect), _said(read_timeout, self.read)
        files = request_data is not None and request_data.contains_files
        write = _said(write_timeout, LONGEST_UPLOAD if files else self.write)
        timeout = aiohttp.ClientTimeout(total=connect + write + read, connect=connect, sock_read=read)
        body = None if request_data is None else (_form(request_data) if files else request_data.json_parameters)
        try:
            async with self._session.request(
                method, url, data=body, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}") from error


def _said(given: Any, otherwise: float) -> float:
    """Seconds. Nothing is waited for without end, so PTB's None counts as unsaid."""
    return otherwise if given is UNSAID or given is None else float(given)


def _form(data: RequestData) -> aiohttp.FormData:
    """The parameters and the files, in parts."""
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for field, (name, content, kind) in data.multipart_data.items():
        readable = io.BytesIO(content) if isinstance(content, bytes) else content  # aiohttp warns of large bytes
        form.add_field(field, readable, filename=name, content_type=kind)
    return form
