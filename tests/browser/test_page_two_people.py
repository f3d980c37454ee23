"""A newcomer on the page: the tour from its first to its last step, and two people side by side."""

from dataclasses import replace

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import expect

from simulator import Seed, Simulator
from simulator.seed import ChannelSeed
from tests.browser.conftest import TakeSeat
from tests.browser.duty_app import Duty

pytestmark = pytest.mark.browser

Workspace = tuple[Simulator, Duty]
ROOM = "inc-42-checkout-returns-500s"


async def test_the_tour_leads_from_declaring_to_resolving(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, _ = duty
    seat = await take_seat(sim)
    await seat.opens("U01ANA")
    tour = seat.page.locator(".tour h2")
    await expect(tour).to_have_text("Declare an incident")
    await seat.page.locator(".hint-command").click()
    await seat.box.press("Enter")
    await expect(tour).to_have_text("Look into its room")
    await seat.goes_to(ROOM)
    await expect(tour).to_have_text("Find the page")
    await expect(seat.page.locator(".tour p")).to_contain_text("Bo is paged")
    await seat.becomes("Bo")
    await expect(tour).to_have_text("Answer the page")
    await seat.clicks("Acknowledge")
    await expect(tour).to_have_text("Bring it to an end")
    await seat.goes_to(ROOM)
    await seat.clicks("Resolve")
    await seat.confirms("Resolve")
    await expect(tour).to_have_text("That was a whole incident")
    await seat.page.locator(".tour").get_by_role("button", name="Close").click()
    await seat.page.reload()
    await seat.sees("Resolved")
    await expect(seat.page.locator(".tour")).to_have_count(0)


async def test_a_page_arrives_at_the_other_half(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, _ = duty
    seat = await take_seat(sim, width=1400)
    await seat.opens("U01ANA")
    await seat.page.get_by_role("button", name="Two people side by side").click()
    left, right = seat.page.frame_locator("iframe").first, seat.page.frame_locator("iframe").last
    await expect(left.locator(".you-button")).to_contain_text("Ana")
    await expect(right.locator(".you-button")).to_contain_text("Bo")
    box = left.locator("#composer-main")
    await box.fill("/incident sev1 Checkout returns 500s")
    await box.press("Enter")
    await expect(left.locator("#toasts")).to_contain_text("waiting for Bo")
    await right.get_by_role("button", name="Show channels").click()
    await right.locator(".side-link", has_text="watchbill").click()
    await expect(right.locator("#main").get_by_role("button", name="Acknowledge")).to_be_visible()
    await seat.pictures("side-by-side")
    await right.locator("#main").get_by_role("button", name="Acknowledge").click()
    await expect(right.locator("#main .message").last).to_contain_text("Acknowledged by you")
    await seat.page.get_by_role("button", name="Back to one person").click()
    await expect(seat.box).to_be_visible()


async def test_a_long_list_of_channels_scrolls_by_itself_and_leads_to_what_is_unread(
    take_seat: TakeSeat,
) -> None:
    rooms = tuple(ChannelSeed(name=f"room-{number}") for number in range(60))
    seed = Seed.default()
    async with Simulator(replace(seed, channels=(*seed.channels, *rooms)), limits=False) as sim:
        await sim.person("bo").says("hello @ana", "#room-59")
        seat = await take_seat(sim)
        await seat.opens("U01ANA", sim.channel("#general").id)
        link = seat.page.locator(".side-link", has_text="room-59")
        await expect(link).not_to_be_in_viewport()
        await seat.page.get_by_role("button", name="More unread").click()
        await expect(link).to_be_in_viewport()
        await expect(seat.page.get_by_role("button", name="More unread")).to_be_hidden()
        assert await seat.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
