"""The section `slos`: how well a service shall do over a window, measured by a probe."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from bot.playbook.check_fields import Span, threshold
from bot.playbook.fields import duration, refused
from bot.playbook.sections import Section

_DAY = timedelta(days=1)
# Hours of samples are kept for thirteen months.
_LONGEST_DAYS = 365


def _objective(value: Any) -> float:
    """`99.9%`: a share of the answers, from more than none to less than all."""
    found = re.fullmatch(r"(\d{1,2}(?:\.\d{1,6})?) ?%", value) if isinstance(value, str) else None
    share = float(found[1]) / 100 if found is not None else 0.0
    if share > 0:
        return share
    if value in ("100%", "100 %"):
        raise refused("leaves no error budget: nothing is always there", "99.9%")
    raise refused("is not a percentage such as 99.9%", _meant(value))


def _meant(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 100:
        return None
    return f"{value * 100:g}%" if value < 1 else f"{value:g}%"


def _window(value: Any) -> timedelta | Literal["month"]:
    """`30d`, `4w`: the days up to the report; or `month`: from the first of the month on."""
    if value == "month":
        return "month"
    try:
        span = duration(value)
    except ValueError:
        raise refused("is neither `month` nor a number of days such as 30d", "30d") from None
    if span % _DAY or not 1 <= span.days <= _LONGEST_DAYS:
        raise refused(f"is not a number of whole days, from 1d to {_LONGEST_DAYS}d", "30d")
    return span


def _good(value: Any) -> str:
    """`check:NAME`, by which it is measured; kept as NAME."""
    found = re.fullmatch(r"check:([\w.-]{1,80})", value) if isinstance(value, str) else None
    if found is None:
        named = isinstance(value, str) and re.fullmatch(r"[\w.-]{1,80}", value)
        raise refused("is not a check such as check:site-up", f"check:{value}" if named else None)
    return found[1]


def _under(value: Any) -> float:
    found = threshold(value)
    if not isinstance(found, Span) or found <= 0:
        raise refused("is not a length of time such as 500ms")
    return found


Objective = Annotated[
    float,
    PlainValidator(_objective),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}(\.\d{1,6})? ?%$", "examples": ["99.9%"]}),
]
Window = Annotated[
    timedelta | Literal["month"],
    PlainValidator(_window),
    WithJsonSchema({"type": "string", "pattern": r"^(month|\d+[dw])$", "examples": ["30d", "month"]}),
]
Good = Annotated[
    str,
    PlainValidator(_good),
    WithJsonSchema({"type": "string", "pattern": r"^check:[\w.-]+$", "examples": ["check:site-up"]}),
]
Under = Annotated[
    float, PlainValidator(_under), WithJsonSchema({"type": "string", "examples": ["500ms", "2s"]})
]


class Slo(Section):
    """A share of a probe's answers that shall be good: those that do not fail, and are `under` a time."""

    service: str | None = None
    objective: Objective
    window: Window = timedelta(days=30)
    good: Good
    under: Under | None = None
