"""The arguments of a call, however the client sent them."""

import json
from typing import Any

from aiohttp import web

from simulator.errors import Json, SlackError, invalid_arguments


class Arguments:
    """Merged arguments. Values arrive as strings or as JSON values; the readers below take both."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """SlackError invalid_arguments when it is absent or empty."""
        if not self.has(name):
            raise invalid_arguments(f"missing required field: {name}")
        return str(self.values[name])

    def flag(self, name: str) -> bool:
        return str(self.values.get(name)).lower() in ("true", "1")

    def names(self, name: str) -> list[str]:
        """A list given as JSON or separated by commas."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = self.json(name, "invalid_arguments")
        if isinstance(value, list):
            return [str(entry) for entry in value]
        return [entry.strip() for entry in str(value or "").split(",") if entry.strip()]

    def json(self, name: str, refusal: str) -> Any:
        """A JSON value, given as such or as a string. SlackError with the code `refusal`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise SlackError(refusal) from error

    def limit(self, default: int, most: int, refusal: str = "invalid_limit") -> int:
        """The page size. SlackError with the code `refusal` for what is no positive number."""
        if not self.has("limit"):
            return default
        text = self.text("limit")
        if not text.isdigit() or int(text) > most:
            raise SlackError(refusal)
        return int(text) or default


async def read(request: web.Request) -> Arguments:
    """Merge query, form, multipart and JSON. SlackError json_not_object."""
    values: Json = dict(request.query)
    if request.body_exists:
        kind = request.content_type
        if kind == "application/json":
            values.update(_parsed(await request.text()))
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            values.update(await request.post())
    return Arguments(values)


def _parsed(body: str) -> Json:
    if not body:
        return {}
    try:
        value = json.loads(body)
    except ValueError as error:
        raise SlackError("json_not_object") from error
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value
