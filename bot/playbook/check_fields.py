"""The small values of a check: addresses, thresholds, statuses."""

import re
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from bot.playbook.fields import duration, refused
from bot.playbook.source import Filled

# In a link of Slack's, < > and | would end it.
_AS_THEY_ARE = "/%:@!$&'()*+,;=~"


def _address(value: Any) -> str:
    """An http(s) address. Kept as it was given, so that what ${NAME} filled in stays known as such."""
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise refused("is not an address that begins with https:// or http://")
    return str(value) if not isinstance(value, Filled) else value


def shown_address(url: str) -> str | None:
    """The address without user, password and query, which may be secret. None where ${NAME} filled it in."""
    if isinstance(url, Filled):
        return None
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{quote(parts.path, safe=_AS_THEY_ARE)}"


def _repository(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\w.-]+/[\w.-]+", value):
        raise refused("is not a repository such as example/app")
    return value


def threshold(value: Any) -> float:
    """`5`, `0.005`, `0.5%`, `26h`: in base units; spans become seconds, percentages fractions."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        percent = re.fullmatch(r"(-?\d+(?:\.\d+)?) ?%", value)
        if percent is not None:
            return Share(float(percent[1]) / 100)
        milliseconds = re.fullmatch(r"(\d{1,9})ms", value)
        if milliseconds is not None:
            return Span(int(milliseconds[1]) / 1000)
        if re.fullmatch(r"\d+[smhdw]", value):
            return Span(duration(value).total_seconds())
    raise refused("is neither a number nor a duration such as 2s, nor a percentage such as 0.5%")


class Span(float):
    """A threshold that was written as a length of time; in seconds."""


class Share(float):
    """A threshold that was written as a percentage; a fraction."""


def _statuses(value: Any) -> frozenset[int]:
    """`200`, `[200, 204]`, `2xx`."""
    found: set[int] = set()
    for each in value if isinstance(value, list) else [value]:
        family = re.fullmatch(r"([1-5])xx", each) if isinstance(each, str) else None
        if family is not None:
            found |= set(range(int(family[1]) * 100, int(family[1]) * 100 + 100))
        elif isinstance(each, int) and not isinstance(each, bool) and 100 <= each <= 599:
            found.add(each)
        else:
            raise refused("is not a status such as 200, 2xx or [200, 204]")
    if not found:
        raise refused("must name a status")
    return frozenset(found)


def _json_path(value: Any) -> str:
    from jsonpath_ng.exceptions import JSONPathError  # noqa: PLC0415  a parser generator: only where needed
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415

    try:
        parse(value)
    except (JSONPathError, TypeError, AttributeError):
        raise refused("is not a JSON path such as $.status or $.checks[0].age") from None
    return str(value)


def _host(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+", value):
        raise refused("is not the name of a host such as app.example.com (the port has a key of its own)")
    return value


def _words(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _schema(*types: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": list(types) if len(types) > 1 else types[0], **more})


Address = Annotated[str, PlainValidator(_address), _schema("string", examples=["https://app.example.com"])]
Repository = Annotated[str, PlainValidator(_repository), _schema("string", examples=["example/app"])]
Threshold = Annotated[
    float, PlainValidator(threshold), _schema("number", "string", examples=[5, "26h", "0.5%"])
]
Statuses = Annotated[
    frozenset[int], PlainValidator(_statuses), _schema("integer", "string", "array", examples=[200, "2xx"])
]
JsonPath = Annotated[str, PlainValidator(_json_path), _schema("string", examples=["$.status"])]
Host = Annotated[str, PlainValidator(_host), _schema("string", examples=["app.example.com"])]
OneOrMore = Annotated[
    list[str], BeforeValidator(_words), _schema("string", "array", items={"type": "string"})
]
