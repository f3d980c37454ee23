"""Charts as PNG. Run as a program it draws one: JSON in, PNG out.

Matplotlib takes a second to be there and as much to draw, with the interpreter to itself: in a process of its
own it keeps no page waiting, and its memory goes with it.
"""

import asyncio
import io
import json
import os
import sys
import tempfile
from dataclasses import asdict
from functools import cache
from typing import Any

from bot.delivery.errors import Away, Refused
from bot.reports.model import Chart, Series

DRAWN_WITHIN_S = 25.0
# Five inches wide, letters of twelve points: readable on a phone and beside a channel.
_INCHES, _DPI, _POINTS = (5.4, 3.1), 200, 12
_LABELS_SHOWN = 7
_LETTERS_ABREAST = 40
# Told apart by people who do not see all colours (Okabe and Ito, 2008), and by their marks.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKS = ("o", "s", "^", "D", "v", "P")
# A light card with dark letters: it reads the same on Slack's light and dark backgrounds.
_PAPER, _INK, _FAINT = "#FFFFFF", "#1D1C1D", "#8A8A8D"


async def drawn(chart: Chart) -> bytes:
    """The chart as PNG. Raises Away where it took too long, Refused where it cannot be drawn."""
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.reports.drawing",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**environment, "MPLCONFIGDIR": _cache().name, "MPLBACKEND": "Agg"},
    )
    try:
        async with asyncio.timeout(DRAWN_WITHIN_S):
            picture, complaints = await program.communicate(json.dumps(asdict(chart)).encode())
    except TimeoutError as late:
        raise Away("the chart took too long to draw") from late
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    if program.returncode != 0:
        last = complaints.decode(errors="replace").strip().splitlines()[-1:] or ["no word of why"]
        raise Refused(f"the chart could not be drawn: {last[0]}", error="not_drawn")
    return picture


@cache
def _cache() -> tempfile.TemporaryDirectory[str]:
    """Where Matplotlib keeps what it knows of fonts; a home directory may not be there to write to."""
    return tempfile.TemporaryDirectory(prefix="watchbill-charts-")


def draw(chart: Chart) -> bytes:
    """As `drawn`, here and now."""
    from matplotlib import rc_context  # noqa: PLC0415  Only whoever draws pays for it.
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415

    style: Any = {
        "font.size": _POINTS,
        "font.family": "DejaVu Sans",
        "text.parse_math": False,
        "text.color": _INK,
        "axes.labelcolor": _INK,
        "axes.edgecolor": _FAINT,
        "xtick.color": _INK,
        "ytick.color": _INK,
    }
    with rc_context(style):
        paper = Figure(
            figsize=_INCHES, dpi=_DPI, facecolor=_PAPER, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
        )
        axes = paper.add_subplot(facecolor=_PAPER)
        (_bars if chart.bars else _lines)(axes, chart)
        _frame(axes, chart)
        if len(chart.series) + (chart.target is not None) > 1:
            paper.legend(loc="outside lower left", ncols=4, frameon=False, fontsize=_POINTS - 1)
        out = io.BytesIO()
        paper.savefig(out, format="png", facecolor=_PAPER)
        return out.getvalue()


def _bars(axes: Any, chart: Chart) -> None:
    places = range(len(chart.labels))
    below = [0.0] * len(chart.labels)
    for number, series in enumerate(chart.series):
        heights = [value or 0.0 for value in series.values]
        colour = _COLOURS[number % len(_COLOURS)]
        axes.bar(places, heights, bottom=below, color=colour, label=series.name, width=0.7, edgecolor=_PAPER)
        below = [low + height for low, height in zip(below, heights, strict=True)]
    for place, total in zip(places, below, strict=True):
        if not total:
            continue
        axes.annotate(
            f"{total:g}", (place, total), ha="center", va="bottom", xytext=(0, 1), textcoords="offset points"
        )
    axes.margins(y=0.15)


def _lines(axes: Any, chart: Chart) -> None:
    for number, series in enumerate(chart.series):
        values = [float("nan") if value is None else value for value in series.values]
        axes.plot(
            range(len(values)),
            values,
            color=_COLOURS[number % len(_COLOURS)],
            marker=_MARKS[number % len(_MARKS)],
            label=series.name,
            linewidth=2,
            markersize=5,
        )
    axes.margins(y=0.15)


def _frame(axes: Any, chart: Chart) -> None:
    title = f"{chart.title}, {chart.unit}" if chart.unit else chart.title
    axes.set_title(title, loc="left", fontweight="bold", fontsize=_POINTS + 1)
    step = max(1, -(-len(chart.labels) // _LABELS_SHOWN))
    # Counted from the end: the newest label is always there.
    shown = sorted(range(len(chart.labels) - 1, -1, -step))
    longest = max((len(label) for label in chart.labels), default=0)
    slanted = len(shown) * longest > _LETTERS_ABREAST
    axes.set_xticks(shown, [chart.labels[place] for place in shown])
    if slanted:
        axes.tick_params(axis="x", labelrotation=35)
        for label in axes.get_xticklabels():
            label.set_ha("right")
    axes.ticklabel_format(axis="y", useOffset=False, style="plain")
    if chart.bars:
        axes.yaxis.get_major_locator().set_params(integer=True)
    axes.grid(axis="y", color=_FAINT, alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if chart.target is not None:
        axes.axhline(
            chart.target, color=_INK, linestyle="--", linewidth=1.2, label=f"target {chart.target:g}"
        )


def _read(text: str) -> Chart:
    given = json.loads(text)
    series = tuple(Series(each["name"], tuple(each["values"])) for each in given.pop("series"))
    return Chart(**{**given, "labels": tuple(given["labels"]), "series": series})


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(_read(sys.stdin.read())))
