import json
import os
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.oncall.model import Every, who
from bot.playbook import BusinessDays, Playbook, PlaybookError, PlaybookFile, load, parse, schema
from bot.playbook.check_fields import shown_address

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "playbooks" / "starter.yaml"
SHARED = Path(os.environ.get("WATCHBILL_SHARED", ROOT.parent / "shared"))

needs_example = pytest.mark.skipif(
    not (SHARED / "playbook.example.yaml").exists(), reason="the shared example is not here"
)


def read(text: str, **environ: str) -> Playbook:
    return parse("version: 1\n" + text, environ)


def test_an_empty_playbook_has_a_sensible_default_for_everything() -> None:
    playbook = read("")

    assert playbook.zone.key == "UTC"
    assert (playbook.channels.incidents, playbook.channels.alerts) == ("#incidents", "#prod-alerts")
    assert list(playbook.severities) == ["sev1", "sev2", "sev3", "sev4"]
    assert [each.room for each in playbook.severities.values()] == ["channel", "channel", "thread", "thread"]
    assert all(each.page is None for each in playbook.severities.values())
    assert playbook.severities["sev1"].acknowledge_within == timedelta(minutes=5)
    assert playbook.severities["sev2"].watch_after_fix == timedelta(hours=1)
    assert playbook.severities["sev4"].update_every is None
    assert list(playbook.incident_roles) == ["commander", "operations", "communications", "scribe"]
    assert all(role.duties for role in playbook.incident_roles.values())
    assert not any((playbook.people, playbook.services, playbook.schedules, playbook.escalation))


def test_sections_without_a_value_are_as_good_as_absent() -> None:
    empty = "\n".join(f"{name}:" for name in Playbook.model_fields if name != "version")

    assert read(empty) == read("")


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("sev1", "sev1"),
        ("SEV1", "sev1"),
        (" P2 ", "sev2"),
        ("s3", "sev3"),
        ("Critical", "sev1"),
        ("low", "sev4"),
    ],
)
def test_severities_are_known_by_many_words(word: str, severity: str) -> None:
    name, found = read("").severity(word)

    assert name == severity
    assert found == read("").severities[severity]


def test_a_word_that_is_no_severity_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        read("").severity("sev9")


def test_the_words_for_severities_are_listed_in_order() -> None:
    playbook = read("severities: {major: {also: [m1]}, sev2: {}, minor: {also: [high]}}")

    # `high` is taken, so that sev2 does without it.
    assert playbook.severity_words() == ("major", "m1", "sev2", "p2", "s2", "minor", "high")


def test_the_usual_severities_page_the_primary_schedule_once_there_is_one() -> None:
    people = "people: {ana: {slack: U01ANA}}\n"
    watch = "{layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]}"
    page = read(f"{people}schedules: {{backup: {watch}, primary: {watch}}}").severities["sev1"].page
    only = read(
        f"{people}schedules: {{web: {watch}}}\nescalation: {{front: {{ladder: [{{page: [ana]}}]}}}}"
    ).severities

    assert page is not None
    assert (page.at_once, page.path, page.after) == (["schedule:primary"], None, None)
    assert only["sev2"].page is not None
    assert (only["sev2"].page.at_once, only["sev2"].page.path) == (["schedule:web"], "front")
    assert only["sev3"].page is None


def test_the_starter_playbook_is_whole() -> None:
    playbook = load(STARTER, {})

    assert list(playbook.people) == ["ana", "bo", "chen", "dee", "eli"]
    monday = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
    assert who(playbook.rotation("primary"), monday) == ("ana",)
    assert who(playbook.rotation("secondary"), monday) == ("bo",)
    assert [rung.after for rung in playbook.escalation["platform"].ladder][1:] == [
        timedelta(minutes=5),
        timedelta(minutes=10),
        timedelta(minutes=30),
    ]


@needs_example
def test_the_example_of_the_design_can_be_used_as_it_is() -> None:
    playbook = load(SHARED / "playbook.example.yaml", {"TWILIO_URL": "twilio://id:token@x"})

    assert playbook.severities["sev3"].means == "Degraded, a workaround exists"
    assert playbook.severities["sev2"].postmortem is not None
    assert playbook.severities["sev2"].postmortem.due == BusinessDays(5)
    weekend, saturday = playbook.schedules["primary"].layers[1].hours[0], frozenset({5, 6})
    assert (weekend.days, weekend.start, weekend.end) == (saturday, time(10), time(18))
    assert playbook.people["ana"].contacts["sms"] == "twilio://id:token@x/+15550101"
    assert playbook.checks["site-up"].every == timedelta(minutes=1)


def test_a_schedule_keeps_the_playbooks_zone_unless_it_has_its_own() -> None:
    playbook = read(
        """
timezone: Europe/Madrid
people: {ana: {slack: ana@example.com}}
schedules:
  here: {layers: [{rotate: [ana, [ana]], every: 12 hours, starts: "2026-01-05 09:00:00"}]}
  there: {timezone: Asia/Kolkata, layers: [{rotate: [ana], every: 1 month, starts: 2026-01-05T09:00}]}
"""
    )

    assert playbook.schedules["here"].zone.key == "Europe/Madrid"
    assert playbook.rotation("there").zone.key == "Asia/Kolkata"
    assert playbook.rotation("here").layers[0].rotate == (("ana",), ("ana",))
    assert playbook.rotation("here").layers[0].every == Every(12, "hours")
    assert playbook.rotation("there").layers[0].starts == datetime.fromisoformat("2026-01-05 09:00")


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat,sun", {5, 6}),
        ("fri-mon", {4, 5, 6, 0}),
        ("Monday, wed-thu", {0, 2, 3}),
        ("[mon, sat-sun]", {0, 5, 6}),
        ("daily", set(range(7))),
        (None, set(range(7))),
    ],
)
def test_days_are_written_as_people_say_them(days: str | None, numbers: set[int]) -> None:
    line = f"days: {days if days is None or days.startswith('[') else json.dumps(days)}, " if days else ""
    playbook = read(
        "people: {ana: {slack: U01ANA}}\nschedules: {x: {layers: [{rotate: [ana], every: 1 day, "
        f"starts: 2026-01-05, hours: [{{{line}from: 22:00, to: '24:00'}}]}}]}}}}"
    )

    (hours,) = playbook.schedules["x"].layers[0].hours
    assert (hours.days, hours.start, hours.end) == (frozenset(numbers), time(22), time(0))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("1w", timedelta(weeks=1)),
        ("5 business days", BusinessDays(5)),
        ("1 business day", BusinessDays(1)),
    ],
)
def test_durations_are_written_with_their_unit(written: str, expected: timedelta | BusinessDays) -> None:
    postmortem = (
        read(f"severities: {{sev1: {{postmortem: {{due: {written}}}}}}}").severities["sev1"].postmortem
    )

    assert postmortem is not None
    assert postmortem.due == expected


def test_incident_roles_are_a_list_or_carry_their_duties() -> None:
    listed = read("incident_roles: [commander, driver]").incident_roles
    mapped = read(
        "incident_roles:\n  commander:\n  driver: Drives.\n  scribe: {duties: Writes.}"
    ).incident_roles

    assert listed["commander"] == read("").incident_roles["commander"] == mapped["commander"]
    assert listed["driver"].duties == ""
    assert (mapped["driver"].duties, mapped["scribe"].duties) == ("Drives.", "Writes.")


def test_a_role_that_nobody_holds_is_everyones() -> None:
    playbook = read("people: {ana: {slack: U01ANA}, bo: {slack: U02BO}}\nroles: {admin: [ana], manager: []}")

    assert playbook.may("ana", "admin")
    assert not playbook.may("bo", "admin")
    assert not playbook.may(None, "admin")
    assert playbook.may("bo", "manager")
    assert playbook.may(None, "responder")


# The environment


def test_names_are_taken_from_the_environment_wherever_they_stand() -> None:
    playbook = read(
        "team: ${TEAM} of ${CITY}\nchecks: {a: {http: {url: '${BASE}/health'}}}",
        TEAM="Ops",
        CITY="Bonn",
        BASE="http://x",
    )

    assert playbook.team == "Ops of Bonn"
    assert playbook.checks["a"].http is not None
    assert playbook.checks["a"].http.url == "http://x/health"


def test_a_default_stands_in_for_what_is_not_set_or_empty() -> None:
    text = (
        "team: '${TEAM:-Ops} of ${CITY:-}'\nchecks: {a: {http: {url: '${SITE:-https://app.example.com/x}'}}}"
    )
    for environ in ({}, {"TEAM": "", "SITE": ""}):
        playbook = read(text, **environ)
        assert playbook.team == "Ops of "
        assert playbook.checks["a"].http is not None
        # A default is no secret: the address is shown where it leads to.
        assert shown_address(playbook.checks["a"].http.url) == "https://app.example.com/x"
    playbook = read(text, TEAM="Web", CITY="Bonn", SITE="http://example.com/")
    assert playbook.team == "Web of Bonn"
    assert playbook.checks["a"].http is not None
    assert playbook.checks["a"].http.url == "http://example.com/"
    assert shown_address(playbook.checks["a"].http.url) is None


def test_a_doubled_dollar_is_plain_text() -> None:
    assert read("team: $${TEAM} costs $5 or $$5").team == "${TEAM} costs $5 or $$5"


def test_what_the_environment_holds_is_never_shown() -> None:
    text = (
        "people: {ana: {slack: '${SECRET}', contacts: {sms: 'sms://${SECRET}'}}}\n"
        "checks: {a: {http: {url: 'http://${SECRET}/', headers: {token: '${SECRET}'}}}}\n"
    )
    playbook = read(text, SECRET="hunter2@example.com")
    shown = [repr(playbook), str(playbook), repr(playbook.people), repr(playbook.checks)]

    with pytest.raises(PlaybookError) as refusal:
        read(text + "rolse: {}\nseverities: {sev1: {room: '${SECRET}'}}", SECRET="hunter2")

    assert playbook.people["ana"].contacts["sms"] == "sms://hunter2@example.com"
    assert "hunter2" not in " ".join(shown[:2] + shown[3:])
    assert "hunter2" not in f"{refusal.value} {refusal.value!r} {refusal.value.problems}"
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__


# YAML as people write it


def test_anchors_and_merges_work_and_the_mapping_itself_wins() -> None:
    playbook = read(
        """
severities:
  sev1: &high {also: [a], room: thread, update_every: 5m}
  sev2: {<<: *high, also: [b], room: channel}
  sev3: {<<: [{also: [c], status_page: true}, *high]}
"""
    )
    second, third = playbook.severities["sev2"], playbook.severities["sev3"]

    assert (second.also, second.room, second.update_every) == (["b"], "channel", timedelta(minutes=5))
    assert (third.also, third.room, third.status_page) == (["c"], "thread", True)


def test_a_comma_in_plain_text_between_braces_does_not_end_it() -> None:
    playbook = read("severities: {sev1: {means: Slow, but it works, room: thread}}")

    assert playbook.severities["sev1"].means == "Slow, but it works"
    assert playbook.severities["sev1"].room == "thread"


def test_words_that_old_yaml_took_for_booleans_and_minutes_are_text() -> None:
    playbook = read("runbooks: {a: {yes: no, at: 12:30, on: 1_000, big: 0x1F}}")

    assert playbook.runbooks["a"] == {"yes": "no", "at": "12:30", "on": "1_000", "big": "0x1F"}


# Files


def test_no_file_at_the_default_path_is_an_empty_playbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load(Path("playbook.yaml"), {}) == read("")


def test_no_file_at_a_path_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"other\.yaml: there is no such file"):
        load(tmp_path / "other.yaml", {})


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"\xef\xbb\xbfversion: 1\n", 0), (b"version: 1\r\nteam: x\r\n", 0), (b"a\n\xff", 2)],
)
def test_files_of_every_make_are_read_or_refused_with_a_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_bytes(content)
    try:
        load(path, {})
        found = 0
    except PlaybookError as refusal:
        (problem,) = refusal.problems
        found = problem.line
    assert found == line


def test_a_folder_in_place_of_the_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="cannot be read: Is a directory"):
        load(tmp_path, {})


def test_a_reload_takes_the_new_playbook_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text("version: 1\nteam: First\n")
    file = PlaybookFile(path, {})
    path.write_text("version: 1\nteam: Second\n")
    assert file.reload().team == file.current.team == "Second"

    path.write_text("version: 1\ntaem: Third\n")
    with pytest.raises(PlaybookError, match="'taem' is not a key here"):
        file.reload()
    assert file.current.team == "Second"

    path.unlink()
    with pytest.raises(PlaybookError, match="the file is gone"):
        file.reload()
    assert file.current.team == "Second"


def test_a_file_that_appears_later_is_read_on_reload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = PlaybookFile(Path("playbook.yaml"), {})
    (tmp_path / "playbook.yaml").write_text("version: 1\nteam: Here now\n")

    assert file.reload().team == "Here now"


# The schema for editors


def plain(path: Path) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(path.read_text())


def test_the_schema_is_a_json_schema_that_takes_the_starter_and_an_empty_playbook() -> None:
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema())

    json.dumps(schema())
    validator(schema()).validate({"version": 1})
    validator(schema()).validate(plain(STARTER))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"version": 2},
        {"version": 1, "teem": "x"},
        {"version": 1, "severities": {"sev1": {"room": "chanel"}}},
        {"version": 1, "severities": {"sev1": {"update_every": "5 min"}}},
        {"version": 1, "people": {"ana": {}}},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(schema()).is_valid(wrong)
    with pytest.raises(PlaybookError):
        parse(json.dumps(wrong), {})


# The reference for operators


def test_the_reference_names_every_section_and_key_and_its_example_is_whole() -> None:
    text = (ROOT / "docs" / "playbook.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    definitions = [schema(), *schema()["$defs"].values()]
    keys = {key for each in definitions for key in each.get("properties", ())}

    assert list(parse(example, {}).people) == ["ana", "bo"]
    assert {key for key in keys if f"`{key}`" not in text} == set()
    assert all(f"**`{section}`**" in text for section in Playbook.model_fields)
