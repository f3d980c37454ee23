"""The judges of what the bot sends: they do object, and to the right things."""

from typing import Any

import pytest

from tests import npm
from tests.second_opinion import judged

Json = dict[str, Any]
TITLE = {"type": "plain_text", "text": "T"}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_what_fits_is_not_objected_to() -> None:
    blocks = [section("x"), {"type": "divider"}, {"type": "header", "text": TITLE}]

    assert list(judged(blocks)) == []
    assert list(judged({"type": "modal", "title": TITLE, "blocks": blocks, "callback_id": "c"})) == []
    assert list(judged({"type": "home", "blocks": blocks})) == []


def test_slack_sdks_models_object_to_what_is_too_long() -> None:
    assert any("3000" in found for found in judged([section("x" * 3001)]))
    long = {"type": "modal", "title": TITLE | {"text": "x" * 25}, "blocks": [section("x")]}
    assert any("24" in found for found in judged(long))
    assert any("does not know" in found for found in judged([{"type": "hologram"}]))


def test_slacks_own_types_object_to_fields_that_are_not_there() -> None:
    if why := npm.missing():
        pytest.skip(why)
    assert any("@slack/types" in found for found in judged([section("x") | {"color": "red"}]))
    assert any(
        "@slack/types" in found for found in judged([{"type": "actions", "elements": [{"type": "button"}]}])
    )
    assert any("@slack/types" in found for found in judged({"type": "modal", "title": "T", "blocks": []}))
