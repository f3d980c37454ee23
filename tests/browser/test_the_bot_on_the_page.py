"""The main job as a newcomer does it: in a browser, as three people, with the whole bot behind the page."""

from pathlib import Path

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import expect

from tests.browser.conftest import TakeSeat
from tests.world import world

pytestmark = pytest.mark.browser

TITLE = "Checkout returns 500s"
ROOM = "inc-1-checkout-returns-500s"


async def test_three_people_run_an_incident_from_declared_to_resolved(
    tmp_path: Path, take_seat: TakeSeat
) -> None:
    async with world(tmp_path) as running:
        seat = await take_seat(running.simulator)
        await seat.opens("U01ANA")
        await seat.pictures("first-look")
        await seat.types(f"/incident sev1 {TITLE}")
        await expect(await seat.sees(TITLE)).to_contain_text("Only visible to you")
        paged = await seat.waits_for_anyone()
        await seat.goes_to(ROOM)
        await seat.sees("Take a role")
        await seat.pictures("room")
        await seat.page.emulate_media(color_scheme="dark")
        await seat.pictures("room-dark")
        await seat.page.set_viewport_size({"width": 390, "height": 844})
        await seat.pictures("phone-dark")
        await seat.page.emulate_media(color_scheme="light")
        await seat.pictures("phone")
        await seat.page.set_viewport_size({"width": 1280, "height": 800})
        running.simulator.control.bot_url = running.bot.url
        await seat.page.get_by_role("button", name="Simulation controls").click()
        controls = seat.page.locator(".controls")
        await expect(controls.locator(".facts")).to_contain_text("Databaseyes")
        await seat.clicks("Slow", controls)
        await expect(controls.get_by_role("button", name="Slow")).to_have_attribute("aria-pressed", "true")
        await seat.pictures("controls")
        await seat.clicks("All well", controls)
        await expect(controls.locator(".active-faults")).to_have_text("Slack is well.")
        await seat.page.get_by_role("button", name="Close the controls").click()

        await seat.becomes(paged)
        await seat.sees(TITLE)
        await seat.pictures("page")
        await seat.clicks("Acknowledge", seat.page.locator("#main"))
        await expect(seat.page.locator("#main").get_by_role("button", name="Acknowledge")).to_have_count(0)
        await seat.goes_to(ROOM)
        await expect(await seat.sees("Take a role")).to_contain_text(f"@{paged.lower()}")
        await seat.clicks("Post update")
        await seat.modal.get_by_role("textbox").first.fill("Rolling back release 812")
        await seat.pictures("post-update")
        await seat.modal.locator("button[type=submit]").click()
        await seat.sees("Rolling back release 812")

        await seat.becomes("Eli")
        await seat.jumps_to(ROOM)
        await seat.clicks("Join channel")
        await seat.does("Reply in thread", "Rolling back release 812")
        await seat.replies("Error rate is falling, @ana")
        await seat.sees_in_thread("Error rate is falling")
        await seat.pictures("thread")
        await seat.page.get_by_role("button", name="Close thread").click()
        await seat.clicks("Resolve")
        await seat.modal.get_by_role("textbox").first.fill("Rolled back release 812")
        await seat.modal.locator("button[type=submit]").click()
        await expect(seat.modal).to_be_hidden()
        await seat.sees("Rolled back release 812")
        await expect(seat.page.locator(".tour h2")).to_have_text("That was a whole incident")
        await seat.goes_to("watchbill")
        await seat.sees_at_home("On call")
        await seat.pictures("home")
