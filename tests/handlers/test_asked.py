"""Slack's payloads, as what somebody asked of us."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents.model.incident import parse_number
from bot.mrkdwn import escape, plain
from handlers import asked
from handlers.forms import Submitted
from handlers.shortcuts import on_message


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, tzinfo=UTC)

    async def wait_until(self, instant: object, wake: object) -> None:
        raise NotImplementedError


def test_a_command_is_who_where_what_and_an_id_for_its_repeats() -> None:
    body = {
        "command": "/incident",
        "text": "  sev1 Checkout \x00down ",
        "user_id": "U01ANA",
        "channel_id": "C1",
        "trigger_id": "13.37.abc",
    }
    found = asked.command(body, Noon())
    assert (found.command, found.text, found.channel, found.user) == (
        "/incident",
        "sev1 Checkout down",
        "C1",
        "U01ANA",
    )
    assert found.act.request_id == "command:13.37.abc"
    assert asked.command({**body, "text": None or ""}, Noon()).text == ""


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "", ""),
        ("  ", "", ""),
        ("update", "update", ""),
        ("update now  please ", "update", "now  please"),
        ("update\nfirst\nsecond", "update", "first\nsecond"),
        ("update\t\u00a0now", "update", "now"),
    ],
)
def test_the_first_word_decides_and_the_rest_keeps_its_lines(text: str, word: str, rest: str) -> None:
    assert asked.split_word(text) == (word, rest)


def test_people_are_mentioned_with_and_without_their_name() -> None:
    assert asked.mentioned("<@U02BO>") == asked.mentioned("<@U02BO|bo> ") == "U02BO"
    for word in ("@bo", "bo", "<@U02BO> please", "<!here>", "<#C1|general>", ""):
        assert asked.mentioned(word) is None


@pytest.mark.parametrize("word", ["INC-42", "inc-42", "inc42", "INC_42", "#42", "42", " 42 "])
def test_an_incident_is_named_in_many_ways(word: str) -> None:
    assert parse_number(word) == 42


@pytest.mark.parametrize("word", ["", "INC-", "INC-4a", "4.2", "-42", "x42", "9" * 12, "²", "INC-42 please"])
def test_other_words_name_no_incident(word: str) -> None:
    assert parse_number(word) is None


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("&lt;b&gt; &amp; c", "<b> & c"),
        ("&amp;lt;", "&lt;"),
        ("<@U02BO|bo> and <@U02BO>", "@bo and @U02BO"),
        ("<!channel> <!here|here> <!subteam^S1|@oncall>", "@channel @here @oncall"),
        ("<#C1|general>", "#general"),
        ("<https://example.com/?a=1&amp;b=2|example.com>", "https://example.com/?a=1&b=2"),
        ("<mailto:a@example.com|a@example.com>", "mailto:a@example.com"),
    ],
)
def test_text_is_read_back_as_it_was_typed(delivered: str, typed: str) -> None:
    assert plain(delivered) == typed


def test_mentions_without_a_name_are_named_where_the_person_is_known() -> None:
    assert plain("<@U02BO> and <@U09>", {"U02BO": "bo"}.get) == "@bo and @U09"


@given(st.text().filter(lambda text: "<" not in text))
def test_escaped_text_comes_back_whole(text: str) -> None:
    assert plain(escape(text)) == plain(plain(escape(text)).replace("&", "&amp;"))


def test_a_form_gives_what_was_filled_in_and_nothing_for_the_rest() -> None:
    values: dict[str, dict[str, Any]] = {
        "text": {"text": {"type": "plain_text_input", "value": " said \ud83d "}},
        "empty": {"text": {"type": "plain_text_input", "value": None}},
        "unseen": {"text": {"type": "plain_text_input", "value": "\u200b"}},
        "choice": {"choice": {"type": "static_select", "selected_option": {"value": "sev1"}}},
        "ticks": {"ticks": {"type": "checkboxes", "selected_options": [{"value": "private"}]}},
        "user": {"user": {"type": "users_select", "selected_user": "U02BO"}},
        "at": {"at": {"type": "datetimepicker", "selected_date_time": 1795176000}},
    }
    body = {"type": "view_submission", "user": {"id": "U01ANA"}, "view": {"id": "V1"}}
    form = Submitted(asked.act_of(body, Noon()), "42", values)
    assert form.act.request_id == "view_submission:V1"
    assert form.number == 42
    assert [form.text(block) for block in ("text", "empty", "unseen", "missing")] == [
        "said \ufffd",
        "",
        "",
        "",
    ]
    assert (form.choice("choice"), form.choice("missing")) == ("sev1", None)
    assert (form.ticks("ticks"), form.ticks("missing")) == (("private",), ())
    assert (form.user("user"), form.user("missing")) == ("U02BO", None)
    assert form.instant("at") == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_shortcut_knows_the_message_and_the_way_back_to_it() -> None:
    body: dict[str, Any] = {
        "type": "message_action",
        "user": {"id": "U01ANA"},
        "trigger_id": "1.2.3",
        "channel": {"id": "C1"},
        "team": {"domain": "acme"},
        "message_ts": "1392734382.000200",
        "message": {"text": "It is down", "user": "U02BO", "ts": "1392734382.000200"},
    }
    act = asked.act_of(body, Noon())
    chosen = on_message(body, act)
    assert chosen.link == "https://acme.slack.com/archives/C1/p1392734382000200"
    body["message"]["thread_ts"] = "1392734000.000100"
    reply = on_message(body, act)
    assert reply.link == f"{chosen.link}?thread_ts=1392734000.000100&cid=C1"
