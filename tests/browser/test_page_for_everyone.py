"""The page for those who do not see it, or not well: nothing serious that axe-core finds."""

import shutil
import subprocess
from pathlib import Path
from typing import Any, Literal

import pytest

pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

from playwright.async_api import expect

from simulator import Simulator
from tests.browser.conftest import TakeSeat
from tests.browser.duty_app import Duty
from tests.browser.seat import Seat

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
SCRIPT = HERE / "node_modules" / "axe-core" / "axe.min.js"
ROOM = "inc-42-checkout-returns-500s"
GRAVE = ("serious", "critical")


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script, fetched once."""
    if not SCRIPT.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed, and axe-core is not there")
        command = [npm, "ci", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            pytest.skip(f"axe-core could not be fetched: {done.stderr.strip().splitlines()[-1:]}")
    return SCRIPT.read_text()


async def finds_nothing_grave(seat: Seat, axe: str, what: str) -> None:
    """Everything in light, and the colours once more in dark."""
    schemes: list[tuple[Literal["light", "dark"], list[str] | None]] = [
        ("light", None),
        ("dark", ["color-contrast"]),
    ]
    for scheme, rules in schemes:
        await seat.page.emulate_media(color_scheme=scheme)
        if not await seat.page.evaluate("'axe' in window"):
            await seat.page.evaluate(axe)
        found: dict[str, Any] = await seat.page.evaluate(
            "rules => axe.run({resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})})", rules
        )
        grave = [
            f"{one['id']} ({one['help']}): {node['html'][:160]}"
            for one in found["violations"]
            if one["impact"] in GRAVE
            for node in one["nodes"]
        ]
        assert not grave, f"{what}, {scheme}:\n" + "\n".join(grave)


async def test_axe_finds_nothing_serious_anywhere(
    duty: tuple[Simulator, Duty], take_seat: TakeSeat, axe: str
) -> None:
    sim, _ = duty
    seat = await take_seat(sim)
    await seat.opens("U01ANA", sim.channel("#general").id)
    await finds_nothing_grave(seat, axe, "an empty channel with the tour")
    await seat.types("/incident sev1 Checkout returns 500s")
    await seat.waits_for_badge("Bo")
    await seat.goes_to(ROOM)
    await seat.sees("Severity")
    await finds_nothing_grave(seat, axe, "a room with its card, and somebody paged")
    await seat.does("Reply in thread", "Severity")
    await finds_nothing_grave(seat, axe, "a thread")
    await seat.page.get_by_role("button", name="Close thread").click()
    await seat.page.get_by_role("button", name="Simulation controls").click()
    await seat.page.locator(".call summary").first.click()
    await finds_nothing_grave(seat, axe, "the controls")
    await seat.page.get_by_role("button", name="Close the controls").click()
    await seat.clicks("Post update")
    await seat.clicks("Post", seat.modal)
    await expect(seat.modal.get_by_text("Please fill in this field")).to_have_count(2)
    await finds_nothing_grave(seat, axe, "a modal with mistakes in it")
    await seat.modal.locator(".select").click()
    await finds_nothing_grave(seat, axe, "an open select in a modal")
    await seat.page.keyboard.press("Escape")
    await seat.page.keyboard.press("Escape")
    await expect(seat.modal).to_be_hidden()
    await seat.page.keyboard.press("Control+k")
    await finds_nothing_grave(seat, axe, "the jump dialog")
    await seat.page.keyboard.press("Escape")
    await seat.goes_to("watchbill")
    await seat.sees_at_home("Open incidents")
    await finds_nothing_grave(seat, axe, "the home tab")
    await seat.page.set_viewport_size({"width": 360, "height": 740})
    await seat.goes_to(ROOM)
    await finds_nothing_grave(seat, axe, "a room on a phone")
    await seat.page.locator(".top .only-narrow").click()
    await expect(seat.page.locator(".side-link").first).to_be_visible()
    await finds_nothing_grave(seat, axe, "the channels on a phone")
