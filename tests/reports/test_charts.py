"""Charts, drawn by a process of their own."""

import struct
from dataclasses import replace

import pytest

from bot.delivery.errors import Refused
from bot.reports.drawing import drawn
from bot.reports.model import Chart, Series

DAYS = tuple(f"{day} Nov" for day in range(1, 31))
LINES = Chart(
    "Uptime of $HOME_",
    "%",
    DAYS,
    (Series("site", (100.0, None, *(99.9,) * 28)), Series("shop", (None,) * 30)),
    "Uptime by day.",
    99.9,
)


@pytest.mark.parametrize(
    "chart",
    [
        LINES,
        replace(LINES, series=(Series("sev1", (1.0,) * 30), Series("sev2", (None,) * 30)), bars=True),
        replace(LINES, labels=("Fri 20",), series=(Series("site", (0.0,)),), target=None),
        replace(LINES, title="日本語 & <b>", unit=""),
    ],
)
async def test_a_chart_is_a_picture_wide_enough_for_large_letters(chart: Chart) -> None:
    picture = await drawn(chart)
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (1080, 620)
    assert len(picture) < 200_000


async def test_what_cannot_be_drawn_says_so() -> None:
    with pytest.raises(Refused, match="the chart could not be drawn"):
        await drawn(replace(LINES, series=(Series("short", (1.0,)),), bars=True))
