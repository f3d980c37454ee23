"""Answers to commands, for the one who asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.incidents.cards.card import SHOW
from bot.incidents.cards.words import STATUS_LABELS, entry_line, head, titled
from bot.incidents.model.incident import Entry, Incident
from bot.mrkdwn import channel, user
from bot.slack.blocks import Block, Content, button, context, section

PICK = "incident.pick"
EDIT_ENTRY = "incident.edit_entry"
# Slack takes 50 blocks; twenty lines are what a phone shows without losing the reader.
LISTED = 20
PICKED = 5
TIMELINE_PAGE = 40
TIMELINE_LINE = 1000
# Slack refuses a message whose blocks hold more than about 13,000 characters together.
TIMELINE_CHARACTERS = 10_000
_BUTTON_VALUE = 1900


def declared(incident: Incident) -> Content:
    """It is saved. What follows (room, announcement, pages) is on its way."""
    text = f"{head(incident)} is declared."
    return Content(
        text, (section(f":white_check_mark: {titled(incident)}"), context(_what_follows(incident)))
    )


def _what_follows(incident: Incident) -> str:
    if incident.private:
        return "Saved. A private room is opening; you will be invited."
    if incident.room.kind == "thread":
        return "Saved. It is worked on in the thread of its announcement."
    return "Saved. Its room is opening; you will be invited."


def open_list(incidents: Sequence[Incident]) -> Content:
    if not incidents:
        text = "No incident is open. To declare one, type: /incident"
        return Content(text, (section(text),))
    blocks: list[Block] = [_line(each) for each in incidents[:LISTED]]
    if len(incidents) > LISTED:
        blocks.append(context(f"… and {len(incidents) - LISTED} more."))
    return Content(f"Open incidents: {len(incidents)}", tuple(blocks))


def _line(incident: Incident) -> Block:
    commander = f"commander {user(incident.commander)}" if incident.commander else "nobody in command"
    room = f" · {channel(incident.room.channel)}" if incident.room.channel else ""
    status = STATUS_LABELS[incident.status]
    if incident.acknowledged_by is None:
        status += ", not acknowledged"
    text = f"{titled(incident, 200)}\n{status} · {commander}{room}"
    return section(text, accessory=button("Show", SHOW, str(incident.number)))


@dataclass(frozen=True)
class Again:
    """A command that waits for its incident: the subcommand, how it is typed with a number, and what was
    typed before and after the place of the number."""

    word: str
    usage: str
    before: str
    after: str

    def value(self, incident: Incident) -> str:
        """What a click on that incident carries out."""
        text = f"{self.before} {incident.name} {self.after}".strip()
        return json.dumps({"word": self.word, "rest": text}, ensure_ascii=False)


def which_one(message: str, incidents: Sequence[Incident], again: Again) -> Content:
    """The number was wrong or missing: those it may be, each a click that carries the command out."""
    typed = f"/incident {again.usage}"
    if not incidents:
        text = f"{message} There is none to pick from. With a number: {typed}"
        return Content(text, (section(text),))
    values = [again.value(each) for each in incidents[:PICKED]]
    # A long text does not fit into a button; the command is then typed again with the number.
    fits = all(len(value) <= _BUTTON_VALUE for value in values)
    text = f"{message} " + ("Pick it, or name it: " if fits else "Name it: ") + typed
    blocks: list[Block] = [section(text)]
    for each, value in zip(incidents[:PICKED], values, strict=True):
        blocks.append(section(titled(each), accessory=button("This one", PICK, value) if fits else None))
    if len(incidents) > PICKED:
        blocks.append(context(f"… and {len(incidents) - PICKED} more: /incident list shows them."))
    return Content(text, tuple(blocks))


def timeline(incident: Incident, entries: Sequence[Entry], page: int) -> Content:
    """Page 1 is the newest; within a page the oldest comes first."""
    pages = _pages(entries)
    page = min(max(1, page), len(pages))
    blocks: list[Block] = [section(f"*Timeline of {head(incident)}*")]
    for entry, line in pages[page - 1]:
        edit = button("Edit", EDIT_ENTRY, json.dumps([incident.number, entry.seq]))
        blocks.append(section(line, accessory=edit))
    if page < len(pages):
        more = f"Older entries: /incident timeline {incident.name} {page + 1}"
        blocks.append(context(f"Page {page} of {len(pages)}. {more}"))
    return Content(f"Timeline of {head(incident)}", tuple(blocks))


def _pages(entries: Sequence[Entry]) -> list[list[tuple[Entry, str]]]:
    """The entries with their lines, in pages that Slack takes."""
    pages: list[list[tuple[Entry, str]]] = [[]]
    characters = 0
    for entry in reversed(entries):
        line = entry_line(entry, TIMELINE_LINE)
        characters += len(line)
        if len(pages[-1]) == TIMELINE_PAGE or characters > TIMELINE_CHARACTERS:
            pages.append([])
            characters = len(line)
        pages[-1].insert(0, (entry, line))
    return pages
