"""Feedback: what was asked in a channel, and issues with a label."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.model import ChannelId
from bot.mrkdwn import cut, one_line, plain
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.repositories import CONNECT, GitHub, Repository, repositories, stamp
from bot.reports.sections.section import Wanted, dated, plural
from bot.reports.sections.unknown import answered
from bot.reports.together import of_each
from bot.walltime import wall

# A thousand messages in a week: whoever asks in such a channel is not heard anyway.
PAGES, PAGE = 5, 200
# Each link is a call of its own.
LINKED = 15
SHOWN = 120
_SENTENCE = 240
_LINK = re.compile(r"<[^>]*>|https?://\S+")


@dataclass(frozen=True)
class Question:
    """`answers`: how many replies it has, from whomever. `link`: None where it was not asked for."""

    at: datetime
    text: str
    answers: int
    ts: str
    link: str | None = None


@dataclass(frozen=True)
class Issue:
    at: datetime
    name: str
    title: str
    link: str
    is_open: bool


async def feedback(wanted: Wanted) -> Section:
    options = wanted.options.feedback
    channel = options.channel if options is not None else None
    label = options.github_label if options is not None else None
    if channel is None and label is None:
        connect = "Nobody is listened to: name a `channel` or a `github_label` in the report's `feedback`."
        return Section("feedback", "Feedback", connect=connect)
    repos = repositories(wanted.context.playbook.current, wanted.options)
    (questions, asked_why), (issues, issues_why) = await asyncio.gather(
        answered(_questions(wanted, channel), "Slack"),
        answered(_issues(wanted, label, repos), "GitHub"),
    )
    whys = [f"questions in {channel}: {asked_why}"] if questions is None else []
    whys += [f"issues labelled {label}: {issues_why}"] if issues is None else []
    if label is not None and not repos:
        whys.append(CONNECT)
    return tell(
        questions if channel is not None else None,
        issues if label is not None and repos else None,
        whys,
        wanted.period,
    )


async def _questions(wanted: Wanted, channel: str | None) -> list[Question]:
    """Oldest first. Raises what asking Slack raises."""
    if channel is None:
        return []
    where = await wanted.context.directory.channel(channel)
    found = [each for each in await _history(wanted, where) if is_question(each)]
    questions = [
        Question(
            datetime.fromtimestamp(float(each["ts"]), UTC),
            one_line(plain(each["text"], wanted.context.directory.name_of)),
            int(each.get("reply_count", 0)),
            each["ts"],
        )
        for each in sorted(found, key=lambda each: float(each["ts"]))
    ]
    # Those without an answer first: they are the ones to be looked for.
    wanted_links = sorted(questions, key=lambda each: (each.answers > 0, each.at))[:LINKED]
    links = {each.ts: await _link(wanted, where, each.ts) for each in wanted_links}
    return [Question(each.at, each.text, each.answers, each.ts, links.get(each.ts)) for each in questions]


async def _history(wanted: Wanted, channel: ChannelId) -> list[dict[str, Any]]:
    """What was said in the channel, which the bot joins where it has to."""
    try:
        return await _read(wanted, channel)
    except Refused as refused:
        if refused.error != "not_in_channel":
            raise
    await wanted.slack.call("conversations.join", channel=channel)
    return await _read(wanted, channel)


async def _read(wanted: Wanted, channel: ChannelId) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    for _ in range(PAGES):
        answer = await wanted.slack.call(
            "conversations.history",
            channel=channel,
            oldest=f"{wanted.period.start.timestamp():.6f}",
            latest=f"{wanted.period.end.timestamp():.6f}",
            limit=PAGE,
            **more,
        )
        messages += answer["messages"]
        following = (answer.get("response_metadata") or {}).get("next_cursor")
        if not following:
            break
        more = {"cursor": following}
    return messages


def is_question(message: dict[str, Any]) -> bool:
    """Something a person wrote that asks: replies, joins and what programs post do not count."""
    person = message.get("user") and not message.get("bot_id") and not message.get("subtype")
    first = message.get("thread_ts") in (None, message["ts"])
    # The question mark of a link asks nothing.
    return bool(person) and first and "?" in _LINK.sub("", message.get("text", ""))


async def _link(wanted: Wanted, channel: ChannelId, ts: str) -> str | None:
    """None where Slack gives none: the question is worth more than the way to it."""
    try:
        answer = await wanted.slack.call("chat.getPermalink", channel=channel, message_ts=ts)
    except (Away, Busy, Refused, Unclear):
        return None
    return str(answer["permalink"])


async def _issues(wanted: Wanted, label: str | None, repos: list[Repository]) -> list[Issue]:
    """Oldest first. Raises NoAnswerError."""
    if label is None:
        return []
    github, period = GitHub.of(wanted.sources), wanted.period
    quoted = label.replace('"', "")
    query = (
        f'is:issue label:"{quoted}" created:{stamp(period.start)}..{stamp(period.end - timedelta(seconds=1))}'
    )

    async def of(repo: Repository) -> list[Issue]:
        _, items = await github.search(repo, query)
        return [
            Issue(
                datetime.fromisoformat(each["created_at"]),
                f"{repo.name}#{each['number']}",
                str(each["title"]),
                str(each["html_url"]),
                each["state"] == "open",
            )
            for each in items
        ]

    return sorted((each for found in await of_each(repos, of) for each in found), key=lambda each: each.at)


def tell(
    questions: list[Question] | None, issues: list[Issue] | None, whys: list[str], period: Period
) -> Section:
    """The section. None: not asked for, or not known; `whys` say which is not known, and why."""
    asked = _asked(questions, period) if questions is not None else _NOTHING
    opened = _opened(issues, period) if issues is not None else _NOTHING
    figures = (*asked.figures, *opened.figures)
    waits = any(each.verdict is Verdict.WATCH for each in figures)
    return Section(
        "feedback",
        "Feedback",
        Verdict.UNKNOWN if whys else Verdict.WATCH if waits else Verdict.OK,
        "; ".join([*asked.words, *opened.words, *(f"not known: {each}" for each in whys)]),
        figures,
        (*asked.lines, *opened.lines)[: 2 * LINKED],
        _table(questions or [], issues or [], period),
    )


@dataclass(frozen=True)
class _Part:
    """What one source has to say: `words` of the headline, figures, lines."""

    words: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    lines: tuple[str, ...] = ()


_NOTHING = _Part()


def _asked(questions: Sequence[Question], period: Period) -> _Part:
    """Those without an answer stand first."""
    silent = [each for each in questions if not each.answers]
    asked = [_question(each, period) for each in questions]
    unanswered = [_question(each, period) for each in silent]
    words = plural(len(questions), "question") + (f", {len(silent)} without an answer" if silent else "")
    figures = (
        figure("questions asked", float(len(questions)), rows=asked),
        figure(
            "questions without an answer",
            float(len(silent)),
            rows=unanswered,
            n=len(questions),
            verdict=Verdict.WATCH if silent else Verdict.OK,
        ),
    )
    return _Part((words,), figures, tuple(sorted(asked, key=lambda each: each not in unanswered)))


def _opened(issues: Sequence[Issue], period: Period) -> _Part:
    lines = tuple(_issue(each, period) for each in issues)
    figures = (figure("issues with feedback", float(len(issues)), rows=lines),)
    return _Part((plural(len(issues), "issue"),), figures, lines)


def _question(each: Question, period: Period) -> str:
    answers = plural(each.answers, "answer") if each.answers else "no answer"
    return " ".join(
        part for part in (f"{dated(each.at, period)}, {answers}: {cut(each.text, SHOWN)}", each.link) if part
    )


def _issue(each: Issue, period: Period) -> str:
    state = "" if each.is_open else ", closed"
    return f"{dated(each.at, period)}{state}: {each.name} {cut(each.title, SHOWN)} {each.link}"


def _table(questions: list[Question], issues: list[Issue], period: Period) -> Table | None:
    rows = [
        *((each.at, "question", each.text, f"{each.answers} answers", each.link or "") for each in questions),
        *(
            (each.at, each.name, each.title, "open" if each.is_open else "closed", each.link)
            for each in issues
        ),
    ]
    if not rows:
        return None
    return Table(
        ("at", "what", "text", "state", "link"),
        tuple(
            (f"{wall(at, period.zone):%Y-%m-%d %H:%M}", what, cut(text, _SENTENCE), state, link)
            for at, what, text, state, link in rows
        ),
    )
