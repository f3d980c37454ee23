"""The section `checklists`: what is asked of whom, when, and who hears of it if nobody answers."""

import re
from datetime import time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, PlainValidator, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from bot.playbook.fields import Channel, PositiveDuration, TimeOfDay, Zone, refused
from bot.playbook.sections import Section
from bot.playbook.timing import When

# Slack shows at most a hundred choices in a menu.
MOST_CHOICES = 100
MOST_ITEMS = 300
LONGEST_ITEM = 300
_WEEK = 7


def audience(value: Any) -> str:
    """`schedule:primary`, `role:manager`, `@oncall` (a user group), or a person's name."""
    if isinstance(value, str) and re.fullmatch(r"(schedule|role):[\w.-]+|@?[\w.-]+", value):
        return value
    raise refused("is not a person, schedule:NAME, role:NAME or @usergroup")


Audience = Annotated[
    str,
    PlainValidator(audience),
    WithJsonSchema({"type": "string", "examples": ["schedule:primary", "role:manager", "@oncall", "ana"]}),
]


def words(value: Any) -> str:
    """What stands on a checklist: some text, as long as fits a phone several times over."""
    if not isinstance(value, str):
        raise refused("must be text; put it in quotes")
    if not value.strip():
        raise refused("must not be empty")
    if len(value) > LONGEST_ITEM:
        raise refused(f"is longer than {LONGEST_ITEM} characters: put what to do into a runbook")
    return value


Words = Annotated[
    str,
    PlainValidator(words),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_ITEM}),
]


class Item(Section):
    """Something to be done or answered; with `heading` alone, a line above those that follow."""

    text: Words | None = None
    heading: Words | None = None
    check: str | None = None
    answer: Literal["text", "number", "choice"] | None = None
    choices: list[Words] = Field(default=[], max_length=MOST_CHOICES)
    runbook: str | None = None
    within: PositiveDuration | None = None
    """From the moment it was asked."""
    optional: bool = False
    day: Annotated[int, Field(ge=1, le=366)] | None = None
    week: Annotated[int, Field(ge=1, le=60)] | None = None
    role: str | None = None
    """Only for those who start in this role."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(core_schema)]}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.text is None) == (self.heading is None):
            raise refused("needs a `text`, or a `heading` for the items below it")
        if self.heading is not None and self.model_fields_set - {"heading", "day", "week", "role"}:
            raise refused("is a heading: only `day`, `week` and `role` go with it")
        if self.check is not None and self.answer is not None:
            raise refused(
                "has a `check` that a machine answers, and an `answer` that a person gives: keep one"
            )
        if self.answer == "choice" and not self.choices:
            raise refused("asks for a choice and needs `choices` to choose from")
        if self.choices and self.answer != "choice":
            raise refused("has `choices`, so its `answer` is choice")
        if len(set(self.choices)) != len(self.choices):
            raise refused("has the same choice twice")
        return self

    @property
    def days_later(self) -> int:
        """How many days after the start it is asked: `day: 2` is 1, `week: 2` is 7."""
        return ((self.week or 1) - 1) * _WEEK + (self.day or 1) - 1


class Checklist(Section):
    """Asked at `when`, and on demand. Without a channel the prompt is a direct message."""

    channels_here = frozenset({"channel"})

    title: str = ""
    when: When | None = None
    timezone: Zone | None = None
    workdays: bool = False
    grace: PositiveDuration = timedelta(hours=2)
    """How late it is still asked when nobody was there to ask in time."""
    channel: Channel | None = None
    audience: Audience | None = Field(default=None, alias="for")
    remind_after: PositiveDuration | None = None
    escalate_after: PositiveDuration | None = None
    escalate_to: Audience | None = None
    at: TimeOfDay = time(9)
    """The time of day at which later days' items are asked."""
    items: list[Item] = Field(min_length=1, max_length=MOST_ITEMS)

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.when is not None and self.channel is None and self.audience is None:
            raise refused("has a `when` and goes nowhere: give a `channel`, or `for` whom it is")
        if all(item.heading is not None for item in self.items):
            raise refused("has headings and nothing below them")
        if self.when is not None and any(item.days_later for item in self.items):
            raise refused("has items for later days, so it is started by hand: leave `when` out")
        return self
