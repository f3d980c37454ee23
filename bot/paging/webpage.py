"""A page as somebody sees it who opens its link: a small document for a phone at night. Pure.

It asks for nothing else, runs no script, and is the same in light and dark. What people typed is escaped.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.paging.model import Page, PageState

ACKNOWLEDGE = "acknowledge"
DECLINE = "decline"

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f23; --dim: #57606a; --ground: #fff; --line: #d0d7de;
  --go: #0b6b3a; --on-go: #fff; --alarm: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceff2; --dim: #a5b0bc; --ground: #12161b;
  --line: #3a434d; --go: #4ccb85; --on-go: #06210f; --alarm: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
.ref { margin: 0; font-weight: 600; color: var(--alarm); }
.ref.calm { color: var(--dim); }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
p { margin: 0 0 .75rem; overflow-wrap: anywhere; }
.dim { color: var(--dim); font-size: .9375rem; }
.state { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .75rem; }
form { display: grid; gap: .75rem; margin: 1.5rem 0; }
button { min-height: 3.5rem; padding: .5rem 1rem; border-radius: .75rem; border: 1px solid var(--line);
  background: transparent; color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
button.go { background: var(--go); border-color: var(--go); color: var(--on-go); }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing is loaded and no script runs, whatever stands in a title."""


@dataclass(frozen=True)
class Standing:
    """How things stand, beside what the page itself knows. `answered_by` and `taken_by` are names.

    `taken_by`: who has acknowledged the incident, if somebody has; `over_at`: when it ended.
    """

    answered_by: str | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    over_at: datetime | None = None


def page_document(page: Page, standing: Standing, zone: ZoneInfo, now: datetime) -> str:
    """The whole document; times are on the clock of `zone`."""
    subject = page.subject
    waits = page.state in (PageState.OPEN, PageState.UNREACHABLE) and standing.over_at is None
    calm = "" if waits and standing.taken_by is None else " calm"
    # What has no severity is only called by its name.
    head = " · ".join(part for part in (subject.ref, subject.severity) if part)
    rows = [
        f'<p class="ref{calm}">{escape(head)}</p>',
        f"<h1>{escape(subject.title)}</h1>",
        _state(page, standing, zone, now, waits=waits),
        _buttons(page, standing) if waits else "",
        f'<p class="dim">In Slack: #{escape(subject.room_name)}</p>' if subject.room_name else "",
        f'<p class="dim">Paged: {escape(page.person)} ({escape(page.why)}), '
        f"{_shown(page.made_at, zone, now)}.</p>",
    ]
    return _document(head, rows)


def notice(title: str, text: str) -> str:
    """A document that only says something."""
    return _document(title, [f"<h1>{escape(title)}</h1>", f"<p>{escape(text)}</p>"])


def _state(page: Page, standing: Standing, zone: ZoneInfo, now: datetime, *, waits: bool) -> str:
    text = _sentence(page, standing, zone, now) if not waits else _waiting(standing, zone, now)
    return f'<p class="state" role="status">{escape(text)}</p>'


def _waiting(standing: Standing, zone: ZoneInfo, now: datetime) -> str:
    if standing.taken_by is None:
        return "Nobody has acknowledged yet."
    at = f" since {_shown(standing.taken_at, zone, now)}" if standing.taken_at else ""
    return f"{standing.taken_by} has it{at}. You are called as well: to help, or to take over."


def _sentence(page: Page, standing: Standing, zone: ZoneInfo, now: datetime) -> str:
    at = f" at {_shown(page.answered_at, zone, now)}" if page.answered_at else ""
    who = standing.answered_by or "somebody"
    match page.state:
        case PageState.ACKNOWLEDGED:
            said = f"Acknowledged by {who}{at}."
        case PageState.DECLINED:
            said = f"Passed on by {who}{at}: the next in line is called."
        case _:
            ended = standing.over_at or page.answered_at
            return f"Over{f' since {_shown(ended, zone, now)}' if ended else ''}. Nothing is left to do here."
    if standing.over_at is not None:
        return f"{said} It is over since {_shown(standing.over_at, zone, now)}."
    return said


def _buttons(page: Page, standing: Standing) -> str:
    # Once somebody has it, only whoever is called for help is waited for.
    is_waited_for = standing.taken_by is None or page.state is PageState.OPEN
    decline = f'<button name="do" value="{DECLINE}">I can\'t, next please</button>' if is_waited_for else ""
    return (
        f'<form method="post"><button class="go" name="do" value="{ACKNOWLEDGE}">Acknowledge</button>'
        f"{decline}</form>"
    )


def _shown(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    here = at.astimezone(zone)
    day = "" if here.date() == now.astimezone(zone).date() else f"{here:%d %b} "
    return f"{day}{here:%H:%M}\u00a0{here:%Z}"


def _document(title: str, rows: list[str]) -> str:
    body = "\n".join(row for row in rows if row)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )
