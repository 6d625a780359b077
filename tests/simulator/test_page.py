"""The chat page in a real browser: written to, pressed, and read as a person would."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.simulator import Simulator
from tests.simulator.conftest import Call

CHROMIUM = shutil.which("chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
    "--disable-quic",
]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
NASTY = '<img src=x onerror="document.title=1">'


@pytest.fixture
async def page(sim: Simulator) -> AsyncIterator[Page]:
    """The page with Siti (warga) and Budi (petugas), wide enough for both; a script error fails the test."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = await browser.new_page(viewport={"width": 1000, "height": 800}, reduced_motion="reduce")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(8000)
        yield page
        await browser.close()
    assert errors == []


async def test_a_conversation_by_keyboard_alone(sim: Simulator, call: Call, page: Page) -> None:
    siti = sim.person("Siti Aminah")
    budi = sim.person("Budi Santoso", role_label="petugas Dishub")
    await page.goto(sim.url)
    column = page.get_by_role("region", name="Siti Aminah, warga")
    await expect(page.get_by_role("region", name="Budi Santoso, petugas Dishub")).to_be_visible()

    await column.get_by_role("button", name="Mulai").press("Enter")
    await expect(column.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("baris satu")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type(NASTY)
    await page.keyboard.press("Enter")
    await expect(column.get_by_text("baris satu")).to_be_visible()
    assert [line.text for line in siti.screen()] == ["/start", f"baris satu\n{NASTY}"]

    keyboard = {"inline_keyboard": [[{"text": "Kirim", "callback_data": "kirim"}]]}
    text = "<b>Sudah <i>benar</i></b>?"
    await call("sendMessage", chat_id=siti.id, text=text, parse_mode="HTML", reply_markup=keyboard)
    await expect(column.locator("strong em")).to_have_text("benar")
    await column.get_by_role("group", name="Tombol").get_by_role("button", name="Kirim").press("Enter")
    press = (await call("getUpdates", offset=-1))["result"][0]["callback_query"]
    while press["data"] != "kirim":
        press = (await call("getUpdates", offset=-1))["result"][0]["callback_query"]
    await call("answerCallbackQuery", callback_query_id=press["id"], text="Perhatian", show_alert=True)
    await expect(column.get_by_role("alertdialog")).to_contain_text("Perhatian")
    await page.keyboard.press("Enter")
    await expect(column.get_by_role("alertdialog")).to_be_hidden()

    message_id = press["message"]["message_id"]
    await call("editMessageText", chat_id=siti.id, message_id=message_id, text="Nomor DPK-1")
    await expect(column.get_by_text("Nomor DPK-1")).to_be_visible()
    await expect(column.get_by_text("diubah")).to_be_visible()
    assert await page.title() == "Ruang latihan Aspirasi Depok"
    assert budi.screen() == []


async def test_attachments_and_blocking(sim: Simulator, page: Page) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    await page.goto(sim.url)
    for words in ("Foto contoh", "Lokasi"):
        await page.get_by_role("button", name="Lampirkan").click()
        await page.get_by_role("button", name=words).click()
        choice = "Kirim ketiganya" if words == "Foto contoh" else "Balai Kota Depok"
        await page.get_by_role("button", name=choice).click()
    await expect(page.get_by_role("img", name="Gambar peta")).to_be_visible()
    await expect(page.locator(".photos img")).to_have_count(3)
    raw = [line.raw for line in siti.screen()]
    albums = {message["media_group_id"] for message in raw if "photo" in message}
    assert len(albums) == 1
    assert any(message.get("location", {}).get("latitude") == -6.3946 for message in raw)

    await page.get_by_role("button", name="Pilihan untuk Siti").click()
    await page.get_by_role("button", name="Blokir bot").click()
    await expect(page.get_by_role("button", name="Buka blokir")).to_be_visible()
    assert siti.account.blocked
    await page.get_by_role("button", name="Buka blokir").click()
    await expect(page.get_by_role("textbox")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1600])
async def test_nothing_is_wider_than_the_screen(sim: Simulator, call: Call, page: Page, width: int) -> None:
    for number in range(6):
        person = sim.person(f"Warga {number}")
        await person.starts()
        await call("sendMessage", chat_id=person.id, text="Nomor " + "x" * 300)
    await page.set_viewport_size({"width": width, "height": 740})
    await page.goto(sim.url)
    await expect(page.get_by_role("region")).to_have_count(5 if width == 1600 else 1)
    await expect(page.get_by_text("Nomor").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 500:
        await page.get_by_role("button", name="Warga 4, warga").click()
        await expect(page.get_by_role("region", name="Warga 4, warga")).to_be_visible()
