"""The page of the workspace, in a real browser, with a small Bolt app on the other side."""

from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import expect

from simulator import Simulator
from tests.browser.conftest import TakeSeat
from tests.browser.duty_app import Duty
from tests.browser.seat import Seat

pytestmark = pytest.mark.browser

Workspace = tuple[Simulator, Duty]
ROOM = "inc-42-checkout-returns-500s"


@pytest.fixture
async def seat(duty: Workspace, take_seat: TakeSeat) -> Seat:
    """Ana sits before the page."""
    taken = await take_seat(duty[0])
    await taken.opens("U01ANA")
    return taken


async def test_a_modal_says_what_is_wrong_under_the_field_and_keeps_what_was_typed(seat: Seat) -> None:
    await seat.types("/incident")
    await seat.clicks("Post", seat.modal)
    await expect(seat.modal.get_by_text("Please fill in this field")).to_have_count(2)
    await seat.fills("What is happening?", "Short")
    await seat.chooses("Status", "Monitoring", seat.modal)
    await seat.clicks("Post", seat.modal)
    await expect(seat.modal.locator("[data-block=what]")).to_contain_text("at least ten letters")
    await expect(seat.modal.get_by_label("What is happening?")).to_have_value("Short")
    await expect(seat.modal.get_by_label("What is happening?")).to_be_focused()
    await seat.page.keyboard.press("Escape")
    await expect(seat.modal).to_be_hidden()
    await expect(seat.box).to_be_focused()


async def test_choosing_in_a_message_tells_the_app_and_pages_somebody_who_is_not_looking(
    duty: Workspace, seat: Seat
) -> None:
    _, app = duty
    await seat.types("/incident sev1 Checkout returns 500s")
    await seat.goes_to(ROOM)
    await seat.chooses("Severity", "SEV2")
    await expect(await seat.sees("production down")).to_contain_text("SEV2 —")
    assert app.actions[0]["selected_option"]["text"]["text"] == "SEV2"
    await seat.chooses("Page someone", "Dee")
    await seat.waits_for_badge("Dee")
    await seat.page.get_by_role("button", name="Be Dee").click()
    await seat.sees("You are needed")


async def test_a_button_that_asks_first_does_nothing_until_confirmed(seat: Seat) -> None:
    await seat.types("/incident sev1 Checkout returns 500s")
    await seat.goes_to(ROOM)
    await seat.clicks("Resolve")
    await seat.confirms("Not yet")
    await seat.sees("Investigating")
    await seat.clicks("Resolve")
    await seat.confirms("Resolve")
    await expect(await seat.sees("Severity")).to_contain_text("Resolved")


async def test_what_people_write_is_shown_as_text_and_never_as_markup(seat: Seat) -> None:
    await seat.types(
        "<img src=x onerror=alert(1)> & *bold* `<b>` :fire: @bo #incidents https://example.com/a?b=1&c=2"
    )
    row = await seat.sees("<img src=x onerror=alert(1)> & bold <b>")
    await expect(row.locator("img")).to_have_count(0)
    await expect(row.locator("strong")).to_have_text("bold")
    await expect(row.locator("code")).to_have_text("<b>")
    await expect(row.locator(".emoji")).to_have_text("🔥")
    await expect(row.locator(".mention")).to_have_text(["@bo", "#incidents"])
    await expect(row.locator("a")).to_have_attribute("href", "https://example.com/a?b=1&c=2")


async def test_a_command_nobody_answers_is_told_as_a_timeout(seat: Seat) -> None:
    await seat.types("/incident silence")
    await expect(await seat.sees("/incident failed: operation_timeout")).to_contain_text(
        "Only visible to you"
    )


async def test_dates_are_told_in_the_zone_of_whoever_looks(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, _ = duty
    bot = duty[1].client
    await bot.conversations_join(channel=sim.channel("#general").id)
    noon = "<!date^1767268800^{date_num} {time}|fallback>"  # 2026-01-01 12:00 UTC
    await bot.chat_postMessage(channel=sim.channel("#general").id, text=f"Due {noon}")
    seat = await take_seat(sim)
    await seat.opens("U01ANA")
    await seat.sees("Due 2026-01-01 7:00 AM")
    await seat.becomes("Dee")
    await seat.sees("Due 2026-01-01 5:30 PM")


async def test_the_page_works_from_the_keyboard_alone(seat: Seat) -> None:
    await seat.page.keyboard.press("Control+k")
    await seat.page.keyboard.type("inciden")
    await seat.page.keyboard.press("Enter")
    await expect(seat.page.get_by_role("heading", name="incidents").first).to_be_visible()
    await expect(seat.box).to_be_focused()
    await seat.page.keyboard.type("/inc")
    await expect(seat.page.get_by_role("option").first).to_contain_text("sev1 TITLE | list | resolve")
    await seat.page.keyboard.press("Tab")
    await expect(seat.box).to_have_value("/incident ")
    await seat.box.fill("Fist try")
    await seat.page.keyboard.press("Enter")
    await seat.sees("Fist try")
    await seat.page.keyboard.press("ArrowUp")
    await seat.page.keyboard.press("Control+a")
    await seat.page.keyboard.type("First try")
    await seat.page.keyboard.press("Enter")
    await expect(await seat.sees("First try")).to_contain_text("(edited)")


async def test_after_a_gap_the_page_reads_what_it_missed(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, _ = duty
    seat = await take_seat(sim)
    await seat.opens("U01ANA", sim.channel("#general").id)
    await sim.person("bo").says("before")
    await seat.sees("before")
    await seat.page.context.set_offline(True)
    sim.feed.end()
    await expect(seat.page.locator("#banner")).to_contain_text("does not answer")
    await sim.person("bo").says("meanwhile")
    await seat.page.context.set_offline(False)
    await seat.sees("meanwhile")
    await expect(seat.page.locator("#banner")).to_be_hidden()
    await sim.person("bo").says("afterwards")
    await seat.sees("afterwards")


async def test_the_page_fits_a_phone_in_light_and_dark(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, _ = duty
    seat = await take_seat(sim, width=360, height=740)
    await seat.opens("U01ANA")
    await seat.types("/incident sev1 Checkout returns 500s")
    await seat.page.locator("#toasts").get_by_role("button", name="Dismiss").click()
    await seat.goes_to(ROOM)
    await seat.sees("INC-42")
    for scheme in ("light", "dark"):
        await seat.page.emulate_media(color_scheme=scheme)
        await seat.clicks("Post update")
        await expect(seat.modal).to_be_visible()
        await seat.clicks("Cancel", seat.modal)
        await expect(seat.modal).to_be_hidden()
    assert await seat.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await seat.page.locator(".timeline").evaluate("node => node.scrollWidth <= node.clientWidth")
    await seat.becomes("Bo")
    await seat.sees("You are on call")


async def test_reading_back_keeps_its_place_while_older_messages_come_in(
    duty: Workspace, take_seat: TakeSeat
) -> None:
    sim, _ = duty
    for number in range(150):
        await sim.person("bo" if number % 4 else "dee").says(f"message {number}")
    seat = await take_seat(sim)
    await seat.opens("U01ANA", sim.channel("#general").id)
    await seat.sees("message 149")
    rows = seat.page.locator("#main .message")
    await expect(rows).to_have_count(60)
    await seat.page.locator("#main .timeline").evaluate("node => (node.scrollTop = 0)")
    await expect(rows).to_have_count(120)
    await expect(seat.message("message 91")).to_be_in_viewport()
    await sim.person("bo").says("something new")
    await seat.sees("something new")
    await expect(seat.message("message 91")).to_be_in_viewport()
    await seat.page.get_by_role("button", name="Newest").click()
    await expect(seat.message("something new")).to_be_in_viewport()


async def test_a_message_is_marked_pinned_and_handed_to_a_shortcut(
    duty: Workspace, take_seat: TakeSeat
) -> None:
    sim, _ = duty
    await sim.person("bo").says("Checkout is slow since noon")
    seat = await take_seat(sim)
    await seat.opens("U01ANA", sim.channel("#general").id)
    row = await seat.sees("Checkout is slow")
    await row.hover()
    await row.get_by_role("button", name="React with pushpin").click()
    await expect(row.get_by_role("button", name="pushpin, 1: you")).to_be_visible()
    await seat.does("Pin to channel", "Checkout is slow")
    await expect(row).to_contain_text("Pinned")
    await seat.does("Declare incident", "Checkout is slow")
    await seat.modal.locator(".select").click()
    await seat.page.keyboard.press("Escape")
    await expect(seat.modal).to_be_visible()
    await seat.page.keyboard.press("Escape")
    await expect(seat.modal).to_be_hidden()
    assert sim.channel("#general").pins


async def test_under_the_clock_one_skips_to_the_next_workday_and_to_friday(
    duty: Workspace, seat: Seat
) -> None:
    sim, _ = duty
    for choice, hour, weekdays in (("Next workday 9:00", 9, range(5)), ("Friday 16:00", 16, (4,))):
        before = sim.clock.now()
        await seat.page.locator(".clock").click()
        await seat.page.get_by_role("menuitem", name=choice).click()
        # It goes an hour at a time, and says so until it is there.
        await expect(seat.page.locator(".clock.walking")).to_have_count(0, timeout=60_000)
        await sim.until(lambda: sim.clock.heading_for is None, 60)
        here = sim.clock.now().astimezone(ZoneInfo("America/New_York"))
        assert sim.clock.now() > before
        assert (here.hour, here.minute, here.weekday() in weekdays) == (hour, 0, True)
        await expect(seat.page.locator(".clock-text")).to_contain_text(f"{here:%a} {(hour - 1) % 12 + 1}:0")


async def test_the_controls_skip_the_clock_and_show_what_the_app_asked_of_slack(
    duty: Workspace, seat: Seat
) -> None:
    sim, _ = duty
    await seat.types("/incident sev1 Checkout returns 500s")
    await seat.page.get_by_role("button", name="Simulation controls").click()
    await expect(seat.page.locator(".calls")).to_contain_text("conversations.create")
    before = sim.clock.now()
    await seat.clicks("+1 hour", seat.page.locator(".controls"))
    await expect(seat.page.locator("#toasts")).to_contain_text("Skipped 1 hour ahead")
    await sim.until(lambda: (sim.clock.now() - before).total_seconds() >= 3600)
    await seat.clicks("Unavailable", seat.page.locator(".controls"))
    await expect(seat.page.locator(".active-faults")).to_contain_text("In force: unavailable")
    await seat.clicks("All well", seat.page.locator(".controls"))
    await expect(seat.page.locator(".active-faults")).to_have_text("Slack is well.")
