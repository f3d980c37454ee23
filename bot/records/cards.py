"""Records in Slack."""

from collections.abc import Sequence

from bot.mrkdwn import escape, said, user, when_dated
from bot.records.model import BUDGET_MARKS, Entry, Kind, Record, Warned, monthly_minutes
from bot.slack.blocks import Content, context, section

USAGE = (
    ("record capacity cpu=45% connections=120/200", "what is in use"),
    ("record cost 1234 of 2000", "what was spent this month; of another one: `for 2026-10`"),
    ('record toil "Log rotation" 15m daily', "what is done by hand; `automate 2d`: what ending it takes"),
    ('record toil "Log rotation" gone', "nobody has to do it any more"),
    ("record change tomorrow 02:00 2h Upgrade the database", "what is planned"),
    ("record undo", "takes back what you entered last"),
)

_TOLD_BY = dict.fromkeys(Kind, "Reports tell of it.") | {
    Kind.CHANGE: "The weekly report before it and the handoff notes tell of it."
}


def entered(entries: Sequence[Entry]) -> Content:
    lines = "\n".join(f"• {shown(each, 300)}" for each in entries)
    return Content(
        "Recorded",
        (
            section(f"Recorded:\n{lines}"),
            context(f"{_TOLD_BY[entries[0].kind]} To take it back: `/ops record undo`"),
        ),
    )


def undone(record: Record) -> Content:
    text = f"Taken back: {shown(record.entry, 300)}"
    return Content(text, (section(text),))


def overview(found: Sequence[Record]) -> Content:
    """What was entered last, and how to enter more."""
    usage = "\n".join(f"• `/ops {escape(how)}`: {escape(does).replace('`', '')}" for how, does in USAGE)
    lines = "\n".join(f"• {when_dated(each.at)}, {user(each.by)}: {shown(each.entry, 200)}" for each in found)
    return Content(
        "What people record",
        (section(f"*What no machine knows*\n{usage}"), section(lines or "Nothing is recorded yet.")),
    )


def budget_warning(warned: Warned, record: Record, currency: str) -> Content:
    """To everybody; struck out once the record is taken back."""
    spent, of = f"{record.entry.value:,.10g}", f"{warned.budget:,.10g} {currency}".rstrip()
    share = f"{100 * record.entry.value / warned.budget:.0f} %"
    head = f"{warned.month} is past {100 * warned.mark:g} % of its budget"
    text = (
        f"{spent} of {said(of, 60)} spent ({share}), entered by {user(record.by)} at {when_dated(record.at)}"
    )
    if record.gone_at is not None:
        gone = f"~{head}~: taken back at {when_dated(record.gone_at)}"
        return Content(f"Taken back: {head}", (section(gone), context(f"It said: {text}")))
    marks = " and ".join(f"{100 * mark:g}" for mark in reversed(BUDGET_MARKS))
    once = f"Said once each at {marks} % in a month. What was spent since: `/ops record cost`"
    return Content(head, (section(f":warning: *{head}*\n{text}"), context(once)))


def shown(entry: Entry, limit: int) -> str:
    """In Slack: a change at its time on the reader's clock; at most `limit` characters of words."""
    if entry.begins_at is None:
        return said(in_words(entry), limit)
    return f"{when_dated(entry.begins_at)}, {_length(entry)}: {said(entry.name, limit)}"


def in_words(entry: Entry) -> str:
    """`cpu 45 %`, `connections 120 of 200 (60 %)`, `2026-11: 1234 of 2000 (62 %)`."""
    match entry.kind:
        case Kind.CAPACITY:
            if entry.of is None:
                return f"{entry.name} {entry.value * 100:g} %"
            return f"{entry.name} {entry.value:g} of {entry.of:g} ({100 * entry.value / entry.of:.0f} %)"
        case Kind.COST:
            of = f" of {entry.of:,.10g} ({100 * entry.value / entry.of:.0f} %)" if entry.of else ""
            return f"spent in {entry.name}: {entry.value:,.10g}{of}"
        case Kind.TOIL:
            if not entry.value:
                return f"“{entry.name}” is gone"
            hours = monthly_minutes(entry) / 60
            effort = f", {entry.of / 60:g} h to automate" if entry.of else ""
            return f"“{entry.name}” {entry.value:g} min {entry.often}: {hours:.3g} h a month{effort}"
        case Kind.CHANGE:
            return f"{entry.begins_at:%Y-%m-%d %H:%M} UTC, {_length(entry)}: {entry.name}"


def _length(change: Entry) -> str:
    """`90 min`, `2 h`."""
    hours, minutes = divmod(change.value, 60)
    return f"{change.value:g} min" if minutes else f"{hours:g} h"
