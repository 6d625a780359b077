"""`aspirasi demo` as a person meets it: a page in a real browser, a citizen who complains, an officer who acts."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.requirements import browser as chromium

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--disable-component-update",
    "--no-first-run", "--disable-quic",
]  # fmt: skip
PICTURE = os.environ.get("ASPIRASI_PICTURE")
"""Where to put the picture of the page for the README; by default it is thrown away."""


@pytest.fixture
async def url(model_root: Path, tmp_path: Path) -> AsyncIterator[str]:
    """Address of the page of a demo that runs in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0",
        stdout=asyncio.subprocess.PIPE, cwd=tmp_path, env=os.environ | {"ASPIRASI_MODEL_DIR": str(model_root)},
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(90):
        while found := await process.stdout.readline():
            if address := re.search(r"http://127\.0\.0\.1:\d+", found.decode()):
                break
    yield address[0]  # type: ignore[index]
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


@pytest.fixture
async def page(url: str) -> AsyncIterator[Page]:
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        page = await browser.new_page(
            viewport={"width": 1700, "height": 950}, reduced_motion="reduce", timezone_id="Asia/Jakarta"
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(15000)
        await page.goto(url)
        yield page
        await browser.close()
    assert errors == []


async def write(column: Locator, text: str) -> None:
    await column.get_by_role("textbox").fill(text)
    await column.get_by_role("textbox").press("Enter")


async def test_a_citizen_complains_and_the_office_answers_in_the_browser(page: Page) -> None:
    expect.set_options(timeout=15000)
    joko = page.get_by_role("region", name="Joko Susilo")
    dishub = page.get_by_role("region", name="Budi Hartono")
    await write(joko, "Lampu jalan di Gang Kenanga padam semua sejak semalam, rawan sekali")
    await expect(joko.get_by_text("Di mana tempatnya").last).to_be_visible()
    await write(joko, "Gang Kenanga dekat musala Al Ikhlas")
    await joko.get_by_role("button", name="Kirim laporan").last.click()
    receipt = joko.get_by_text("DPK-26-000003").first
    await expect(receipt).to_be_visible()

    await expect(dishub.get_by_text("Gang Kenanga dekat musala").first).to_be_visible()
    await dishub.get_by_role("button", name="Terima").last.click()
    await expect(joko.get_by_text("sedang ditangani").last).to_be_visible()
    await dishub.get_by_role("button", name="Selesai").last.click()
    await expect(dishub.get_by_text("Fotonya harus baru").last).to_be_visible()
    await dishub.get_by_role("button", name="Lampirkan").click()
    await page.get_by_role("button", name="Foto contoh").click()
    await page.get_by_role("button", name="Jalan berlubang").click()
    await write(dishub, "Lampu sudah menyala lagi, kabelnya kami ganti.")
    await dishub.get_by_role("button", name="Kirim ke warga").last.click()
    await expect(joko.get_by_text("kabelnya kami ganti").last).to_be_visible()
    if PICTURE:
        await page.screenshot(path=PICTURE)
    await joko.get_by_role("button", name="Benar selesai").last.click()
    await expect(joko.get_by_text("Senang mendengar").last).to_be_visible()
