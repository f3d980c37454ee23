"""Why there is a page: the rule, rung, layer, cover, ways, and what delivery made of it.

Pure, but for `facts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery import store as delivery
from bot.delivery.store import Delivery
from bot.model import UserId
from bot.oncall import store as oncall
from bot.oncall.cover import Cover
from bot.oncall.reason import Reason as OnCall
from bot.paging import store
from bot.paging.model import Page, PageState
from bot.paging.notice import Notice, NoticeState

# A page that was tried this often shows its first and last tries.
TRIES_SHOWN = 6


@dataclass(frozen=True)
class Voice:
    """How the answer is written: instants, people by name or by id, and words that somebody typed."""

    at: Callable[[datetime], str]
    person: Callable[[str], str]
    user: Callable[[UserId], str]
    said: Callable[[str], str]


@dataclass(frozen=True)
class Facts:
    """What is on record about one page. `deliveries`: the page's own lane and its notices'."""

    page: Page
    notices: tuple[Notice, ...]
    deliveries: tuple[Delivery, ...]
    covers: Mapping[int, Cover]


async def facts(connection: AsyncConnection, page: Page) -> Facts:
    """Look up what is on record about a page."""
    notices = await store.notices_of(connection, page.id)
    lanes = dict.fromkeys([page.key, *(each.effect_key for each in notices), f"timer:look:{page.id}"])
    deliveries = await delivery.history(connection, list(lanes))
    numbers = page.reason.on_call.covers if page.reason and page.reason.on_call else ()
    found = await oncall.by_number(connection, numbers)
    return Facts(page, tuple(notices), tuple(deliveries), {int(each.id): each for each in found})


def told(known: Facts, voice: Voice) -> list[str]:
    """The answer, a line for each fact, the first one its head."""
    page = known.page
    lines = [
        f"Page {page.id} to {voice.person(page.person)} about {page.subject.ref}, {voice.at(page.made_at)}"
    ]
    if page.reason is None:
        lines.append(f"because: {voice.said(page.why)} (made by an earlier release, which kept no more)")
    else:
        lines.append(f"rule: {voice.said(page.reason.rule)}, made by {voice.user(page.made_by)}")
        meant = _on_call(page.reason.on_call, known.covers, voice) if page.reason.on_call else page.why
        lines.append(f"target {voice.said(page.reason.target)}: {meant}")
    lines += [_way(each, voice) for each in known.notices]
    lines += [line for each in known.deliveries if (line := _delivery(each, voice))]
    return [*lines, _outcome(page, voice)]


def _on_call(reason: OnCall, covers: Mapping[int, Cover], voice: Voice) -> str:
    parts = [f"layer {reason.layer} of {reason.layers}" if reason.layer else "no layer has anybody then"]
    for number in reason.covers:
        cover = covers.get(number)
        if cover is None:
            parts.append(f"cover {number}")
            continue
        by = ", ".join(voice.person(each) for each in cover.override.by)
        absent = cover.override.instead_of
        whom = f" for {voice.person(absent)}" if absent else ""
        entered = f"entered by {voice.user(cover.made_by)} {voice.at(cover.override.made_at)}"
        parts.append(f"cover {number}: {by}{whom}, {entered}")
    if reason.planned != reason.people:
        planned = ", ".join(voice.person(each) for each in reason.planned) or "nobody"
        parts.append(f"without covers it would be {planned}")
    return "; ".join(parts)


def _way(notice: Notice, voice: Voice) -> str:
    said = f" ({voice.said(notice.said)})" if notice.said else ""
    parts = [f"by {voice.said(notice.method)}: meant for {voice.at(notice.due_at)}"]
    if notice.held:
        parts.append("held until then by quiet hours")
    if notice.tried_at:
        parts.append(f"tried {voice.at(notice.tried_at)}")
    match notice.state:
        case NoticeState.ACCEPTED:
            parts.append(f"accepted {voice.at(notice.accepted_at) if notice.accepted_at else ''}{said}")
        case NoticeState.FAILED:
            parts.append(f"failed{said}")
        case NoticeState.CALLED_OFF:
            parts.append("called off, for it was answered or over first")
        case NoticeState.WAITING:
            parts.append(f"waiting{said}")
    return ", ".join(parts)


def _delivery(found: Delivery, voice: Voice) -> str:
    """Only what the ways do not tell: more than one try, or one that is not done."""
    if len(found.tried) <= 1 and found.done_at is not None:
        return ""
    head = f"{found.kind}: {found.state}, due {voice.at(found.due_at)}"
    tries = [f"{voice.at(each.at)} {each.outcome} {voice.said(each.detail)}".strip() for each in found.tried]
    if len(tries) > TRIES_SHOWN:
        half = TRIES_SHOWN // 2
        tries = [*tries[:half], f"… {len(tries) - TRIES_SHOWN} more …", *tries[-half:]]
    return f"{head}; tried: {'; '.join(tries)}" if tries else f"{head}, not tried yet"


def _outcome(page: Page, voice: Voice) -> str:
    at = voice.at(page.answered_at) if page.answered_at else ""
    by = voice.user(page.answered_by) if page.answered_by else ""
    match page.state:
        case PageState.OPEN:
            return "nobody has answered it"
        case PageState.ACKNOWLEDGED:
            return f"acknowledged by {by} {at}"
        case PageState.DECLINED:
            return f"{by} could not take it, {at}"
        case PageState.OVER:
            return f"over {at}, before anybody acknowledged"
        case PageState.UNREACHABLE:
            return f"reached nobody, {at}"


def timers(found: Sequence[Delivery], voice: Voice) -> list[str]:
    """Timers as they stand: waiting, gone off, or taken back."""
    lines = []
    for each in found:
        ended = f", {voice.at(each.done_at)}" if each.done_at else ""
        lines.append(f"timer {each.kind}: {each.state}, due {voice.at(each.due_at)}{ended}")
    return lines
