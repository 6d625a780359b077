"""The webhook takes what Telegram posts and nothing else; 200 means that it is kept."""

import asyncio
import io
import json
import socket
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from bot.__main__ import app as command
from bot.config import BadConfiguration, check
from bot.incoming.webhook import LARGEST, SECRET_HEADER
from storage.tables import Inbox
from tests.town import Town

SECRET = "a-secret-of-this-test"
LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


async def listening(port: int) -> None:
    """Wait until somebody answers there."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(0.05)


async def aspirasi(*words: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, command, list(words))
    assert result.exit_code == 0, result.output
    return result.output


async def test_a_report_comes_in_by_webhook_and_telegram_learns_of_it_by_command(
    database_url: str, classifier: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASPIRASI_WEBHOOK_SECRET", SECRET)
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram/updates"
    webhook = {"url": url, "listen": f"127.0.0.1:{port}", "secret": SECRET}
    config = tmp_path / "config.toml"
    async with Town.stranded(database_url, classifier, webhook=webhook) as town:
        config.write_text(
            f'[telegram]\ntoken = "{town.simulator.token}"\napi = "{town.simulator.url}"\n[webhook]\nurl = "{url}"\n'
        )
        assert url in await aspirasi("webhook", "set", "-c", str(config))
        siti = await town.citizen()
        assert (await town.files(siti, LAMP)).startswith("DPK-")
        assert f"url: {url}" in await aspirasi("webhook", "show", "-c", str(config))
        assert "Removed" in await aspirasi("webhook", "remove", "-c", str(config))

        async with aiohttp.ClientSession() as http:

            async def post(body: bytes, **headers: str) -> int:
                async with http.post(url, data=io.BytesIO(body), headers=headers) as answer:
                    return answer.status

            before = await town.count(Inbox)
            update = json.dumps({"update_id": 77, "message": {"chat": {"id": siti.id}}}).encode()
            right = {SECRET_HEADER: SECRET}
            assert await post(update) == 401
            assert await post(update, **{SECRET_HEADER: SECRET[:-1]}) == 401
            assert await post(b"x" * (LARGEST + 1), **right) == 413
            for nonsense in (b"", b"{", b"[]", b'"a"', b'{"update_id": "7"}', b'{"update_id": true}', b"[" * 90_000):
                assert await post(nonsense, **right) == 400
            assert await post(b'{"update_id": 1' + b"0" * 30 + b"}", **right) == 400
            assert await town.count(Inbox) == before
            odd = b'{"update_id": 78, "message": {"chat": {"id": 1e999}, "x": NaN, "y": "\\u0000\\ud800"}}'
            assert [await post(update, **right), await post(update, **right), await post(odd, **right)] == [200] * 3
            assert await town.count(Inbox) == before + 2  # the same update twice is one


async def test_requests_from_elsewhere_are_turned_away_where_the_city_wants_it(
    database_url: str, classifier: Any
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    webhook = {"url": url, "listen": f"127.0.0.1:{port}", "secret": SECRET, "telegram_only": True}
    async with Town.stranded(database_url, classifier, webhook=webhook), aiohttp.ClientSession() as http:
        await listening(port)
        for proxied, status in [("149.154.167.197", 200), ("8.8.8.8, 91.108.4.9", 200), ("91.108.4.9, 8.8.8.8", 403)]:
            headers = {SECRET_HEADER: SECRET, "X-Forwarded-For": proxied}
            async with http.post(url, json={"update_id": 5}, headers=headers) as answer:
                assert answer.status == status, proxied
        async with http.post(url, json={"update_id": 5}, headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 403


def test_a_webhook_needs_a_secret_and_an_address() -> None:
    telegram = {"token": "1:a"}
    for webhook, fault in [
        ({"url": "https://depok.example/hook"}, "needs a secret"),
        ({"url": "http://depok.example/hook", "secret": SECRET}, "webhook.url"),
        ({"url": "https://depok.example/hook", "secret": "short"}, "webhook.secret"),
        ({"listen": "8080"}, "webhook.listen must be host:port"),
    ]:
        with pytest.raises(BadConfiguration) as refused:
            check({"telegram": telegram, "webhook": webhook})
        assert fault in str(refused.value)
