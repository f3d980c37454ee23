"""When routines happen: cron on the wall clock, and the country whose holidays are days off."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from cronsim import CronSim, CronSimError
from pydantic import PlainValidator, WithJsonSchema

from bot.playbook.fields import refused
from bot.playbook.problems import nearest

_FIELDS = 5
# Any day will do: it is only asked whether the words are understood, and whether they ever come true.
_SOME_DAY = datetime(2026, 1, 1)  # noqa: DTZ001  A wall clock carries no zone.
_CRON_EXAMPLE = '"0 9 * * MON-FRI"'
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LAST = re.compile(rf"({'|'.join(_WEEKDAYS)})#L")
_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * SUN",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True)
class Country:
    """Whose public holidays: ISO 3166 codes, "US" or "US-CA"."""

    code: str
    subdivision: str | None = None

    def __str__(self) -> str:
        return f"{self.code}-{self.subdivision}" if self.subdivision else self.code


def cron(value: Any) -> str:
    """`0 9 * * MON-FRI`: minute, hour, day, month, weekday; FRI#1 is the first Friday, FRI#L the last."""
    if not isinstance(value, str):
        raise refused(f"is not a time such as {_CRON_EXAMPLE}: minute hour day month weekday")
    if value.strip().lower() in _NICKNAMES:
        raise refused("is not spelled out", _NICKNAMES[value.strip().lower()])
    parts = value.upper().split()
    if len(parts) != _FIELDS:
        raise refused(f"has {len(parts)} fields, not five: minute hour day month weekday, as {_CRON_EXAMPLE}")
    # cron counts from Sunday and writes the last Friday as 5L; nobody else does.
    parts[-1] = _LAST.sub(lambda last: f"{_WEEKDAYS.index(last[1])}L", parts[-1])
    words = " ".join(parts)
    try:
        found = next(CronSim(words, _SOME_DAY), None)
    except CronSimError as error:
        raise refused(f"is not a time that cron understands: {_lowered(str(error))}") from None
    if found is None:
        raise refused("never comes")
    return words


def country(value: Any) -> Country:
    """`US`, or `US-CA` for a state's own."""
    # Only playbooks that name a country pay for knowing them all.
    from holidays import country_holidays  # noqa: PLC0415

    match = (
        re.fullmatch(r"([A-Za-z]{2,3})(?:-([A-Za-z0-9]{1,3}))?", value) if isinstance(value, str) else None
    )
    if match is None:
        raise refused("is not a country such as US or US-CA", _meant_country(value))
    code, subdivision = match[1].upper(), match[2] and match[2].upper()
    try:
        country_holidays(code, subdiv=subdivision)
    except NotImplementedError:
        raise refused(
            "is not a country, or region of one, whose holidays are known", _like(code, subdivision)
        ) from None
    return Country(code, subdivision)


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _meant_country(value: Any) -> str | None:
    found = (
        re.fullmatch(r"\s*([A-Za-z]{2})\s*[-_/ ]\s*([A-Za-z0-9]{1,3})\s*", value)
        if isinstance(value, str)
        else None
    )
    return f"{found[1]}-{found[2]}".upper() if found else None


def _like(code: str, subdivision: str | None) -> str | None:
    from holidays import list_supported_countries  # noqa: PLC0415

    known = list_supported_countries(include_aliases=False)
    if code not in known:
        return nearest(code, known)
    close = nearest(subdivision or "", known[code])
    return f"{code}-{close}" if close else code


When = Annotated[
    str,
    PlainValidator(cron),
    WithJsonSchema({"type": "string", "examples": ["0 9 * * MON-FRI", "0 16 * * FRI", "0 10 * * FRI#1"]}),
]
Holidays = Annotated[
    Country,
    PlainValidator(country),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,3})?$", "examples": ["US", "US-CA"]}
    ),
]
