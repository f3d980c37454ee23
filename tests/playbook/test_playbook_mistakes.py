"""Every mistake is told with its line, its value and the nearest valid one."""

import json
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playbook import Playbook, PlaybookError, Problem, parse
from tests.mistakes import refusal

PEOPLE = "people:\n  ana: {slack: ana@example.com}\n  bo: {slack: U02BO}\n"
WATCH = "{rotate: [ana, bo], every: 1 week, starts: 2026-01-05 09:00}"
PERSON_WITH = "people: {ana: {slack: U01A,"
FIRST = f"schedules: {{first: {{layers: [{WATCH}]}}}}"


def said(text: str, **environ: str) -> list[str]:
    return str(refusal("version: 1\n" + dedent(text), **environ)).splitlines()


def test_a_problem_names_file_line_place_value_and_the_nearest_valid_one() -> None:
    error = refusal("version: 1\nseverities:\n  sev1:\n    also: [p1]\n    room: chanel\n")

    assert error.problems == (
        Problem(
            file="playbook.yaml",
            line=5,
            column=11,
            where="severities.sev1.room",
            value="chanel",
            message="is not one of channel, thread",
            suggestion="channel",
        ),
    )
    assert str(error) == (
        "playbook.yaml:5: severities.sev1.room: 'chanel' is not one of channel, thread. "
        "Did you mean 'channel'?"
    )


def test_an_address_is_not_repeated_where_it_is_wrong() -> None:
    [told] = said("people: {ana: {slack: U01A, contacts: {email: 'mailto:ana:hunter2@example.com'}}}")
    assert "hunter2" not in told
    assert "people.ana.contacts.email: is not an address" in told


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    error = refusal(
        dedent(
            """\
            version: 2
            timezone: Europe/Madird
            chanels: {}
            people:
              ana: {slack: ana@example.com, contacts: {sms: "${TWILO}"}}
              bo b: {slack: not an address}
            roles: {admn: [ana]}
            services: {shop: {owner: platfrom}}
            schedules:
              primary:
                layers:
                  - {rotate: [anna], every: weekly, starts: tomorrow}
            escalation:
              platform: {ladder: [{page: [schedule:primry]}, {after: 5, page: [an]}]}
            severities:
              sev1: {page: {path: platform, at_once: [primary]}, resolve_within: 1 hour}
            team: one
            team: two
            """
        ),
        TWILIO="x",
    )

    assert [(each.line, each.where, each.suggestion) for each in error.problems] == [
        (1, "version", None),
        (2, "timezone", "Europe/Madrid"),
        (3, "", "channels"),
        (5, "people.ana.contacts.sms", "${TWILIO}"),
        (6, "people", "bo-b"),
        (6, "people.bo b.slack", None),
        (7, "roles", "admin"),
        (8, "services.shop.owner", "platform"),
        (12, "schedules.primary.layers[0].rotate[0]", "ana"),
        (12, "schedules.primary.layers[0].every", "1 week"),
        (12, "schedules.primary.layers[0].starts", None),
        (14, "escalation.platform.ladder[0].page[0]", "schedule:primary"),
        (14, "escalation.platform.ladder[1].after", "5m"),
        (14, "escalation.platform.ladder[1].page[0]", "ana"),
        (16, "severities.sev1.page.at_once[0]", "schedule:primary"),
        (16, "severities.sev1.resolve_within", "1h"),
        (18, "", None),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "team: Ops\n", "version:\n"])
def test_a_playbook_without_a_version_is_told_to_begin_with_one(text: str) -> None:
    assert "version: is missing: write `version: 1` on the first line" in str(refusal(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version: 1\nteam:\n\t- x\n", "playbook.yaml:3: not valid YAML: a tab is used for indentation"),
        ("version: 1\n\tteam: x\n", "playbook.yaml:2: not valid YAML: a tab is used for indentation"),
        ("a:\n  b: 1\n c: 2\n", "playbook.yaml:3: not valid YAML: the indentation does not match"),
        ("version: 1\nteam: a: b\n", "playbook.yaml:2: not valid YAML: a second ': ' in one line"),
        ("version: 1\nroles: {admin: [ana\n", "playbook.yaml:3: not valid YAML"),
        ("version: 1\nteam: 'x\n", "playbook.yaml:3: not valid YAML: found unexpected end of stream"),
        ("version: 1\n---\nversion: 1\n", "playbook.yaml:2: not valid YAML: only one document"),
        ("version: 1\nteam: \x01\n", "playbook.yaml:2: a character that YAML does not allow"),
        ("version: 1\nteam: @x\n", "playbook.yaml:2: not valid YAML: found character '@'"),
        ("version: 1\nteam: *x\n", "playbook.yaml:2: not valid YAML: found undefined alias 'x'"),
        ("- version\n", "playbook.yaml:1: a playbook is a mapping"),
        ("just words\n", "playbook.yaml:1: a playbook is a mapping"),
        ("version: 1\nteam: !!python/name:os.system x\n", "playbook.yaml:2: team: 'x' is marked with"),
        ("version: 1\npeople: &a {x: *a}\n", "playbook.yaml:2: people.x: contains itself"),
        ("version: 1\nchecks: &a {<<: *a}\n", "playbook.yaml:2: checks: <<: takes a mapping"),
        ("version: 1\n{{ team }}: x\n", "playbook.yaml:2: a key must be plain text"),
        ("[" * 1000, "playbook.yaml:1: nested too deeply"),
    ],
)
def test_what_is_not_a_playbook_is_refused_with_its_line(text: str, expected: str) -> None:
    assert str(refusal(text)).startswith(expected)


@pytest.mark.parametrize(("first", "more"), [("[x]", "[{}]"), ("{}", "{{<<: [{}]}}")])
def test_a_thousandfold_alias_is_refused_before_it_fills_the_memory(first: str, more: str) -> None:
    levels = [f"  a{n}: &a{n} {more.format(', '.join([f'*a{n - 1}'] * 9))}" for n in range(1, 12)]
    text = "\n".join(["version: 1", "checks:", f"  a0: &a0 {first}", *levels])

    assert "mind the aliases" in str(refusal(text))


def test_a_key_given_twice_names_both_lines() -> None:
    assert said("people:\n  ana: {slack: U01A}\n  bo: {slack: U01B}\n  ana: {slack: U01C}\n") == [
        "playbook.yaml:5: people: 'ana' is given twice, first in line 3"
    ]


def test_a_channel_without_quotes_is_a_comment_and_must_not_pass_for_a_default() -> None:
    incidents, alerts = said("channels:\n  incidents: #war-room\n  alerts: prod\n")

    assert incidents.startswith("playbook.yaml:3: channels.incidents: is empty: outside of quotes # begins a")
    assert alerts.startswith("playbook.yaml:4: channels.alerts: 'prod' is not a channel")
    assert alerts.endswith("Did you mean '#prod'?")


def test_a_block_in_the_wrong_place_is_reported_at_its_key() -> None:
    assert said("severities:\n  sev1:\n    room:\n      - channel\n") == [
        "playbook.yaml:4: severities.sev1.room: is not one of channel, thread"
    ]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("people: [ana]", "people: must be a mapping of keys to values"),
        ("people: {ana: {}}", "people.ana.slack: is missing"),
        ("people: {ana: }", "people.ana: must be a mapping of keys to values"),
        ("people: {ana: {slack: ana}}", "'ana' is neither an e-mail address nor a member id such as U02BO"),
        (
            "people: {ana: {slack: U01A, contacts: {sms: 555}}}",
            "people.ana.contacts.sms: is not an address such as mailto",
        ),
        (f"{PERSON_WITH} contacts: {{slack: 'x://y'}}}}}}", "'slack' needs no contact: the key `slack`"),
        (
            f"{PERSON_WITH} notify: evenings}}}}",
            "people.ana.notify: 'evenings' is not in notify, which is empty",
        ),
        (
            f"{PERSON_WITH} notify: [{{via: smss}}]}}}}",
            "notify[0].via: 'smss' is no way to reach anybody: slack,",
        ),
        (f"{PERSON_WITH} notify: [{{via: smss}}]}}}}", "Did you mean 'sms'?"),
        (f"{PERSON_WITH} notify: []}}}}", "people.ana.notify: must not be empty"),
        (f"{PERSON_WITH} notify: 5}}}}", "people.ana.notify: '5' must be a list"),
        (f"{PERSON_WITH} quiet: {{from: '22:00', to: '22:00'}}}}}}", "people.ana.quiet: would never end"),
        (f"{PERSON_WITH} quiet: {{from: '22:00'}}}}}}", "people.ana.quiet.to: is missing"),
        ("notify: {default: [{after: 2m, vai: sms}]}", "'vai' is not a key here. Did you mean 'via'?"),
        ("notify: {default: [{after: 2m}]}", "notify.default[0].via: is missing"),
        ("notify: {default: [{via: [sms, 5]}]}", "must be a way to reach somebody, or a list of them"),
        ("notify: {default: [{via: sms, after: 2}]}", "notify.default[0].after: '2' is not a duration"),
        ("notify: {default: [{via: sms}, {via: [push, sms]}]}", "notify.default: names sms more than once"),
        ("notify: {default: [{via: sms, after: 2m}, {via: push}]}", "notify.default: goes back in time"),
        (
            f"{PERSON_WITH} contacts: {{emial: 'x://y'}}, notify: [{{via: sms}}]}}}}",
            "contacts: 'emial' is used by no `via` of `notify`. Did you mean 'email'?",
        ),
        ("people: {ana: {slack: U01A, timezone: Madrid}}", "Did you mean 'Europe/Madrid'?"),
        ("timezone: ../../etc/passwd", "timezone: '../../etc/passwd' is not a time zone"),
        ("timezone: 3", "timezone: '3' is not a time zone such as Europe/Madrid"),
        ("channels: {alerts: '#Prod'}", "names are in lower case. Did you mean '#prod'?"),
        ("team: [a]", "team: must be text; put it in quotes"),
        ("schedules: {x: {layers: []}}", "schedules.x.layers: must not be empty"),
        ("escalation: {p: {repeat: often, ladder: [{page: []}]}}", "repeat: 'often' must be a whole number"),
        ("escalation: {p: {repeat: -1, ladder: [{page: []}]}}", "repeat: '-1' must be at least 0"),
        ("escalation: {p: {repeat: 101, ladder: [{page: []}]}}", "repeat: '101' must be at most 100"),
        ("escalation: {p: {ladder: [{page: dee}]}}", "page: 'dee' must be a list, for example [a, b]"),
        ("severities: {}", "severities: must not be empty"),
        ("severities: {sev1: {status_page: maybe}}", "status_page: 'maybe' must be true or false"),
        ("severities: {sev1: {page: {}}}", "severities.sev1.page: pages nobody"),
        (
            "severities: {sev1: {page: {after: 5m}}}",
            "severities.sev1.page: has an `after` that needs a `path`",
        ),
        ("severities: {sev1: {update_every: 0m}}", "update_every: '0m' must be longer than nothing"),
        ("severities: {sev1: {update_every: 9999w}}", "update_every: '9999w' is longer than ten years"),
        ("severities: {sev1: {update_every: 5 minutes}}", "Did you mean '5m'?"),
        ("severities: {sev1: {update_every: 2 months}}", "is not a duration such as 90s, 5m, 2h, 1d or 1w"),
        ("severities: {sev1: {postmortem: {due: 5 bussiness days}}}", "Did you mean '5 business days'?"),
        ("severities: {sev1: {postmortem: {due: 0 business days}}}", "is not a number of business days"),
        ("severities: {sev1: {call: meet.example.com}}", "is not an address that begins with https://"),
        ("severities: {sev1: {call: 'https://x/{id}'}}", "may contain {number} and nothing else in braces"),
        ("severities: {sev1: {call: 'https://x/{'}}", "has a brace without its counterpart"),
        ("severities: {sev1: {}, SEV1: {}}", "severities: 'SEV1' is the same word as sev1"),
        (
            "severities: {sev1: {}, sev2: {also: [SEV1]}}",
            "severities.sev2.also[0]: 'SEV1' already stands for sev1",
        ),
        ("severities: {sev1: {also: [x]}, sev2: {also: [X]}}", "sev2.also[0]: 'X' already stands for sev1"),
        ("severities: {sev1: {posmortem: {}}}", "'posmortem' is not a key here. Did you mean 'postmortem'?"),
        ("severities: {sev1: {xyz: 1}}", "'xyz' is not a key here, only: also, means, page,"),
        ("incident_roles: [commander, 5]", "incident_roles: must be a list of names, or a mapping"),
        ("incident_roles: {commander: {duty: x}}", "'duty' is not a key here. Did you mean 'duties'?"),
        ("team: ${TEAM}", "team: '${TEAM}' needs TEAM, which is not set in the environment"),
        ("team: ${my team}", "contains ${ that is not ${NAME}; write $${ where it is meant as text"),
        ("team: ${my team:-x}", "contains ${ that is not ${NAME}"),
        ("team: ${TEAM", "contains ${ that is not ${NAME}"),
    ],
)
def test_a_wrong_value_is_answered_with_what_would_be_right(section: str, message: str) -> None:
    assert any(message in line and line.startswith("playbook.yaml:2: ") for line in said(section)), said(
        section
    )


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("{rotate: [], every: 1 day, starts: 2026-01-05}", "rotate: must not be empty"),
        (
            "{rotate: [[]], every: 1 day, starts: 2026-01-05}",
            "rotate[0]: must be a person, or a list of people",
        ),
        ("{rotate: [ana], every: 1w, starts: 2026-01-05}", "Did you mean '1 week'?"),
        ("{rotate: [ana], every: 2 wekes, starts: 2026-01-05}", "Did you mean '2 weeks'?"),
        ("{rotate: [ana], every: daily, starts: 2026-01-05}", "Did you mean '1 day'?"),
        ("{rotate: [ana], every: 0 days, starts: 2026-01-05}", "'0 days' must be between 1 and 1000"),
        ("{rotate: [ana], every: 7, starts: 2026-01-05}", "is not a number of hours, days, weeks or months"),
        (
            "{rotate: [ana], every: 1 day, starts: 2026-02-30}",
            "is not a date and time such as 2026-01-05 09:00",
        ),
        ("{rotate: [ana], every: 1 day, starts: 1969-01-01}", "must lie between 1970 and 2200"),
        ("{rotate: [ana], every: 1 day, starts: '2026-01-05 09:00Z'}", "leave the offset out"),
        (
            "{rotate: [ana], every: 1 day, starts: 2026-01-05, hours: [{from: 9, to: 17:00}]}",
            "not a time of day",
        ),
        (
            "{rotate: [ana], every: 1 day, starts: 2026-01-05, hours: [{from: 9:00}]}",
            "hours[0].to: is missing",
        ),
        (
            "{rotate: [ana], every: 1 day, starts: 2026-01-05, "
            "hours: [{days: sat-sum, from: 9:00, to: 17:00}]}",
            "names the day 'sum', which is not one of mon, tue, wed, thu, fri, sat, sun. Did you mean 'sun'?",
        ),
    ],
)
def test_a_wrong_layer_is_answered_with_what_would_be_right(layer: str, message: str) -> None:
    lines = said(f"{PEOPLE}schedules:\n  primary:\n    layers:\n      - {layer}\n")

    assert len(lines) == 1, lines
    assert message in lines[0]
    assert lines[0].startswith("playbook.yaml:8: schedules.primary.layers[0]")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("roles: {admin: [anna]}", "roles.admin[0]: 'anna' is not in people (ana, bo). Did you mean 'ana'?"),
        ("roles: {admin: [zoe]}", "roles.admin[0]: 'zoe' is not in people (ana, bo)"),
        ("services: {a: {owner: web}}", "services.a.owner: 'web' is not in escalation, which is empty"),
        (
            "services: {shop: {}, a: {depends_on: [shp]}}",
            "'shp' is not in services (shop, a). Did you mean 'shop'?",
        ),
        (
            f"{FIRST}\nescalation: {{p: {{ladder: [{{page: [schedule:frist]}}]}}}}",
            "'schedule:frist' is not in schedules (first). Did you mean 'schedule:first'?",
        ),
        (
            f"{FIRST}\nescalation: {{p: {{ladder: [{{page: [first]}}]}}}}",
            "is not a person or schedule:NAME: ana, bo, schedule:first. Did you mean 'schedule:first'?",
        ),
        (
            "escalation: {p: {ladder: [{page: [schedule:x]}]}}",
            "'schedule:x' is not in schedules, which is empty",
        ),
        ("severities: {sev1: {page: {path: p}}}", "severities.sev1.page.path: 'p' is not in escalation"),
    ],
)
def test_a_name_that_leads_nowhere_is_answered_with_the_nearest_one(section: str, message: str) -> None:
    lines = said(f"{PEOPLE}{section}\n")

    assert len(lines) == 1, lines
    assert lines[0].endswith(message) or message in lines[0]


def test_a_section_that_is_no_mapping_is_not_searched_for_names() -> None:
    assert said("people: 5\nroles: {admin: [ana]}\n") == [
        "playbook.yaml:2: people: '5' must be a mapping of keys to values"
    ]


def test_a_very_long_value_is_cut_in_the_message() -> None:
    (line,) = said(f"timezone: {'x' * 500}\n")

    assert len(line) < 200


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("version: 1\n\t-[]{}#&*!|>'\"%@,?<~${}ab2:  "), max_size=60))
def test_whatever_is_written_the_answer_is_a_playbook_or_problems(text: str) -> None:
    try:
        assert isinstance(parse(text, {}), Playbook)
        lines = {1}
    except PlaybookError as error:
        lines = {problem.line for problem in error.problems}
    assert lines
    assert lines <= set(range(1, text.count("\n") + 3))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(Playbook.model_fields)), VALUES)
def test_whatever_a_section_holds_the_answer_is_a_playbook_or_problems(section: str, value: object) -> None:
    text = json.dumps({"version": 1, section: value}, ensure_ascii=True)
    try:
        assert isinstance(parse(text, {}), Playbook)
    except PlaybookError as error:
        told = bool(error.problems)
    else:
        told = True
    assert told
