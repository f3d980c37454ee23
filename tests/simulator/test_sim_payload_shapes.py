"""Commands and interactions have the shapes of Slack's, where samples are at hand."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("WATCHBILL_SHARED", ROOT.parent / "shared"))
SAMPLES = SHARED / "slack" / "payloads" / "interactions"

TITLE = {"type": "plain_text", "text": "Note"}
MODAL = {
    "type": "modal",
    "callback_id": "note",
    "title": TITLE,
    "submit": TITLE,
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": TITLE,
            "element": {"type": "plain_text_input", "action_id": "i"},
        }
    ],
}


@pytest.fixture
async def payloads(sim: Simulator, connected: AsyncApp, client: AsyncWebClient) -> dict[str, Json]:
    """One payload of each kind."""
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is not here")

    async def done(ack: Any) -> None:
        await ack()

    connected.command("/incident")(done)
    connected.action("go")(done)
    connected.shortcut("timeline")(done)
    connected.view("note")(done)
    connected.view_closed("note")(done)
    ana = sim.person("ana")
    found: dict[str, Json] = {}

    def keep(name: str) -> None:
        assert sim.acting.last is not None
        found[name] = sim.acting.last.payload

    await ana.types("/incident x")
    keep("SlashCommandPayload")
    button = {"type": "button", "action_id": "go", "text": TITLE, "value": "1", "style": "danger"}
    blocks = [{"type": "actions", "elements": [button]}]
    posted = await client.chat_postMessage(channel="U01ANA", text="x", blocks=blocks)
    await ana.clicks("go")
    keep("BlockActionPayload")
    await ana.shortcut("timeline", posted["channel"], posted["ts"])
    keep("MessageShortcutPayload")
    for name in ("ViewClosedPayload", "ViewSubmissionPayload"):
        await client.views_open(trigger_id=sim.workspace.new_trigger("U01ANA"), view=MODAL)
        if name == "ViewClosedPayload":
            await ana.closes()
        else:
            await ana.submits({"Note": "x"})
        keep(name)
    return found


def sample(name: str) -> Json:
    found: Json = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def strangers(given: Any, known: Any, at: str) -> Iterator[str]:
    """Keys of ours that the sample does not have, and values of another JSON type."""
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in given.items():
            if key not in known:
                yield f"{at}.{key}"
            elif key not in ("blocks", "state", "metadata"):
                yield from strangers(value, known[key], f"{at}.{key}")
    elif isinstance(given, list) and isinstance(known, list):
        if given and known:
            yield from strangers(given[0], known[0], f"{at}[0]")
    elif given is not None and known is not None and type(given) is not type(known):
        yield f"{at}: {given!r}"


def lacking(given: Any, known: Any, at: str) -> Iterator[str]:
    """Keys of the sample that ours does not have, in the payload itself and in its view."""
    for key in known.keys() - given.keys():
        yield f"{at}.{key}"
    if "view" in known and "view" in given:
        yield from (f"{at}.view.{key}" for key in known["view"].keys() - given["view"].keys())


# Sent by Slack, absent from the samples at hand.
UNSAMPLED = re.compile(
    r"\.user\.username$|\.view\.blocks$|response_urls$|SlashCommandPayload\.is_enterprise_install: 'false'"
)
# In an enterprise, for functions and previews of links; of a click, whether it was in a message or a view.
OCCASIONAL = re.compile(
    r"enterprise_|bot_access_token$|function_data$|interactivity$|app_unfurl$|BlockActionPayload\.view$"
    r"|ViewSubmissionPayload\.is_cleared$"
)


async def test_payloads_have_what_slacks_have_and_nothing_else(payloads: dict[str, Json]) -> None:
    assert {path.stem for path in SAMPLES.glob("*.json")} == payloads.keys()
    found = [line for name in payloads for line in strangers(payloads[name], sample(name), name)]
    missing = [line for name in payloads for line in lacking(payloads[name], sample(name), name)]

    assert [line for line in found if not UNSAMPLED.search(line)] == []
    assert [line for line in missing if not OCCASIONAL.search(line)] == []
