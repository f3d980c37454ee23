"""`watchbill check`, as an operator reads it: a line for each thing, and what to do about what is wrong."""

import io
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checkup import checkup
from bot.contacts import store as contacts
from bot.contacts.trial import Trial, TrialId, TrialState
from bot.db import Database, migrate
from bot.model import UserId
from bot.oncall import store as oncall
from bot.oncall.model import Override
from bot.settings import Settings
from handlers.manifest import manifest
from simulator import Seed, Simulator
from simulator.seed import ChannelSeed, PersonSeed

STARTER = Path(__file__).parents[2] / "playbooks" / "starter.yaml"


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(limits=False, manifest=manifest()) as simulator:
        yield simulator


def environ(sim: Simulator, folder: Path, **more: str) -> dict[str, str]:
    database = f"sqlite+aiosqlite:///{folder / 'watchbill.db'}"
    return {**sim.bot_env(), "PLAYBOOK": str(STARTER), "DATABASE_URL": database, **more}


async def report(given: dict[str, str]) -> tuple[int, str]:
    """The exit status and what was printed; no secret is ever in it."""
    out = io.StringIO()
    status = await checkup(given, out)
    written = out.getvalue()
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        assert not given.get(name) or given[name] not in written
    return status, written


def lines(written: str, grade: str) -> list[str]:
    return [line.removeprefix(grade).strip() for line in written.splitlines() if line.startswith(grade)]


async def test_everything_in_place_is_ready_to_run(sim: Simulator, tmp_path: Path) -> None:
    status, written = await report(environ(sim, tmp_path))

    assert status == 0
    looked_at = {line[:11].strip() for line in lines(written, "ok")}
    local = {"settings", "playbook", "schedule", "database", "links", "heartbeat"}
    assert looked_at == local | {"app token", "bot token", "scopes", "channel", "people", "contact"}
    assert len(lines(written, "ok")) == written.count("\n") - 2, "nothing but good news"
    assert "@watchbill in Acme" in written
    assert written.endswith("\nReady to run.\n")
    assert os.listdir(tmp_path) == [], "looking leaves nothing behind"


async def test_with_signed_requests_the_app_token_is_not_missed(sim: Simulator, tmp_path: Path) -> None:
    status, written = await report(environ(sim, tmp_path, SLACK_APP_TOKEN="", HTTP_PORT="8123"))

    assert status == 0
    assert "8123/slack/events" in written
    assert "app token" not in written


async def test_wrong_settings_are_all_told_and_the_playbook_is_read_nevertheless(tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text("version: 1\nchanels: {}\nseverities:\n  sev1: {room: chanel}\n")

    status, written = await report({"HTTP_PORT": "eighty", "PLAYBOOK": str(playbook)})

    problems = "\n".join(lines(written, "problem"))
    assert status == 1
    assert "SLACK_BOT_TOKEN is not set" in problems
    assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET must be set" in problems
    assert "HTTP_PORT" in problems
    assert f"{playbook}:2:" in problems
    assert f"{playbook}:4: severities.sev1.room: 'chanel'" in problems
    assert "docs/slack-setup.md" in written


async def test_without_a_playbook_it_says_that_nobody_is_paged(
    sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    status, written = await report(environ(sim, tmp_path, PLAYBOOK=""))

    assert status == 0
    assert "there is no playbook.yaml: nobody is paged" in written
    assert "no severity pages anybody" in written
    assert "Warnings: 2." in written


@pytest.mark.parametrize("variable", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_token_slack_does_not_take_is_named(sim: Simulator, tmp_path: Path, variable: str) -> None:
    prefix = "xoxb" if variable == "SLACK_BOT_TOKEN" else "xapp"

    status, written = await report(environ(sim, tmp_path, **{variable: f"{prefix}-of-another-app"}))

    assert status == 1
    (problem,) = lines(written, "problem")
    assert f"Slack does not take {variable} (invalid_auth)" in problem
    assert "→ Copy it anew" in written


async def test_missing_scopes_are_listed(tmp_path: Path) -> None:
    small = manifest()
    small["oauth_config"]["scopes"]["bot"].remove("pins:write")
    small["oauth_config"]["scopes"]["bot"].remove("bookmarks:read")
    async with Simulator(limits=False, manifest=small) as sim:
        status, written = await report(environ(sim, tmp_path))

    assert status == 1
    assert lines(written, "problem") == ["scopes     the app lacks bookmarks:read, pins:write"]
    assert "watchbill manifest" in written


async def test_slack_out_of_reach_is_said_once_for_each_token(sim: Simulator, tmp_path: Path) -> None:
    sim.faults.outage()

    status, written = await report(environ(sim, tmp_path))

    assert status == 1
    assert len(lines(written, "problem")) == 2
    assert written.count("Slack does not answer") == 2


async def test_channels_that_are_missing_archived_or_private_are_told_apart(tmp_path: Path) -> None:
    channels = (
        ChannelSeed("general"),
        ChannelSeed("incidents", archived=True),
        ChannelSeed("ops", private=True),
    )
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(
        'version: 1\nchannels: {incidents: "#incidents", alerts: "#ops"}\n'
        'reports: {weekly: {sections: [verdict], channels: ["#reports"], feedback: {channel: "#help"}}}\n'
    )
    async with Simulator(
        replace(Seed.default(), channels=channels), limits=False, manifest=manifest()
    ) as sim:
        status, written = await report(environ(sim, tmp_path, PLAYBOOK=str(playbook)))
        assert status == 1
        archived, unseen, of_report, of_feedback = lines(written, "problem")
        assert "#incidents (channels.incidents) is archived" in archived
        assert "#ops (channels.alerts): Watchbill sees no such channel" in unseen
        assert "#reports (reports.weekly.channels): Watchbill sees no such channel" in of_report
        assert "#help (reports.weekly.feedback.channel)" in of_feedback
        assert "/invite @watchbill" in written


async def test_a_channel_given_by_its_id_is_found(sim: Simulator, tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    there = sim.channel("#incidents").id
    playbook.write_text(f"version: 1\nchannels: {{incidents: {there}, alerts: CNOSUCHCHANNEL}}\n")

    status, written = await report(environ(sim, tmp_path, PLAYBOOK=str(playbook)))

    assert status == 1
    assert f"{there} (channels.incidents)" in "\n".join(lines(written, "ok"))
    assert "CNOSUCHCHANNEL (channels.alerts): Watchbill sees no such channel" in written


async def test_people_slack_does_not_know_and_people_who_left_are_named(tmp_path: Path) -> None:
    people = (
        PersonSeed("ana", "U0ANA", email="ana@example.com"),
        PersonSeed("bo", "U0BO", email="bo@example.com", deleted=True),
    )
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(
        "version: 1\npeople:\n  ana: {slack: ana@example.com}\n  bo: {slack: U0BO}\n"
        "  chen: {slack: chen@example.com}\n  dee: {slack: U0DEE}\n"
    )
    async with Simulator(replace(Seed.default(), people=people), limits=False, manifest=manifest()) as sim:
        status, written = await report(environ(sim, tmp_path, PLAYBOOK=str(playbook)))

    assert status == 1
    told = [line for line in lines(written, "problem") if line.startswith("person")]
    assert [line.removeprefix("person").strip() for line in told] == [
        "bo: U0BO was deactivated in Slack",
        "chen: nobody in Slack is chen@example.com",
        "dee: nobody in Slack is U0DEE",
    ]


async def test_more_people_than_slacks_limits_allow_at_once_are_waited_for(tmp_path: Path) -> None:
    people = tuple(PersonSeed(f"p{n}", f"U0P{n}") for n in range(26))
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(
        "version: 1\npeople:\n"
        + "".join(f"  {each.name}: {{slack: {each.name}@example.com}}\n" for each in people)
    )
    async with Simulator(replace(Seed.default(), people=people), limits=False, manifest=manifest()) as sim:
        # 25 look-ups go at once at this rate; the last waits for six tenths of a second.
        status, written = await report(environ(sim, tmp_path, PLAYBOOK=str(playbook), SLACK_RATE="2"))

    assert status == 0
    assert "all 26 are in Slack" in written


async def test_times_without_anybody_on_call_are_warned_of(sim: Simulator, tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(
        """version: 1
timezone: Europe/Berlin
people: {ana: {slack: ana@example.com}}
schedules:
  weekdays:
    layers:
      - rotate: [ana]
        every: 1 week
        starts: 2026-01-05 09:00
        hours: [{days: mon-fri, from: "09:00", to: "18:00"}]
  later: {layers: [{rotate: [ana], every: 1 week, starts: 2199-01-07 09:00}]}
  always: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]}
"""
    )

    status, written = await report(environ(sim, tmp_path, PLAYBOOK=str(playbook)))

    assert status == 0
    weekdays, later = lines(written, "warn")
    assert "weekdays: nobody is on call" in weekdays
    spans = written.partition("weekdays: ")[2].splitlines()[:6]
    assert all("until" in span and "Europe/Berlin" in span for span in spans[:5])
    assert "more times within 90 days" in spans[5]
    assert "later: nobody is on call now until" in later
    assert "always: ana for the next 90 days" in written


async def test_stretches_of_whoever_left_slack_are_warned_of(sim: Simulator, tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(
        """version: 1
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com, contacts: {sms: "ntfys://ntfy.example.com/secret"}}
schedules:
  primary: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]}
  secondary: {layers: [{rotate: [bo], every: 1 week, starts: 2026-01-05 09:00}]}
"""
    )
    given = environ(sim, tmp_path, PLAYBOOK=str(playbook))
    _, before = await report(given)
    assert "by Slack only: ana" in before

    for name in ("ana", "bo"):
        sim.change_person(name, deleted=True)
    _, written = await report(given)

    [schedule] = [line for line in lines(written, "warn") if line.startswith("schedule")]
    assert "primary: nobody on call can be reached now until" in schedule
    assert schedule.endswith("(ana)")
    assert "secondary: bo for the next 90 days" in written
    assert "by Slack only" not in written


async def test_people_a_page_would_not_reach_are_warned_of(sim: Simulator, tmp_path: Path) -> None:
    """Also what failed lately, which the database knows, and covers that leave nobody waiting."""
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(
        """version: 1
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com, contacts: {sms: "ntfys://ntfy.example.com/secret"}}
  chen: {slack: chen@example.com, contacts: {sms: "twillio://AC1:secret@+15550000/+15550102"}}
notify: {default: [{via: slack}, {after: 2m, via: [sms, voice]}]}
schedules: {primary: {layers: [{rotate: [ana], every: 1 week, starts: 2199-01-07 09:00}]}}
"""
    )
    given = environ(sim, tmp_path, PLAYBOOK=str(playbook))
    database = await Database.open(given["DATABASE_URL"])
    await migrate(database)
    now = datetime.now(UTC)
    async with database.write() as connection:
        failed = Trial(TrialId(0), "bo", UserId("U02BO"), "sms", now, TrialState.FAILED, "no credit", now)
        await contacts.add_trial(connection, failed)
        cover = Override(now - timedelta(days=1), now + timedelta(days=30), ("chen",), None, now)
        await oncall.add(connection, "primary", cover, UserId("U03CHEN"))
    await database.close()

    status, written = await report(given)

    assert status == 1
    [chen] = lines(written, "problem")
    assert "people.chen.contacts.sms: there is no service for this twillio:// address" in chen
    schedule, ana, bo = (each for each in lines(written, "warn") if each.startswith(("schedule", "contact")))
    assert "primary: nobody is on call from" in schedule
    assert "ana: no address for sms or voice. Nothing but Slack is left" in ana
    assert "bo: sms failed" in bo
    assert "no credit. Nothing but Slack is left" in bo
    assert "secret" not in written


async def test_what_is_missed_without_links_is_said_where_it_matters(sim: Simulator, tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    key = "0123456789abcdef0123456789abcdef"
    text = STARTER.read_text().replace(
        "ana: {slack: ana@example.com}",
        f"ana: {{slack: ana@example.com, contacts: {{pd: 'pagerduty://{key}'}}}}",
    )
    playbook.write_text(text)
    given = environ(sim, tmp_path, PLAYBOOK=str(playbook))

    _, without = await report(given)
    secrets = {"LINK_SECRET": "k" * 32, "PAGERDUTY_WEBHOOK_SECRET": "hook", "HEARTBEAT_URL": "https://h/1"}
    _, by_http = await report({**given, **secrets, "PUBLIC_URL": "http://w.example.com"})
    _, complete = await report({**given, **secrets, "PUBLIC_URL": "https://w.example.com"})

    assert "without PUBLIC_URL and LINK_SECRET a page by e-mail" in without
    assert "what is acknowledged there is not heard of here" in without
    assert "heartbeat  none" in without
    assert "whoever listens on the way can answer pages" in by_http
    assert "at https://w.example.com" in complete
    assert "answers come back" in complete
    assert key not in without + by_http + complete


async def test_a_database_in_use_by_the_running_bot_is_fine(sim: Simulator, tmp_path: Path) -> None:
    given = environ(sim, tmp_path)
    running = await Database.open(given["DATABASE_URL"])
    try:
        status, written = await report(given)
    finally:
        await running.close()

    assert status == 0
    assert "in use by the running bot (pid " in written
    assert "covers are not looked at here" in written


async def test_a_database_tells_what_waits_for_the_next_start(
    sim: Simulator, tmp_path: Path, empty_url: str
) -> None:
    given = environ(sim, tmp_path, DATABASE_URL=empty_url)
    database = await Database.open(empty_url)
    await database.close()
    _, before = await report(given)
    database = await Database.open(empty_url)
    await migrate(database)
    await database.close()
    _, after = await report(given)

    assert "wait for the next start" in before
    assert "up to date" in after


async def test_a_database_a_newer_release_has_been_at_is_a_problem(sim: Simulator, tmp_path: Path) -> None:
    given = environ(sim, tmp_path)
    database = await Database.open(given["DATABASE_URL"])
    await migrate(database)
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await database.close()

    status, written = await report(given)

    assert status == 1
    assert "9999" in lines(written, "problem")[0]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite+aiosqlite:////nowhere/at/all/watchbill.db", "/nowhere/at/all is not a directory"),
        ("postgresql://bot:hunter2@127.0.0.1:1/watchbill", "cannot open the database"),
        ("mysql://bot:hunter2@h/n", "DATABASE_URL begins with mysql://"),
    ],
)
async def test_a_database_out_of_reach_is_a_problem_and_its_password_is_not_shown(
    sim: Simulator, tmp_path: Path, url: str, said: str
) -> None:
    status, written = await report(environ(sim, tmp_path, DATABASE_URL=url))

    assert status == 1
    assert said in lines(written, "problem")[0]
    assert "hunter2" not in written


def test_every_secret_of_the_settings_is_known_to_the_log() -> None:
    settings = Settings.load(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_SIGNING_SECRET": "sign",
            "LINK_SECRET": "k" * 32,
            "HEARTBEAT_URL": "https://h/1",
            "PAGERDUTY_WEBHOOK_SECRET": "hook",
            "DATABASE_URL": "postgresql://bot:p%40ss@db/x",
        }
    )

    told = {"k" * 32, "https://h/1", "hook"}
    assert set(settings.secrets) == {"xoxb-1", "xapp-1", "sign", "p@ss", "p%40ss"} | told


async def test_a_roster_that_could_not_be_kept_is_warned_of(sim: Simulator, tmp_path: Path) -> None:
    given = environ(sim, tmp_path, ROSTER_FILE=str(tmp_path / "gone" / "roster.json"))
    _, written = await report(given)
    assert "gone cannot be written" in written
    assert "ROSTER_FILE" in written


async def test_whom_nobody_could_ask_is_named_with_what_wants_to_know(sim: Simulator, tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text("""
version: 1
checks:
  ci-green: {github_workflow: {repo: example/app}}
  sentry-errors: {sentry: {project: example/app}, fail_above: 5}
  cpu: {prometheus: {query: cpu}, warn_above: 70%, every: 1m}
  other: {prometheus: {query: cpu, url: "http://prometheus.example.com"}, warn_above: 70%}
  quiet: {alertmanager: {match: 'severity="critical"'}}
reports:
  weekly:
    sections: [verdict, activity, reliability]
    reliability: {prometheus: {requests: http_requests_total}}
""")
    status, written = await report(environ(sim, tmp_path, PLAYBOOK=str(playbook)))

    assert status == 0
    told = "\n".join(line for line in lines(written, "warn") if line.startswith("sources"))
    assert "checks.ci-green, reports.weekly (activity): without GITHUB_TOKEN" in told
    assert "checks.sentry-errors: without SENTRY_AUTH_TOKEN" in told
    assert "checks.cpu, reports.weekly (reliability): without PROMETHEUS_URL" in told
    assert "checks.quiet: without ALERTMANAGER_URL" in told
    assert "checks.other" not in told

    given = {"PROMETHEUS_URL": "http://p.example.com", "ALERTMANAGER_URL": "http://a.example.com"}
    tokens = {"GITHUB_TOKEN": "ghp_secret", "SENTRY_AUTH_TOKEN": "sntrys_secret"}
    status, written = await report(environ(sim, tmp_path, PLAYBOOK=str(playbook), **given, **tokens))

    assert status == 0
    assert "sources" not in written
    assert "_secret" not in written
