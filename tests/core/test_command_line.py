"""The command line as an operator meets it: a process, its output and its exit status."""

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot import __version__

ROOT = Path(__file__).parents[2]
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def watchbill(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`watchbill ARGUMENTS` in a folder of its own, with no other settings than these."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**own, "PYTHONPATH": str(ROOT), "SLACK_API_URL": "http://127.0.0.1:9/api/", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = watchbill(tmp_path, "--help")

    assert shown.returncode == 0
    for command in ("run", "check", "manifest", "schema"):
        assert re.search(rf"^ +{command} +\w", shown.stdout, re.MULTILINE)


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["version"] == __version__
    assert watchbill(tmp_path, "--version").stdout == f"watchbill {__version__}\n"


@pytest.mark.parametrize("arguments", [(), ("fly",), ("manifest", "--request"), ("run", "--fast")])
def test_a_wrong_command_line_is_told_how_to_be_right(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = watchbill(tmp_path, *arguments)

    assert refused.returncode == 2
    assert refused.stderr.startswith("usage: watchbill")
    assert refused.stdout == ""


def test_run_names_all_settings_to_put_right_without_a_traceback(tmp_path: Path) -> None:
    refused = watchbill(tmp_path, "run", HTTP_PORT="eighty", LOG_LEVEL="loud")

    assert refused.returncode == 2
    assert refused.stderr.startswith("watchbill: ")
    for variable in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET", "HTTP_PORT", "LOG_LEVEL"):
        assert variable in refused.stderr
    assert "Traceback" not in refused.stderr


def test_run_names_every_mistake_in_the_playbook(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text("version: 1\nteem: x\ntimezone: Mars\n")

    refused = watchbill(tmp_path, "run", **TOKENS)

    assert refused.returncode == 2
    assert "playbook.yaml:2:" in refused.stderr
    assert "playbook.yaml:3: timezone: 'Mars'" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_run_says_where_the_database_cannot_be(tmp_path: Path) -> None:
    refused = watchbill(tmp_path, "run", **TOKENS, DATABASE_URL="sqlite+aiosqlite:///gone/watchbill.db")

    assert refused.returncode == 2
    assert "there is no directory" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_run_says_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = watchbill(
            tmp_path, "run", **TOKENS, HTTP_HOST="127.0.0.1", HTTP_PORT=port, LOG_LEVEL="error"
        )

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "HTTP_PORT" in refused.stderr


def test_check_prints_what_is_wrong_and_fails(tmp_path: Path) -> None:
    found = watchbill(tmp_path, "check", **TOKENS)

    assert found.returncode == 1
    assert "problem  bot token  Slack does not answer" in found.stdout
    assert "To put right: 2." in found.stdout
    assert found.stderr == ""


def test_the_manifest_is_json_and_nothing_else(tmp_path: Path) -> None:
    printed = watchbill(tmp_path, "manifest")

    assert (printed.returncode, printed.stderr) == (0, "")
    assert json.loads(printed.stdout)["settings"]["socket_mode_enabled"] is True


def test_the_manifest_for_signed_requests_leads_to_the_given_address(tmp_path: Path) -> None:
    url = "https://watchbill.example.com/slack/events"
    found = json.loads(watchbill(tmp_path, "manifest", "--request-url", url).stdout)

    assert found["settings"]["socket_mode_enabled"] is False
    assert found["settings"]["interactivity"]["request_url"] == url
    assert found["settings"]["event_subscriptions"]["request_url"] == url
    assert {command["url"] for command in found["features"]["slash_commands"]} == {url}


def test_an_address_slack_would_not_call_is_refused(tmp_path: Path) -> None:
    refused = watchbill(tmp_path, "manifest", "--request-url", "watchbill.example.com")

    assert refused.returncode == 2
    assert "must begin with https://" in refused.stderr


def test_the_schema_is_json_schema_of_the_playbook(tmp_path: Path) -> None:
    printed = watchbill(tmp_path, "schema")
    found = json.loads(printed.stdout)

    assert (printed.returncode, printed.stderr) == (0, "")
    assert found["$schema"].startswith("https://json-schema.org/")
    assert {"people", "schedules", "severities"} <= found["properties"].keys()
