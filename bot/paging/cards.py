"""What a paged person sees."""

from collections.abc import Sequence

from bot.contacts.model import SLACK
from bot.mrkdwn import bold, channel, escape, one_line, said, user, when
from bot.paging.model import Page, PageState
from bot.paging.notice import Notice, NoticeState
from bot.slack.blocks import Block, Content, actions, button, context, section

ACKNOWLEDGE = "page.acknowledge"
DECLINE = "page.decline"
ESCALATE = "page.escalate"


def page_card(page: Page, notices: Sequence[Notice] = ()) -> Content:
    """The direct message: what, how bad, where, and one button. It loses the button once answered.

    `notices`: the ways the page goes; those outside Slack are told as far as they were used.
    """
    subject = page.subject
    head = f"{subject.ref} · {subject.severity}" if subject.severity else subject.ref
    room = f"\nWork on it in {channel(subject.room)}" if subject.room else ""
    if page.state is PageState.OPEN:
        text = f"You are paged: {head} · {said(one_line(subject.title), 200)}"
        blocks: list[Block] = [
            section(f":rotating_light: *You are paged:* {head}\n{bold(subject.title)}{room}"),
            actions(
                button("Acknowledge", ACKNOWLEDGE, str(page.id), style="primary"),
                button("I can't, next please", DECLINE, str(page.id)),
            ),
            context(" · ".join(filter(None, (_reason(page), _elsewhere(notices))))),
        ]
        return Content(text, tuple(blocks))
    outcome = _outcome(page)
    shown: list[Block] = [section(f"{head}\n{bold(subject.title)}{room}"), context(outcome)]
    if page.state is PageState.ACKNOWLEDGED and page.answered_by == page.user:
        shown.append(actions(button("Escalate", ESCALATE, str(page.id))))
    return Content(f"{head} · {said(one_line(subject.title), 200)}: {outcome}", tuple(shown))


def _reason(page: Page) -> str:
    since = f"Since {when(page.made_at)}"
    if not page.subject.severity:
        return f"{user(page.made_by)} asks for you ({escape(page.why)}). {since}"
    if page.why.startswith("on call"):
        return f"You are paged because you are {escape(page.why)}. {since}"
    return f"Paged: {escape(page.why)}. {since}"


def _elsewhere(notices: Sequence[Notice]) -> str:
    others = [each for each in notices if each.method != SLACK]
    # One that was sent again, under another name, is told once.
    sent = dict.fromkeys(escape(each.method) for each in others if each.state is NoticeState.ACCEPTED)
    lost = dict.fromkeys(escape(each.method) for each in others if each.state is NoticeState.FAILED)
    said = [f"also sent by {', '.join(sent)}"] if sent else []
    said += [f"not delivered: {', '.join(lost)}"] if lost else []
    return " · ".join(said)


def _outcome(page: Page) -> str:
    at = when(page.answered_at) if page.answered_at else ""
    match page.state:
        case PageState.ACKNOWLEDGED if page.answered_by:
            return f":white_check_mark: Acknowledged by {user(page.answered_by)} at {at}"
        case PageState.DECLINED if page.answered_by:
            return f"{user(page.answered_by)} could not take it, at {at}"
        case PageState.OVER:
            return f"Over since {at}, before anybody acknowledged"
        case _:
            return f"{page.state} at {at}"
