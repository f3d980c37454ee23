"""Tables and charts.

Figures: docs.slack.dev, the references of the table, data table and data visualization blocks.
"""

from simulator.blocks.rich import BLOCK_ID, RICH_TEXT
from simulator.blocks.shapes import (
    Check,
    anything,
    boolean,
    both,
    by_type,
    integer,
    listing,
    number,
    one_of,
    problem,
    shape,
    string,
)
from simulator.errors import Json

COLUMNS = 20
TABLE_ROWS = 100
DATA_ROWS = 201
# A chart's series, its categories and a pie's segments; labels and titles in characters.
SERIES = 6
CATEGORIES = 20
LABEL = 20
TITLE = 50
CAPTION = 3000
CELL = 12_000

_RAW: dict[str, Check] = {
    "raw_text": shape({"type": anything, "text": string(CELL)}),
    "raw_number": shape({"type": anything, "value": number}, {"text": string(CELL)}),
}
_CELL = by_type({**_RAW, "rich_text": RICH_TEXT})


def _as_wide(block: Json, path: str, problems: list[str]) -> None:
    """Every row has as many cells as the first."""
    rows = block["rows"]
    for number_, row in enumerate(rows):
        if len(row) != len(rows[0]):
            problem(problems, "all rows must have the same number of cells", f"{path}/rows/{number_}")


def _plain_header(block: Json, path: str, problems: list[str]) -> None:
    """A data table's first row names its columns, in plain text."""
    for number_, cell in enumerate(block["rows"][0]):
        if cell["type"] == "rich_text":
            problem(problems, "unsupported type: rich_text", f"{path}/rows/0/{number_}/type")


TABLE = both(
    shape(
        {"type": anything, "rows": listing(listing(_CELL, 1, COLUMNS), 1, TABLE_ROWS)},
        {
            "block_id": BLOCK_ID,
            "column_settings": listing(
                shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}), 0, COLUMNS
            ),
        },
    ),
    _as_wide,
)

DATA_TABLE = both(
    both(
        shape(
            {
                "type": anything,
                "caption": string(CAPTION),
                "rows": listing(listing(_CELL, 1, COLUMNS), 2, DATA_ROWS),
            },
            {
                "block_id": BLOCK_ID,
                "page_size": integer(1, 100),
                "row_header_column_index": integer(0, COLUMNS - 1),
            },
        ),
        _as_wide,
    ),
    _plain_header,
)

_POINT = shape({"label": string(LABEL), "value": number})
_PLOTTED = {
    "type": anything,
    "series": listing(shape({"name": string(LABEL), "data": listing(_POINT, 1, CATEGORIES)}), 1, SERIES),
    "axis_config": shape(
        {"categories": listing(string(LABEL), 1, CATEGORIES)},
        {"x_label": string(TITLE), "y_label": string(TITLE)},
    ),
}


def _along_the_axis(chart: Json, path: str, problems: list[str]) -> None:
    """Series have different names, and a point for each category."""
    categories = set(chart["axis_config"]["categories"])
    names: set[str] = set()
    for number_, series in enumerate(chart["series"]):
        at = f"{path}/series/{number_}"
        if series["name"] in names:
            problem(problems, "series names must be unique", f"{at}/name")
        names.add(series["name"])
        if {point["label"] for point in series["data"]} != categories:
            problem(problems, "labels must match the categories of axis_config", f"{at}/data")


_XY = both(shape(_PLOTTED), _along_the_axis)
_PIE = shape({"type": anything, "segments": listing(_POINT, 1, SERIES)})

DATA_VISUALIZATION: Check = shape(
    {
        "type": anything,
        "title": string(TITLE),
        "chart": by_type({"pie": _PIE, "bar": _XY, "area": _XY, "line": _XY}),
    },
    {"block_id": BLOCK_ID},
)
