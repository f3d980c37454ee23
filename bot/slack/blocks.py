"""Block Kit, built by functions that keep Slack's limits so that nothing is refused for its length.

Limits: docs.slack.dev/reference/block-kit. Text given here is mrkdwn already; people's words go through
`bot.mrkdwn` first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.mrkdwn import cut

Block = dict[str, Any]
Element = dict[str, Any]
View = dict[str, Any]

SECTION_TEXT = 3000
# Slack takes 13,200 characters a message; the rest is for what stands around a list.
LIST_CHARACTERS = 10_000
BLOCKS_PER_VIEW = 100


@dataclass(frozen=True)
class Content:
    """A message's body. `text` is what notifications and screen readers get."""

    text: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Option:
    label: str
    value: str
    description: str = ""


def header(text: str) -> Block:
    return {"type": "header", "text": _plain(text, 150)}


def section(text: str, *, accessory: Element | None = None, block_id: str | None = None) -> Block:
    return _with({"type": "section", "text": _mrkdwn(text)}, accessory=accessory, block_id=block_id)


def listed(
    rows: Sequence[str], instead: str = ".", most: int | None = None, room: int = LIST_CHARACTERS
) -> list[Block]:
    """As few sections as hold the rows, none of them cut. What is more than `most` rows, or more than `room`
    characters, is counted, and `instead` says where it is to be had.
    """
    texts: list[str] = []
    more = 0
    for index, row in enumerate(cut(row, SECTION_TEXT) for row in rows):
        room -= len(row) + 1
        if room < 0 or index == most:
            more = len(rows) - index
            break
        if texts and len(texts[-1]) + 1 + len(row) <= SECTION_TEXT:
            texts[-1] += f"\n{row}"
        else:
            texts.append(row)
    left_out = [context(f"… and {more} more{instead}")] if more else []
    return [*(section(text) for text in texts), *left_out]


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Up to ten label/value pairs in two columns."""
    cells = [
        {"type": "mrkdwn", "text": cut(f"*{label}*\n{value}", 2000)} for label, value in list(pairs)[:10]
    ]
    return {"type": "section", "fields": cells}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Element, block_id: str | None = None) -> Block:
    return _with({"type": "actions", "elements": list(elements[:25])}, block_id=block_id)


def button(
    label: str,
    action: str,
    value: str = "-",
    *,
    style: Literal["primary", "danger"] | None = None,
    confirm: Element | None = None,
    url: str | None = None,
    spoken: str | None = None,
) -> Element:
    """`spoken`: what a screen reader says, where the label alone could be any of several."""
    element = {"type": "button", "text": _plain(label, 75), "action_id": action, "value": cut(value, 2000)}
    label_spoken = cut(spoken, 75) if spoken else None
    return _with(element, style=style, confirm=confirm, url=url, accessibility_label=label_spoken)


def confirm(title: str, text: str, yes: str, no: str = "Go back") -> Element:
    return {
        "title": _plain(title, 100),
        "text": {"type": "plain_text", "text": cut(text, 300)},
        "confirm": _plain(yes, 30),
        "deny": _plain(no, 30),
    }


def overflow(action: str, options: Sequence[Option]) -> Element:
    """Slack wants two to five options."""
    return {"type": "overflow", "action_id": action, "options": [_option(each) for each in options[:5]]}


def select(
    action: str, placeholder: str, options: Sequence[Option], *, initial: str | None = None
) -> Element:
    shown = [_option(each) for each in options[:100]]
    chosen = next((each for each in shown if each["value"] == initial), None)
    element = {
        "type": "static_select",
        "action_id": action,
        "placeholder": _plain(placeholder, 150),
        "options": shown,
    }
    return _with(element, initial_option=chosen)


def users_select(action: str, placeholder: str, *, initial: str | None = None) -> Element:
    element = {"type": "users_select", "action_id": action, "placeholder": _plain(placeholder, 150)}
    return _with(element, initial_user=initial)


def checkboxes(action: str, options: Sequence[Option]) -> Element:
    return {"type": "checkboxes", "action_id": action, "options": [_option(each) for each in options[:10]]}


def text_input(
    action: str,
    *,
    multiline: bool = False,
    initial: str | None = None,
    placeholder: str | None = None,
    max_length: int | None = None,
    focus: bool = False,
) -> Element:
    element: Element = {"type": "plain_text_input", "action_id": action, "multiline": multiline}
    if focus:
        element["focus_on_load"] = True
    return _with(
        element,
        initial_value=initial or None,
        placeholder=_plain(placeholder, 150) if placeholder else None,
        max_length=max_length,
    )


def datetime_picker(action: str, *, initial: int | None = None) -> Element:
    """`initial`: seconds since the epoch."""
    return _with({"type": "datetimepicker", "action_id": action}, initial_date_time=initial)


def date_picker(action: str, *, initial: date | None = None) -> Element:
    shown = initial.isoformat() if initial is not None else None
    return _with({"type": "datepicker", "action_id": action}, initial_date=shown)


def input_(label: str, element: Element, block_id: str, *, optional: bool = False, hint: str = "") -> Block:
    block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    return _with(block, hint=_plain(hint, 2000) if hint else None)


def modal(
    callback: str, title: str, submit: str | None, blocks: Sequence[Block], *, private: str = ""
) -> View:
    """`private`: up to 3000 characters handed back on submission; never shown."""
    view = {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title, 24),
        "close": _plain("Cancel" if submit else "Close", 24),
        "private_metadata": private,
        "blocks": list(blocks[:BLOCKS_PER_VIEW]),
    }
    return _with(view, submit=_plain(submit, 24) if submit else None)


def home(blocks: Sequence[Block]) -> View:
    return {"type": "home", "blocks": list(blocks[:BLOCKS_PER_VIEW])}


def help_text(title: str, usages: Sequence[tuple[str, str]]) -> Content:
    """`usages`: what to type, and what it does."""
    lines = [f"`{usage}`  {does}" for usage, does in usages]
    blocks: list[Block] = [section(f"*{title}*")]
    # Ten lines a section keeps each well under Slack's 3000 characters.
    blocks += [section("\n".join(lines[first : first + 10])) for first in range(0, len(lines), 10)]
    return Content(title, tuple(blocks))


def plainly(text: str) -> Content:
    return Content(text, (section(text),))


def _option(option: Option) -> Element:
    shown = {"text": _plain(option.label, 75), "value": cut(option.value, 150)}
    return _with(shown, description=_plain(option.description, 75) if option.description else None)


def _plain(text: str, limit: int) -> Element:
    # Slack refuses empty text; a dash is at least visible.
    return {"type": "plain_text", "text": cut(text, limit) or "-", "emoji": True}


def _mrkdwn(text: str) -> Element:
    return {"type": "mrkdwn", "text": cut(text, SECTION_TEXT) or "-"}


def _with(base: Mapping[str, Any], **extra: Any) -> dict[str, Any]:
    """`base` and those extras that are set."""
    return {**base, **{name: value for name, value in extra.items() if value is not None}}
