"""Does an address answer, with what, and how soon?"""

import json
import math
from functools import lru_cache
from typing import Any

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import SECONDS, Finding, Verdict, number, span
from bot.checks.sources import LARGEST_PAGE, NoAnswerError, Reply, Sources
from bot.playbook.check_fields import shown_address
from bot.playbook.check_kinds import Http

# Shown of a value that was found at a JSON path: enough for a word, too little for somebody's data.
SHOWN = 40


async def ask(options: Http, question: Question, sources: Sources) -> Finding:
    reply = await sources.fetch(
        options.url,
        method=options.method,
        headers=options.headers,
        body=options.body,
        follow=options.follow,
        most=LARGEST_PAGE,
    )
    link = shown_address(options.url)
    answered = f"{reply.status} in {span(reply.took)}"
    failing = _failing(options, reply)
    if failing is not None:
        return Finding(failing, Verdict.FAIL, reply.took, SECONDS, link)
    if options.json_path is None:
        return Finding(answered, Verdict.OK, reply.took, SECONDS, link)
    found = _at(options.json_path, reply)
    if options.equals is not None:
        if found == options.equals:
            return Finding(
                f"{answered}, {options.json_path} is {_shown(found)}", value=reply.took, unit="s", link=link
            )
        text = f"{answered}: {options.json_path} is {_shown(found)}, not {_shown(options.equals)}"
        return Finding(text, Verdict.FAIL, reply.took, SECONDS, link)
    value = _number(found)
    if value is None:
        text = f"{answered}: {options.json_path} is {_shown(found)}, which is no number"
        return Finding(text, Verdict.FAIL, None, "", link)
    return Finding(
        f"{answered}, {options.json_path} is {number(value)}",
        value=value,
        unit=question.check.unit,
        link=link,
    )


def _failing(options: Http, reply: Reply) -> str | None:
    """What is not as it should be; nothing of the answer itself is repeated."""
    answered = f"{reply.status} in {span(reply.took)}"
    if reply.status not in options.expect:
        return f"{reply.status}, expected {_statuses(options.expect)}"
    if options.under is not None and reply.took > options.under.total_seconds():
        return f"{answered}, expected within {span(options.under.total_seconds())}"
    if options.contains is None and options.lacks is None:
        return None
    text = reply.body.decode("utf-8", "replace")
    where = "the answer" if reply.whole else "the first 1 MB of the answer"
    if options.contains is not None and options.contains not in text:
        return f"{answered}, but the expected text is not in {where}"
    if options.lacks is not None and options.lacks in text:
        return f"{answered}, but a text that must not be there is in {where}"
    if options.lacks is not None and not reply.whole:
        raise NoAnswerError("answered more than 1 MB, which was not read to its end")
    return None


def _statuses(statuses: frozenset[int]) -> str:
    families = {status // 100 for status in statuses}
    if len(families) == 1 and len(statuses) == 100:
        return f"{families.pop()}xx"
    return " or ".join(str(each) for each in sorted(statuses)[:5])


@lru_cache(maxsize=256)
def _compiled(path: str) -> Any:
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415  a parser generator: only where needed

    return parse(path)


def _at(path: str, reply: Reply) -> Any:
    found = _compiled(path).find(reply.json())
    if not found:
        raise NoAnswerError(f"there is nothing at {path} in the answer")
    return found[0].value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(found) else found


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


# Whoever asks whether a site answers is told no by its silence.
KIND = Kind("http", ask, silence=Verdict.FAIL)
