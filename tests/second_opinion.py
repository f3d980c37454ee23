"""What others' code says to the messages, modals and home tabs that the bot sends.

Two judges that share nothing with the simulator: JSON Schema made from Slack's own types (where Node is at
hand), and slack_sdk's models with their limits.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from simulator import Simulator
from tests import npm

Json = dict[str, Any]

# Blocks that Slack documents and neither judge knows yet.
UNKNOWN_TO_TYPES = {"data_visualization"}
UNKNOWN_TO_MODELS = {"data_table", "data_visualization"}


def objections(simulator: Simulator) -> list[str]:
    """Every objection to what the bot sent, each once, with what was sent."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    for where, sent in _sent(simulator):
        key = json.dumps(sent, sort_keys=True)
        if key in seen:
            continue
        seen.add(key)
        for objection in judged(sent):
            found[f"{where}: {objection}\n  in {key[:600]}"] = None
    return list(found)


def _sent(simulator: Simulator) -> Iterator[tuple[str, Any]]:
    """What Slack took of the bot's: views, and lists of blocks."""
    for call in simulator.calls:
        taken = call.ok or call.method == "response_url"
        if taken and "view" in call.args:
            yield call.method, _parsed(call.args["view"])
        elif taken and call.args.get("blocks"):
            yield call.method, _parsed(call.args["blocks"])
        for attachment in _parsed(call.args.get("attachments")) or [] if taken else []:
            yield call.method, attachment.get("blocks") or []
    for answer in simulator.answers:
        if isinstance(answer, dict) and answer.get("view"):
            yield "answer", answer["view"]
        elif isinstance(answer, dict) and answer.get("blocks"):
            yield "answer", answer["blocks"]


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value


def judged(sent: Any) -> Iterator[str]:
    """What the judges object to in a view or in a list of blocks."""
    blocks: list[Json] = sent["blocks"] if isinstance(sent, dict) else sent
    if isinstance(sent, dict):
        yield from _by_types({**sent, "blocks": []}, "Modal" if sent["type"] == "modal" else "Home")
        yield from _by_models(View(**sent))
    for block in blocks:
        if block["type"] not in UNKNOWN_TO_TYPES:
            yield from _by_types(block, _definition_of(block["type"]))
        if block["type"] not in UNKNOWN_TO_MODELS:
            parsed = Block.parse(block)
            yield from _by_models(parsed) if parsed is not None else ["slack_sdk does not know this block"]


def _by_models(model: Any) -> Iterator[str]:
    try:
        model.validate_json()
    except SlackObjectFormationError as error:
        yield f"slack_sdk: {error}"


def _by_types(value: Any, definition: str | None) -> Iterator[str]:
    if npm.schema() is None:
        return
    if definition is None:
        yield f"@slack/types does not know {value.get('type')}"
        return
    for error in _validator(definition).iter_errors(value):
        at = "/".join(str(part) for part in error.absolute_path)
        yield f"@slack/types: {error.message[:300]} at /{at}"


@lru_cache(maxsize=128)
def _validator(definition: str) -> Draft7Validator:
    found = npm.schema()
    assert found is not None
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": found["definitions"]})


@lru_cache(maxsize=128)
def _definition_of(kind: str) -> str | None:
    """The name of the type of blocks of this kind."""
    found = npm.schema()
    if found is None:
        return None
    definitions = found["definitions"]
    for entry in definitions["KnownBlock"]["anyOf"]:
        name: str = entry["$ref"].rpartition("/")[2]
        if kind in _kinds(definitions[name]):
            return name
    return None


def _kinds(definition: Json) -> set[str]:
    """The values a definition allows for `type`, also where it is put together of several."""
    own = {definition.get("properties", {}).get("type", {}).get("const", "")}
    parts = [*definition.get("anyOf", []), *definition.get("allOf", [])]
    return own.union(*(_kinds(part) for part in parts))
