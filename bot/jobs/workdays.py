"""Which days people work."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from bot.playbook.timing import Country

SATURDAY = 5


def is_workday(day: date, country: Country | None) -> bool:
    """Monday to Friday, and no public holiday of the country, where one is given."""
    return day.weekday() < SATURDAY and not (country is not None and day in _holidays(country))


def day_off(day: date, country: Country | None) -> str | None:
    """The name of the public holiday; None on other days."""
    return _holidays(country).get(day) if country is not None else None


@cache
def _holidays(country: Country) -> Mapping[date, str]:
    # Only playbooks that name a country pay for knowing its holidays; each year is worked out when asked for.
    from holidays import country_holidays  # noqa: PLC0415

    return country_holidays(country.code, subdiv=country.subdivision)
