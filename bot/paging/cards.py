"""What a paged person sees."""

from bot.mrkdwn import bold, channel, one_line, said, user, when
from bot.paging.model import Page, PageState
from bot.slack.blocks import Block, Content, actions, button, context, section

ACKNOWLEDGE = "page.acknowledge"
DECLINE = "page.decline"
ESCALATE = "page.escalate"


def page_card(page: Page) -> Content:
    """The direct message: what, how bad, where, and one button. It loses the button once answered."""
    subject = page.subject
    head = f"{subject.ref} · {subject.severity}"
    room = f"\nWork on it in {channel(subject.room)}" if subject.room else ""
    if page.state is PageState.OPEN:
        text = f"You are paged: {head} · {said(one_line(subject.title), 200)}"
        blocks: list[Block] = [
            section(f":rotating_light: *You are paged:* {head}\n{bold(subject.title)}{room}"),
            actions(
                button("Acknowledge", ACKNOWLEDGE, str(page.id), style="primary"),
                button("I can't, next please", DECLINE, str(page.id)),
            ),
            context(f"You are paged because you are {page.why}. Since {when(page.made_at)}")
            if page.why.startswith("on call")
            else context(f"Paged: {page.why}. Since {when(page.made_at)}"),
        ]
        return Content(text, tuple(blocks))
    outcome = _outcome(page)
    shown: list[Block] = [section(f"{head}\n{bold(subject.title)}{room}"), context(outcome)]
    if page.state is PageState.ACKNOWLEDGED and page.answered_by == page.user:
        shown.append(actions(button("Escalate", ESCALATE, str(page.id))))
    return Content(f"{head} · {said(one_line(subject.title), 200)}: {outcome}", tuple(shown))


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
