"""The small values of a playbook: durations, times, zones, names of channels."""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.oncall.model import Every, Unit
from bot.playbook.problems import nearest

# Ten years: anything longer is a slip of the keyboard, and would run past the calendar's end.
_LONGEST = timedelta(days=3650)
_MOST_TURNS = 1000
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNITS: dict[str, Unit] = {"hour": "hours", "day": "days", "week": "weeks", "month": "months"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def refused(message: str, suggestion: str | None = None) -> PydanticCustomError:
    """What a validator raises: `message` continues the sentence that the value began."""
    return PydanticCustomError("playbook", "{message}", {"message": message, "suggestion": suggestion})


@dataclass(frozen=True)
class BusinessDays:
    """A time span counted in working days: weekends and the playbook's holidays do not count."""

    count: int


def duration(value: Any) -> timedelta:
    """`90s`, `5m`, `2h`, `1d`, `1w`."""
    found = re.fullmatch(r"(\d{1,9})([smhdw])", value) if isinstance(value, str) else None
    if found is None:
        raise refused("is not a duration such as 90s, 5m, 2h, 1d or 1w", _meant_duration(value))
    span = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    if span > _LONGEST:
        raise refused("is longer than ten years")
    return span


def _meant_duration(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value}m"
    found = re.fullmatch(r"\s*(\d+)\s*([a-zA-Z]+)\s*", value) if isinstance(value, str) else None
    if found is None or found[2].lower()[0] not in _SECONDS or found[2].lower().startswith("mo"):
        return None
    return found[1] + found[2].lower()[0]


def positive_duration(value: Any) -> timedelta:
    """A duration that is not zero."""
    span = duration(value)
    if not span:
        raise refused("must be longer than nothing")
    return span


def due(value: Any) -> timedelta | BusinessDays:
    """A duration, or `5 business days`."""
    if isinstance(value, str) and "business" in value:
        found = re.fullmatch(r"(\d{1,3}) business days?", value)
        if found is None or int(found[1]) == 0:
            raise refused("is not a number of business days such as 5 business days")
        return BusinessDays(int(found[1]))
    meant = re.fullmatch(r"(\d+) +b\w+ +days?", value) if isinstance(value, str) else None
    if meant is not None:
        raise refused("is not a duration", f"{meant[1]} business days")
    return positive_duration(value)


def every(value: Any) -> Every:
    """`1 week`, `12 hours`, `2 days`, `1 month`."""
    found = re.fullmatch(r"(\d{1,9}) (hour|day|week|month)s?", value) if isinstance(value, str) else None
    if found is None:
        raise refused("is not a number of hours, days, weeks or months", _meant_every(value))
    if not 1 <= int(found[1]) <= _MOST_TURNS:
        raise refused(f"must be between 1 and {_MOST_TURNS}")
    return Every(int(found[1]), _UNITS[found[2]])


def _meant_every(value: Any) -> str | None:
    found = re.fullmatch(r"\s*(\d*)\s*([a-zA-Z]+)\s*", value) if isinstance(value, str) else None
    if found is None:
        return None
    words = {"h": "hour", "d": "day", "w": "week", "daily": "day", "weekly": "week", "monthly": "month"}
    word = words.get(found[2].lower()) or nearest(found[2].rstrip("s"), _UNITS)
    count = found[1] or "1"
    return f"{count} {word}{'' if count == '1' else 's'}" if word else None


def starts(value: Any) -> datetime:
    """`2026-01-05 09:00`, a wall-clock time (naive)."""
    try:
        local = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise refused("is not a date and time such as 2026-01-05 09:00") from None
    if local.tzinfo is not None:
        raise refused("is a wall-clock time in the schedule's timezone: leave the offset out")
    if local.microsecond:
        raise refused("must be a whole second", f"{local:%Y-%m-%d %H:%M:%S}")
    # Nobody hands off before 1970; and beyond 2200 the calendar's end is within reach of a rotation.
    if not 1970 <= local.year <= 2200:
        raise refused("must lie between 1970 and 2200")
    return local


def time_of_day(value: Any) -> time:
    """`09:30`."""
    if value == "24:00":
        raise refused("ends a day; what begins then begins on the next day", "00:00")
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value) if isinstance(value, str) else None
    if found is None:
        raise refused('is not a time of day such as "09:30"')
    return time(int(found[1]), int(found[2]))


def closing_time(value: Any) -> time:
    """`17:30`; `24:00` is the midnight that ends a day."""
    return time(0) if value == "24:00" else time_of_day(value)


def weekdays(value: Any) -> frozenset[int]:
    """`mon-fri`, `sat,sun`, `fri-mon`, `daily`, or a list of these; Monday is 0."""
    if value == "daily":
        return frozenset(range(7))
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts or not all(isinstance(part, str) for part in parts):
        raise refused("is not a list of days such as mon-fri or sat,sun")
    days: set[int] = set()
    for part in parts:
        first, _, last = part.strip().partition("-")
        begin, end = _weekday(first), _weekday(last or first)
        days |= {(begin + n) % 7 for n in range((end - begin) % 7 + 1)}
    return frozenset(days)


def _weekday(word: str) -> int:
    lower = word.strip().lower()
    if lower in _DAYS:
        return _DAYS.index(lower)
    if lower in _FULL_DAYS:
        return _FULL_DAYS.index(lower)
    guess = nearest(lower, _FULL_DAYS) or nearest(lower, _DAYS)
    raise refused(
        f"names the day '{word.strip()}', which is not one of {', '.join(_DAYS)}", guess and guess[:3]
    )


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_name(value: Any) -> str:
    """The name of a time zone of the IANA database."""
    if not isinstance(value, str):
        raise refused("is not a time zone such as Europe/Madrid")
    try:
        # Typed text goes to the file system from here: only plain relative names do.
        if re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", value):
            return ZoneInfo(value).key
    except (OSError, ValueError, LookupError):
        pass
    by_city = {name.rpartition("/")[2]: name for name in sorted(_zone_names())}
    city = nearest(value.replace(" ", "_"), by_city)
    guess = nearest(value, _zone_names()) or (by_city[city] if city else None)
    raise refused("is not a time zone such as Europe/Madrid", guess)


def channel(value: Any) -> str:
    """`#name`, or a channel's id."""
    if value is None:
        raise refused('is empty: outside of quotes # begins a comment, so write "#name"')
    if isinstance(value, str) and re.fullmatch(r"#[\w-]{1,80}|[CG][A-Z0-9]{6,}", value):
        if value == value.lower() or not value.startswith("#"):
            return value
        raise refused("is not a channel: names are in lower case", value.lower())
    guess = isinstance(value, str) and re.fullmatch(r"[\w-]{1,79}", value)
    raise refused('is not a channel such as "#incidents"', f"#{value.lower()}" if guess else None)


def slack_person(value: Any) -> str:
    """The e-mail address a person has in Slack, or the member id."""
    if isinstance(value, str) and re.fullmatch(r"[^@\s<>]+@[^@\s<>]+|[UW][A-Z0-9]{2,}", value):
        return value
    raise refused("is neither an e-mail address nor a member id such as U02BO")


def contact(value: Any) -> str:
    """Where a transport finds somebody: an address with a scheme, as Apprise writes them."""
    if isinstance(value, str) and re.match(r"[A-Za-z][\w+.-]*://.", value):
        return value
    raise refused("is not an address such as mailto://user:password@example.com, or it must be in quotes")


def call_link(value: Any) -> str:
    """An address in which {number} stands for the incident's number."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise refused("is not an address that begins with https://")
    try:
        fields = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
    except ValueError:
        raise refused("has a brace without its counterpart") from None
    if any(name != "number" for name in fields):
        raise refused("may contain {number} and nothing else in braces")
    return value


def name(value: str) -> str:
    """What people, schedules, services … are called: one word, as it is typed in commands."""
    if not re.fullmatch(r"[\w.-]{1,80}", value):
        meant = re.sub(r"[^\w.-]+", "-", value).strip("-")
        raise refused("is not a name: letters, digits, dots, dashes and underscores only", meant or None)
    return value


def one_or_more(value: Any) -> list[str]:
    """An item of a rotation: a name, or the list of those who are on together."""
    people = [value] if isinstance(value, str) else value
    if not isinstance(people, list) or not people or not all(isinstance(each, str) for each in people):
        raise refused("must be a person, or a list of people who are on together")
    return people


def via(value: Any) -> list[str]:
    """The methods of a step: one name, or a list of them."""
    methods = [value] if isinstance(value, str) else value
    if not isinstance(methods, list) or not methods or not all(isinstance(each, str) for each in methods):
        raise refused("must be a way to reach somebody, or a list of them, such as [push, sms]")
    return methods


def _text(pattern: str | None = None, examples: Iterable[str] = ()) -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string"}
    if pattern is not None:
        schema["pattern"] = pattern
    if examples:
        schema["examples"] = list(examples)
    return WithJsonSchema(schema)


_TEXT_OR_LIST = [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
_SPAN = r"^\d+[smhdw]$"
Duration = Annotated[timedelta, PlainValidator(duration), _text(_SPAN, ["5m", "2h"])]
PositiveDuration = Annotated[timedelta, PlainValidator(positive_duration), _text(_SPAN, ["5m", "2h"])]
Due = Annotated[
    timedelta | BusinessDays,
    PlainValidator(due),
    _text(r"^(\d+[smhdw]|\d+ business days?)$", ["24h", "5 business days"]),
]
TurnEvery = Annotated[Every, PlainValidator(every), _text(r"^\d+ (hour|day|week|month)s?$", ["1 week"])]
WallTime = Annotated[datetime, PlainValidator(starts), _text(examples=["2026-01-05 09:00"])]
TimeOfDay = Annotated[time, PlainValidator(time_of_day), _text(r"^([01]?\d|2[0-3]):[0-5]\d$", ["09:30"])]
ClosingTime = Annotated[
    time, PlainValidator(closing_time), _text(r"^(([01]?\d|2[0-3]):[0-5]\d|24:00)$", ["17:30", "24:00"])
]
Weekdays = Annotated[
    frozenset[int],
    PlainValidator(weekdays),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "examples": ["mon-fri"],
        }
    ),
]
Zone = Annotated[str, PlainValidator(zone_name), _text(examples=["Europe/Madrid", "UTC"])]
Channel = Annotated[str, PlainValidator(channel), _text(examples=["#incidents"])]
SlackPerson = Annotated[str, PlainValidator(slack_person), _text(examples=["ana@example.com", "U02BO"])]
Contact = Annotated[
    str, PlainValidator(contact), _text(r"^[A-Za-z][\w+.-]*://.", ["ntfys://ntfy.example.com/ana"])
]
CallLink = Annotated[
    str, PlainValidator(call_link), _text(examples=["https://meet.example.com/inc-{number}"])
]
Name = Annotated[str, AfterValidator(name)]
OnTogether = Annotated[
    list[str],
    PlainValidator(one_or_more),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
Via = Annotated[
    list[str], PlainValidator(via), WithJsonSchema({"anyOf": _TEXT_OR_LIST, "examples": ["slack"]})
]
Room = Literal["channel", "thread"]
