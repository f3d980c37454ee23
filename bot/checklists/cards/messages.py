"""What is said about a checklist beside its prompt."""

from collections.abc import Callable

from bot.checklists.cards.prompt import progress, titled
from bot.checklists.model import Run
from bot.incidents.cards.words import span
from bot.model import UserId
from bot.mrkdwn import said, user, when_dated
from bot.slack.blocks import Block, Content, Element, actions, button, section

TAKE = "checklist.take"
OPEN = "checklist.open"
# A reminder is read on a phone: the first few say enough.
ITEMS_NAMED = 5


def reminder(run: Run, link: str | None) -> Content:
    head = f":bell: {titled(run, emphasized=True)} waits for you: {progress(run)}, asked {_asked(run)}."
    return _with_items(run, head, _open(link))


def reminder_to_all(run: Run) -> Content:
    return _with_items(run, f":bell: Still open: {progress(run)}.", [])


def escalated(run: Run, link: str | None, shown: Callable[[str], str]) -> Content:
    """To the next in line: they can take it over."""
    whose = ", ".join(shown(each) for each in run.people) or "nobody"
    head = (
        f":bell: {titled(run, emphasized=True)} is not done: {progress(run)}, asked {_asked(run)} of {whose}."
        " You are next in line."
    )
    take = button("I take it", TAKE, f"{run.id}:-1", style="primary")
    return _with_items(run, head, [take, *_open(link)])


def nobody_left(run: Run, link: str | None) -> Content:
    head = f":warning: {titled(run, emphasized=True)} is not done: {progress(run)}, asked {_asked(run)}."
    return _with_items(run, f"{head} There is nobody further to ask.", _open(link))


def handed(run: Run, by: UserId, link: str | None) -> Content:
    head = f"{user(by)} hands you {titled(run, emphasized=True)}: {progress(run)}, asked {_asked(run)}."
    return _with_items(run, head, _open(link))


def overdue(run: Run, item: int, shown: Callable[[str], str]) -> Content:
    within = run.items[item].within
    people = " ".join(shown(each) for each in run.people)
    after = f" after {span(within)}" if within else ""
    text = f":hourglass: {people} “{said(run.items[item].text, 300)}” is not answered{after}."
    text = " ".join(text.split())
    return Content(text, (section(text),))


def _asked(run: Run) -> str:
    return when_dated(run.started_at)


def _open(link: str | None) -> list[Element]:
    return [button("Open it", OPEN, url=link)] if link else []


def _with_items(run: Run, head: str, buttons: list[Element]) -> Content:
    unsettled = run.unsettled
    lines = [f"• {said(run.items[n].text, 200)}" for n in unsettled[:ITEMS_NAMED]]
    if len(unsettled) > ITEMS_NAMED:
        lines.append(f"… and {len(unsettled) - ITEMS_NAMED} more")
    blocks: list[Block] = [section("\n".join([head, *lines]))]
    if buttons:
        blocks.append(actions(*buttons))
    return Content(head, tuple(blocks))
