"""A browser, a workspace with a small app in it, and seats at its page."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from simulator import Simulator

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.duty_app import Duty
    from tests.browser.seat import Seat

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]

TakeSeat = Callable[..., Awaitable["Seat"]]


@pytest.fixture(scope="session")
async def browser() -> "AsyncIterator[Browser]":
    playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
    if shutil.which(CHROMIUM) is None:
        pytest.skip("Chromium is not installed")
    async with playwright.async_playwright() as started:
        browser = await started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def duty() -> "AsyncIterator[tuple[Simulator, Duty]]":
    """A workspace with the small app connected to it."""
    from tests.browser.duty_app import MANIFEST, connect, duty_app

    async with Simulator(limits=False, manifest=MANIFEST) as sim:
        app, duty = duty_app(sim)
        handler = await connect(app, sim)
        yield sim, duty
        await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
async def take_seat(browser: "Browser") -> AsyncIterator[TakeSeat]:
    """`await take_seat(sim, width=…, height=…)`: a seat; an error on its page fails the test."""
    from tests.browser.seat import Seat

    contexts = []
    problems: list[str] = []

    async def take(sim: Simulator, *, width: int = 1280, height: int = 800) -> Seat:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return Seat(page, sim.url)

    yield take
    for context in contexts:
        await context.close()
    assert not problems
