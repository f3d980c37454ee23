"""Who is on call, as people see it."""

from collections.abc import Callable, Sequence

from bot.mrkdwn import bold, when_dated
from bot.oncall.model import Watch
from bot.slack.blocks import Content, section


def lines(watches: Sequence[Watch], shown: Callable[[str], str]) -> list[str]:
    """`shown` turns a playbook name into a mention."""
    found = []
    for watch in watches:
        people = ", ".join(shown(person) for person in watch.people) or "*nobody*"
        until = f", until {when_dated(watch.until)}" if watch.until else ""
        found.append(f"{bold(watch.schedule)}: {people}{until}")
    return found


def on_now(watches: Sequence[Watch], shown: Callable[[str], str]) -> Content:
    if not watches:
        text = "There are no schedules yet. Add `schedules` to the playbook and run /ops reload"
        return Content(text, (section(text),))
    return Content("Who is on call", (section("\n".join(lines(watches, shown))),))
