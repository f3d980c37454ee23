"""Feedback out of a channel: what counts as a question, how much is read, and a Slack that does not tell."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.db import Database
from bot.delivery.errors import Away, Refused
from bot.model import ChannelId, UserId
from bot.people.directory import Directory
from bot.reports.model import Section, Verdict
from bot.reports.sections.feedback import feedback, is_question
from bot.slack.gateway import Slack
from tests.reports.wanting import END, figure, wanted


def message(minute: int, text: str, **more: Any) -> dict[str, Any]:
    at = (END - timedelta(days=1, minutes=-minute)).timestamp()
    return {"type": "message", "user": "U02BO", "text": text, "ts": f"{at:.6f}", **more}


@dataclass
class Channel:
    """Slack, as far as one channel goes: pages of messages, the newest first, or an error."""

    pages: list[list[dict[str, Any]]] = field(default_factory=list)
    refuses: list[Exception] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        self.called.append(method)
        if method == "conversations.history" and self.refuses:
            raise self.refuses.pop(0)
        if method == "chat.getPermalink":
            return {"permalink": f"https://acme.slack.com/p{arguments['message_ts']}"}
        if method != "conversations.history":
            return {"ok": True}
        page = int(arguments.get("cursor", 0))
        following = str(page + 1) if page + 1 < len(self.pages) else ""
        found = self.pages[page] if self.pages else []
        return {"messages": found, "response_metadata": {"next_cursor": following}}

    async def channel(self, name: str) -> ChannelId:
        return ChannelId("C0HELP")

    def name_of(self, user: UserId) -> str:
        return "bo"

    async def tells(self, database: Database) -> Section:
        slack, directory = cast("Slack", self), cast("Directory", self)
        report = {"feedback": {"channel": "#dev-help"}}
        return await feedback(wanted(database, report, slack=slack, directory=directory))


async def test_questions_of_people_are_told_and_those_without_an_answer_first(
    sqlite_database: Database,
) -> None:
    slack = Channel(
        [
            [
                message(5, "Is it down?", reply_count=2),
                message(4, "Yes it is"),
                message(3, "Anybody?", bot_id="B01"),
                message(2, "What is <@U02BO> &amp; co. doing?"),
            ]
        ]
    )
    found = await slack.tells(sqlite_database)

    assert found.headline == "2 questions, 1 without an answer"
    assert [line.split(": ")[1].split(" https")[0] for line in found.lines] == [
        "What is @bo & co. doing?",
        "Is it down?",
    ]
    assert figure(found, "questions without an answer").verdict is Verdict.WATCH


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({}, True),
        ({"text": "No question"}, False),
        ({"text": "See <https://example.com/?page=2>"}, False),
        ({"subtype": "channel_join"}, False),
        ({"thread_ts": "1.0"}, False),
        ({"bot_id": "B01"}, False),
        ({"user": None}, False),
    ],
)
def test_what_a_question_is(given: dict[str, Any], counts: bool) -> None:
    assert is_question({**message(1, "Why?"), **given}) is counts


async def test_a_busy_channel_is_not_read_without_end(sqlite_database: Database) -> None:
    slack = Channel([[message(n, f"Number {n}?")] * 1 for n in range(40)])
    found = await slack.tells(sqlite_database)

    assert slack.called.count("conversations.history") == 5
    assert figure(found, "questions asked").value == 5


async def test_links_are_asked_for_a_few(sqlite_database: Database) -> None:
    slack = Channel([[message(n, f"Number {n}?") for n in range(60)]])
    await slack.tells(sqlite_database)

    assert slack.called.count("chat.getPermalink") == 15


async def test_it_joins_a_channel_that_it_is_not_in(sqlite_database: Database) -> None:
    slack = Channel([[message(1, "Why?")]], refuses=[Refused("no", error="not_in_channel")])
    found = await slack.tells(sqlite_database)

    assert slack.called[:3] == ["conversations.history", "conversations.join", "conversations.history"]
    assert found.headline == "1 question, 1 without an answer"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Refused("no", error="channel_not_found"), "the bot is not in it: invite it"),
        (Refused("no", error="missing_scope"), "the app lacks a scope"),
        (Away("conversations.history: 503"), "Slack did not answer"),
    ],
)
async def test_a_slack_that_does_not_tell_is_unknown(
    sqlite_database: Database, error: Exception, says: str
) -> None:
    found = await Channel(refuses=[error]).tells(sqlite_database)

    assert found.verdict is Verdict.UNKNOWN
    assert says in found.headline
    assert found.figures == ()
