"""The main job as a newcomer does it: in a browser, as three people, with the whole bot behind the page."""

from pathlib import Path

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import expect

from tests.browser.conftest import TakeSeat
from tests.world import ROOT, world

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


async def test_a_newcomer_skips_to_a_checklist_to_the_weekly_report_and_breaks_what_is_watched(
    tmp_path: Path, take_seat: TakeSeat
) -> None:
    playbook = str(ROOT / "playbooks" / "a-ongoing-operations.yaml")
    async with world(tmp_path, start=False, PLAYBOOK=playbook) as running:
        running.bot.environment.update(running.simulator.example_env())
        await running.bot.start()
        running.simulator.control.bot_url = running.bot.url
        seat = await take_seat(running.simulator, height=1000)
        await seat.opens("U01ANA")
        await seat.goes_to("prod-alerts")
        for choice, text in (("Next workday 9:00", "Morning checklist"), ("Friday 16:00", "Weekly report")):
            await seat.page.locator(".clock").click()
            await seat.page.get_by_role("menuitem", name=choice).click()
            await expect(seat.page.locator(".clock.walking")).to_have_count(0, timeout=120_000)
            await expect(seat.message(text)).to_be_visible(timeout=30_000)
        await seat.pictures("weekly-report")
        await seat.page.get_by_role("button", name="Simulation controls").click()
        controls = seat.page.locator(".controls")
        await seat.clicks("Take it down", controls)
        await expect(controls).to_contain_text("It is down.")
        await seat.goes_to("incidents")
        # The first answer that is no good tells nobody yet.
        for _ in range(3):
            await seat.clicks("+1 hour", controls)
            await running.simulator.until(lambda: running.simulator.clock.heading_for is None, 60)
        await expect(seat.message("Production site: 503")).to_be_visible(timeout=60_000)
