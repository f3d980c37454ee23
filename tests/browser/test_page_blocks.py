"""What apps can send beside words: files, previews, tables, charts, cards; and modals on modals."""

from base64 import b64decode
from typing import Any

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import FilePayload, expect

from simulator import Simulator
from tests.browser.conftest import TakeSeat
from tests.browser.duty_app import Duty, button, marked, plain

pytestmark = pytest.mark.browser

Workspace = tuple[Simulator, Duty]
Json = dict[str, Any]

MONTHS = ["Jan", "Feb", "Mar"]
# The smallest picture: one transparent dot.
PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
MARKDOWN = """# Post-mortem
It was **the cache**, *again*: [the graph](https://example.com/g), `a*b*c`, 2 * 3 * 4.
- one
  - deeper
- [x] done

| Service | Errors |
|---|---:|
| checkout | 512 |
"""


def cell(value: str | int) -> Json:
    if isinstance(value, int):
        return {"type": "raw_number", "value": value}
    return {"type": "raw_text", "text": value}


async def test_markdown_is_laid_out_as_it_is_meant(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, app = duty
    room = sim.channel("#general").id
    await app.client.conversations_join(channel=room)
    blocks: list[Json] = [{"type": "markdown", "text": MARKDOWN}]
    await app.client.chat_postMessage(channel=room, text="x", blocks=blocks)
    seat = await take_seat(sim)
    await seat.opens("U01ANA", room)
    row = await seat.sees("It was the cache, again: the graph, a*b*c, 2 * 3 * 4.")
    await expect(row.get_by_role("heading", name="Post-mortem")).to_be_visible()
    await expect(row.locator("strong")).to_have_text("the cache")
    await expect(row.locator("em")).to_have_text("again")
    await expect(row.locator("code")).to_have_text("a*b*c")
    await expect(row.locator(".item")).to_have_text(["•one", "•deeper", "☑done"])
    await expect(row.locator("td")).to_have_text(["checkout", "512"])


async def test_tables_sort_and_turn_pages_and_charts_have_their_numbers(
    duty: Workspace, take_seat: TakeSeat
) -> None:
    sim, app = duty
    room = sim.channel("#general").id
    await app.client.conversations_join(channel=room)
    rows = [[cell("Incident"), cell("Minutes")], *([cell(f"INC-{n}"), cell(n * 7 % 50)] for n in range(1, 8))]
    series = {"name": "sev1", "data": [{"label": month, "value": 3} for month in MONTHS]}
    chart = {"type": "bar", "series": [series], "axis_config": {"categories": MONTHS}}
    blocks: list[Json] = [
        {"type": "data_table", "caption": "This quarter", "rows": rows},
        {"type": "data_visualization", "title": "Incidents by month", "chart": chart},
    ]
    await app.client.chat_postMessage(channel=room, text="x", blocks=blocks)
    seat = await take_seat(sim)
    await seat.opens("U01ANA", room)
    row = await seat.sees("This quarter")
    first = row.locator(".data-table tbody th").first
    await expect(first).to_have_text("INC-1")
    await seat.clicks("Minutes", row)
    await seat.clicks("Minutes", row)
    await expect(first).to_have_text("INC-7")
    await seat.clicks("Next rows", row)
    await expect(row.locator(".pager")).to_contain_text("6–7 of 7")
    await expect(row.locator("svg.chart rect")).to_have_count(3)
    await expect(row.locator(".chart-frame table")).to_contain_text("Feb3")


async def test_cards_alerts_and_containers_are_shown_and_their_buttons_work(
    duty: Workspace, take_seat: TakeSeat
) -> None:
    sim, app = duty
    await app.declare("Checkout returns 500s", "U01ANA")
    card = {
        "type": "card",
        "title": marked("*INC-42*"),
        "body": marked("Customers cannot buy"),
        "actions": [button("Acknowledge", "acknowledge")],
    }
    box = {
        "type": "container",
        "title": plain("Details"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [{"type": "section", "text": marked("Since noon")}],
    }
    done: Json = {"type": "task_card", "task_id": "1", "title": "Roll back", "status": "complete"}
    blocks: list[Json] = [card, box, {"type": "plan", "title": "What is next", "tasks": [done]}]
    await app.client.chat_postMessage(channel=app.room, text="x", blocks=blocks)
    seat = await take_seat(sim)
    await seat.opens("U01ANA", app.room)
    row = await seat.sees("Customers cannot buy")
    await expect(row.get_by_text("Since noon")).to_be_hidden()
    await row.get_by_text("Details").click()
    await expect(row.get_by_text("Since noon")).to_be_visible()
    await expect(row.locator(".task")).to_contain_text("Done")
    await seat.clicks("Acknowledge", row)
    await expect(seat.message("Commander")).to_contain_text("@ana")


async def test_previews_of_links_and_attachments_hang_under_the_message(
    duty: Workspace, take_seat: TakeSeat
) -> None:
    sim, app = duty
    room = sim.channel("#general").id
    await app.client.conversations_join(channel=room)
    attachments: list[Json] = [
        {
            "color": "danger",
            "title": "High error rate",
            "title_link": "https://example.com/alert",
            "text": "*512* errors",
            "fields": [{"title": "Service", "value": "checkout", "short": True}],
            "footer": "Monitoring",
        },
        {"service_name": "Example", "title": "On caches", "thumb_url": f"{sim.url}/page/icon.svg"},
    ]
    await app.client.chat_postMessage(channel=room, text="Look", attachments=attachments)
    seat = await take_seat(sim)
    await seat.opens("U01ANA", room)
    row = await seat.sees("High error rate")
    await expect(row.locator(".attachment")).to_have_count(2)
    await expect(row.locator(".attachment strong").first).to_have_text("512")
    await expect(row.get_by_role("link", name="High error rate")).to_have_attribute(
        "href", "https://example.com/alert"
    )
    await expect(row.locator(".attachment img")).to_be_visible()


async def test_a_modal_on_a_modal_leads_back_to_what_was_typed(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, _ = duty
    seat = await take_seat(sim)
    await seat.opens("U01ANA")
    await seat.types("/incident")
    await seat.fills("What is happening?", "The cache is cold")
    await seat.clicks("Which one?", seat.modal)
    await expect(seat.modal.get_by_role("heading", name="Statuses")).to_be_visible()
    await expect(seat.modal).to_contain_text("Step 2")
    await seat.clicks("Back", seat.modal)
    await expect(seat.modal.get_by_role("heading", name="Post update")).to_be_visible()
    await expect(seat.modal.get_by_label("What is happening?")).to_have_value("The cache is cold")
    await seat.clicks("Which one?", seat.modal)
    await seat.clicks("I see", seat.modal)
    await expect(seat.modal.get_by_label("What is happening?")).to_have_value("The cache is cold")
    await seat.page.keyboard.press("Escape")
    await expect(seat.modal).to_be_hidden()


async def test_a_select_asks_the_app_while_one_types(duty: Workspace, take_seat: TakeSeat) -> None:
    sim, app = duty
    await app.declare("Checkout returns 500s", "U01ANA")
    select = {"type": "external_select", "action_id": "service", "placeholder": plain("Service")}
    blocks: list[Json] = [{"type": "actions", "elements": [{**select, "min_query_length": 2}]}]
    await app.client.chat_postMessage(channel=app.room, text="Which service?", blocks=blocks)
    seat = await take_seat(sim)
    await seat.opens("U01ANA", app.room)
    await seat.page.locator(".select").last.click()
    await expect(seat.page.locator(".picker .empty")).to_have_text("Type at least 2 letters")
    await seat.page.keyboard.type("che")
    await expect(seat.page.get_by_role("option")).to_have_text(["checkout", "cheese-shop"])
    await seat.page.keyboard.press("Enter")
    await sim.until(lambda: app.actions, why="the choice")
    assert app.actions[0]["selected_option"]["value"] == "checkout"
    await expect(seat.page.locator(".select").last).to_contain_text("checkout")


async def test_files_are_sent_and_seen_and_others_see_that_one_types(
    duty: Workspace, take_seat: TakeSeat
) -> None:
    sim, _ = duty
    seat, other = await take_seat(sim), await take_seat(sim)
    room = sim.channel("#general").id
    await seat.opens("U01ANA", room)
    await other.opens("U02BO", room)
    await seat.box.press_sequentially("Look at th")
    await expect(other.page.locator(".typing")).to_have_text("Ana is typing…")
    async with seat.page.expect_file_chooser() as chooser:
        await seat.page.get_by_role("button", name="Attach files").click()
    picture = FilePayload(name="graph.png", mimeType="image/png", buffer=PICTURE)
    log = FilePayload(name="error.txt", mimeType="text/plain", buffer=b"ERROR timeout")
    await (await chooser.value).set_files([picture, log])
    await seat.box.press("Enter")
    row = await other.sees("Look at th")
    shown = row.get_by_role("img", name="graph.png")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("node => node.naturalWidth") == 1
    await expect((await other.sees("error.txt")).locator("pre")).to_have_text("ERROR timeout")
    await expect(other.page.locator(".typing")).to_have_count(0)
