"""The section `maintenance`: when the team works on what it runs, and what keeps quiet then."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator

from bot.playbook.check_fields import OneOrMore
from bot.playbook.fields import Name, PositiveDuration, Zone, refused
from bot.playbook.sections import Section
from bot.playbook.timing import When

# What is quiet for longer is not watched.
LONGEST_WINDOW = timedelta(days=7)


class Window(Section):
    """Open from each `when`, a time on the wall of `timezone` (default: the playbook's), for so long.

    `silence`: the services and probes that tell nobody meanwhile; `all` of them.
    """

    name: Name
    when: When
    timezone: Zone | None = None
    lasting: Annotated[PositiveDuration, Field(alias="for")]
    silence: OneOrMore = Field(default=[])

    @field_validator("lasting")
    @classmethod
    def _not_for_ever(cls, value: timedelta) -> timedelta:
        if value > LONGEST_WINDOW:
            raise refused("is longer than a week: what is quiet for longer is not watched", "1w")
        return value


class Maintenance(Section):
    windows: list[Window] = Field(default=[])

    @field_validator("windows")
    @classmethod
    def _of_different_names(cls, value: Sequence[Window]) -> Sequence[Window]:
        names = [each.name for each in value]
        if twins := sorted({name for name in names if names.count(name) > 1}):
            raise refused(f"has two of one name: {', '.join(twins)}")
        return value
