"""A report as people, spreadsheets and programs read it. WATCHBILL_GOLDEN=1 writes the golden files anew."""

import csv
import io
import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast, get_args

import pytest

from bot.playbook.reports import SectionName
from bot.reports.cards import detail, overview, screen, traced
from bot.reports.formats import FORMATS, as_csv, as_html, as_json, as_markdown
from bot.reports.model import Figure, Report, Saved, Section, Verdict
from bot.reports.sections import SECTIONS, SUMS
from bot.reports.sections.recommendations import recommendations
from bot.reports.sections.section import Wanted
from bot.reports.sections.verdict import verdict
from bot.reports.words import decision, shown, told
from bot.slack.blocks import Content
from tests.reports.a_week import WEEK, report, sections
from tests.second_opinion import judged

GOLDEN = Path(__file__).parent / "golden"


class Asked:
    """All that sums look at of what they are given."""

    period = WEEK


WANTED = cast("Wanted", Asked())


@pytest.fixture
def week() -> Report:
    found = sections()
    return report(verdict(WANTED, found), *found, recommendations(WANTED, found))


def compared(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("WATCHBILL_GOLDEN"):
        file.write_text(text)
    assert text == file.read_text()


def test_the_whole_report_as_markdown(week: Report) -> None:
    compared("weekly.md", as_markdown(week))


def test_the_screen_and_its_thread(week: Report) -> None:
    shown = [screen(week), *(detail(each) for each in week.sections)]
    blocks = [{"text": each.text, "blocks": list(each.blocks)} for each in shown]
    compared("weekly-in-slack.json", json.dumps(blocks, ensure_ascii=False, indent=1) + "\n")


def test_the_screen_is_one_screen_and_asks_one_thing(week: Report) -> None:
    text = json.dumps(screen(week).blocks, ensure_ascii=False)
    assert text.count("To decide") == 1
    assert "Act on: incidents, pages and next week" in text
    assert "Not connected: deployments." in text
    assert len(text) < 2500


def everything(week: Report) -> list[Content]:
    figures = [(part, each) for part in week.sections for each in part.figures]
    return [
        screen(week),
        *(detail(each) for each in week.sections),
        overview([Saved(n, week) for n in range(20)]),
        traced(week, figures[:5]),
    ]


def test_what_is_shown_keeps_to_slacks_limits_whatever_is_in_it(week: Report) -> None:
    odd = "<!channel> & *bold* `code` " + "long " * 200
    figures = tuple(Figure(odd, 1.0, odd, rows=(odd,) * 200, more_rows=9) for _ in range(40))
    worst = Section(odd, odd, Verdict.BAD, odd, figures, (odd,) * 100, decision=odd)
    crowded = replace(week, team=odd, sections=(replace(worst, name="verdict"), *(worst,) * 14))
    for content in [*everything(week), *everything(crowded)]:
        assert len(content.blocks) <= 50
        assert len(json.dumps(content.blocks, ensure_ascii=False)) < 13_000
        assert "<!channel>" not in json.dumps(content.blocks) + content.text
        assert list(judged(list(content.blocks))) == []


def test_the_decision_is_the_gravest_sections(week: Report) -> None:
    assert decision(week) == "No cause is on record for INC-30 (sev1): who finds out, and by when?"
    calm = Section("a", "A", Verdict.WATCH, decision="Later?")
    bad = Section("b", "B", Verdict.BAD, decision="Now?")
    assert decision(report(calm, bad)) == "Now?"
    assert decision(report(Section("c", "C"))) == ""


def test_a_verdict_names_what_to_act_on_and_what_is_not_known() -> None:
    fine, unknown = Section("a", "A", headline="fine"), Section("b", "B", Verdict.UNKNOWN, "no answer")
    assert verdict(WANTED, [fine]).headline == "a good week: everything is on target"
    found = verdict(WANTED, [fine, unknown])
    assert (found.verdict, found.headline) == (Verdict.UNKNOWN, "not known: b")
    assert verdict(WANTED, [Section("c", "C", connect="Add it")]).headline == "nothing is connected yet"


def test_a_report_says_which_edition_it_is_and_that_it_is_late() -> None:
    text = json.dumps(screen(report(edition=2, late_by=timedelta(hours=20))).blocks)
    assert "edition 2" in text
    assert "Late by 20 h: Watchbill was not running." in text
    assert "Late" not in json.dumps(screen(report(late_by=timedelta(seconds=40))).blocks)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure("Uptime", 99.9958, "%"), "Uptime: 99.996 %"),
        (Figure("Uptime", None, "%"), "Uptime: not known"),
        (Figure("Impact", 130.0, "min"), "Impact: 2 h 10 min"),
        (
            Figure("Incidents", 3.0, target="none", usual="1, from 0 to 2 in 8 weeks", n=3),
            "Incidents: 3 (target none, usually 1, from 0 to 2 in 8 weeks, n = 3)",
        ),
    ],
)
def test_a_figure_is_told_in_a_line(figure: Figure, expected: str) -> None:
    assert told(figure) == expected
    assert shown(figure) in expected


def test_a_spreadsheet_gets_numbers_and_no_formulas(week: Report) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(week))))
    assert ["average", "99.86"] in rows
    assert ["incidents", "Incidents sev1", "1", "", "none", "bad", ""] in rows
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1) | odd" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_a_program_gets_every_row_behind_a_figure(week: Report) -> None:
    found = json.loads(as_json(week))
    assert found["period"] == {
        "name": "2026-W47",
        "start": "2026-11-13T21:00:00+00:00",
        "end": "2026-11-20T21:00:00+00:00",
        "zone": "America/New_York",
    }
    counted = next(
        each for part in found["sections"] for each in part["figures"] if each["name"] == "Incidents sev1"
    )
    assert counted["rows"] == [
        "INC-30 sev1, Sun 15 Nov 16:00, over after 40 min: Checkout returns <500> & worse"
    ]


def test_a_page_needs_nothing_else_and_holds_what_people_typed_as_text(week: Report) -> None:
    page = as_html(week)
    assert "Checkout returns &lt;500&gt; &amp; worse" in page
    assert "<h1>Weekly report · Checkout · 2026-W47</h1>" in page
    assert not re.search(r"<(script|link|img)|src=|href=", page)


def test_whatever_the_playbook_may_ask_for_is_made_by_somebody() -> None:
    assert {*SECTIONS, *SUMS} == set(get_args(SectionName))
    assert not SECTIONS.keys() & SUMS.keys()


def test_each_form_is_named_once() -> None:
    assert list(FORMATS) == ["md", "json", "csv", "html"]
