"""The reports of the five guides' playbooks, of a first week in which nothing is connected yet."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bot.checks.sources import Access
from bot.db import Database
from bot.people.directory import Directory
from bot.playbook import PlaybookFile, load
from bot.reports.model import Verdict
from bot.reports.sections import SECTIONS
from bot.reports.sections.section import Wanted
from bot.slack.gateway import Slack
from tests.reports.wanting import Kept, wanted

PLAYBOOKS = sorted((Path(__file__).parents[2] / "playbooks").glob("[a-e]-*.yaml"))
# What only the bot as a whole can tell.
OF_PEOPLE = {"pages", "checklists", "actions", "next_week", "incidents", "feedback"}


def asking(database: Database, file: Path, report: str) -> Wanted:
    """As the bot would, if nothing listened where GitHub is."""
    playbook = load(file, {})
    nothing = wanted(database, access=Access(github_api="http://127.0.0.1:9"), slack=cast("Slack", None))
    context = replace(
        nothing.context,
        playbook=cast("PlaybookFile", Kept(playbook)),
        directory=cast("Directory", None),
    )
    return replace(nothing, context=context, options=playbook.reports[report])


@pytest.mark.parametrize("file", PLAYBOOKS, ids=lambda file: file.stem[:1])
async def test_every_section_of_machines_is_unknown_or_says_what_to_connect(
    sqlite_database: Database, file: Path
) -> None:
    reports = load(file, {}).reports
    assert reports
    for name, options in reports.items():
        asked = asking(sqlite_database, file, name)
        for each in options.sections:
            if each in SECTIONS and each not in OF_PEOPLE:
                found = await SECTIONS[each](asked)
                fine = found.connect or found.verdict is Verdict.UNKNOWN
                assert fine or each == "alerts", (name, each, found.headline)
        await asked.sources.close()
