"""A page as it leaves for other places than Slack: short and plain, for a text message or a lock screen."""

from zoneinfo import ZoneInfo

from bot.delivery.transports.transport import Outgoing
from bot.mrkdwn import cut, one_line
from bot.paging.model import Page

# A text message has room for 160 characters in all.
TITLE = 100


def outgoing(page: Page, *, link: str | None, zone: ZoneInfo) -> Outgoing:
    """What a provider is given. `zone`: the person's own clock."""
    subject = page.subject
    text = f"You are paged ({page.why}), {page.made_at.astimezone(zone):%H:%M %Z}."
    if subject.room_name:
        text += f"\nRoom: #{subject.room_name}"
    return Outgoing(subject.ref, subject.severity, cut(one_line(subject.title), TITLE), text, link)
