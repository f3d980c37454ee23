"""The document behind a page's link, in a browser on a small phone, by day and by night."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import expect

from bot.links import Links
from bot.paging.links import page_link
from bot.paging.model import PageId
from tests.world import world

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.browser

SECRET = "the-secret-of-this-browser-test-only"
TITLE = "Checkout returns 500s for everybody who pays with a card issued outside of the European Union"
IMAGES = Path(__file__).parents[2] / "docs" / "images"


async def picture(page: "Page", name: str) -> None:
    """Save docs/images/NAME.png, when WATCHBILL_SCREENSHOTS=1 asks for pictures."""
    if os.environ.get("WATCHBILL_SCREENSHOTS") == "1":
        await page.screenshot(path=IMAGES / f"{name}.png")


async def wider_than_the_screen(page: "Page") -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


async def test_a_page_is_acknowledged_on_a_phone_by_keyboard_without_a_script(
    tmp_path: Path, browser: "Browser"
) -> None:
    async with world(tmp_path, PUBLIC_URL="https://watchbill.example.com", LINK_SECRET=SECRET) as running:
        dee = running.person("dee")
        number = await running.declares(dee, f"sev2 {TITLE}")
        await running.bot.settled(within=30)
        link = page_link(Links(running.bot.url, SECRET), PageId(1))
        assert link is not None
        context = await browser.new_context(
            viewport={"width": 360, "height": 640}, java_script_enabled=False, color_scheme="dark"
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))

        await page.goto(link)

        await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
        await expect(page.get_by_role("status")).to_have_text("Nobody has acknowledged yet.")
        await expect(page).to_have_title(f"INC-{number} · sev2")
        assert not await wider_than_the_screen(page)
        button = page.get_by_role("button", name="Acknowledge")
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44, "a thumb finds it"
        assert box["y"] + box["height"] <= 640, "without scrolling"
        await picture(page, "page-link-dark")
        await page.emulate_media(color_scheme="light")
        await picture(page, "page-link")

        await page.keyboard.press("Tab")
        await expect(button).to_be_focused()
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("status")).to_contain_text("Acknowledged by")
        await expect(page.get_by_role("button")).to_have_count(0)
        await page.reload()
        await expect(page.get_by_role("status")).to_contain_text("Acknowledged by")
        await page.goto(link[:-1])
        await expect(page.get_by_role("heading")).to_have_text("Not found")
        assert complaints in (
            [],
            ["Failed to load resource: the server responded with a status of 404 (Not Found)"],
        )
        await context.close()
