"""Programs that are asked: exit codes, numbers, and those that hang or never stop talking."""

import os
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.checks.kinds.command import measured
from bot.checks.model.result import Verdict
from bot.checks.sources import Access
from tests.checks.asking import asked


def python(code: str) -> dict[str, Any]:
    return {"command": [sys.executable, "-c", code]}


async def test_a_program_that_ends_well_is_ok_and_says_its_first_line() -> None:
    found = await asked(python("print(); print('backups are fresh'); print('more')"))

    assert (found.verdict, found.evidence, found.value) == ("ok", "backups are fresh", None)


async def test_one_that_ends_badly_fails() -> None:
    found = await asked(python("print('disk full'); raise SystemExit(3)"))
    killed = await asked(python("import os; os.kill(os.getpid(), 9)"))

    assert (found.verdict, found.evidence) == ("fail", "ended with 3: disk full")
    assert (killed.verdict, killed.evidence) == ("fail", "was ended by SIGKILL")


async def test_its_number_is_held_against_thresholds() -> None:
    old = await asked({**python("print('100000')"), "fail_above": "26h"})
    fresh = await asked({**python("print('3h')"), "fail_above": "26h"})
    full = await asked({**python("print('93% of /var')"), "warn_above": "80%", "fail_above": "95%"})
    queue = await asked({"command": {"run": ["echo", "1200 jobs"], "unit": "jobs"}, "warn_above": 1000})
    silent = await asked({**python("print('no idea')"), "fail_above": 5})

    assert [each.verdict for each in (old, fresh, full, queue, silent)] == [
        "fail", "ok", "warn", "warn", "unknown",
    ]  # fmt: skip
    assert old.evidence == "100000; fails above 26 h"
    assert (fresh.value, fresh.unit, fresh.measured) == (10_800, "s", "3 h")
    assert (full.value, full.measured) == (0.93, "93 %")
    assert queue.measured == "1200 jobs"
    assert "no value" in silent.evidence


@pytest.mark.parametrize(
    ("line", "value", "unit"),
    [
        ("42", 42, ""),
        ("-1.5e3", -1500, ""),
        ("250ms", 0.25, "s"),
        ("2 h", 7200, "s"),
        ("0.1%", 0.001, "%"),
        ("5 minutes", 5, ""),
        ("2026-11-20", None, ""),
        ("v1.2", None, ""),
        ("10.0.0.1", None, ""),
        ("1,200 jobs", None, ""),
        ("", None, ""),
    ],
)
def test_numbers_are_read_where_they_are_numbers(line: str, value: float | None, unit: str) -> None:
    found = measured(line, "")

    assert found[0] == (None if value is None else pytest.approx(value))
    assert found[1] == unit


async def test_no_shell_takes_it_apart(tmp_path: Path) -> None:
    found = await asked({"command": ["echo", "$HOME; touch", str(tmp_path / "made"), "`id`"]})

    assert found.evidence.startswith("$HOME; touch")
    assert not (tmp_path / "made").exists()


async def test_what_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
        "time.sleep(600)"
    )
    found = await asked({**python(code), "timeout": "3s"})

    assert (found.verdict, found.evidence) == ("unknown", "no answer within 3 s")
    child = int(note.read_text())
    if psutil.pid_exists(child):
        psutil.Process(child).wait(10)


async def test_what_never_stops_talking_is_unknown() -> None:
    found = await asked({"command": ["yes"]})

    assert (found.verdict, found.evidence) == ("unknown", "said more than 64 KB")


async def test_what_is_not_there_is_unknown() -> None:
    missing = await asked({"command": ["./no-such-program"]})

    assert missing.verdict is Verdict.UNKNOWN
    assert missing.evidence == "cannot be started: No such file or directory"


async def test_it_is_given_the_environment_without_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-ours")
    monkeypatch.setenv("PGPASSWORD", "theirs")
    access = Access(withheld=frozenset({"SLACK_BOT_TOKEN"}))
    found = await asked(
        python("import os; print(os.environ.get('SLACK_BOT_TOKEN'), os.environ['PGPASSWORD'])"), access
    )

    assert found.evidence == "None theirs"
    assert os.environ["SLACK_BOT_TOKEN"] == "xoxb-ours"


async def test_characters_that_no_database_takes_are_left_out() -> None:
    found = await asked(python(r"import sys; sys.stdout.buffer.write(b'7\x00 \xff left\x1b[0m')"))

    assert found.evidence == "7 \ufffd left[0m"


async def test_a_secret_that_it_prints_is_not_repeated() -> None:
    found = await asked(
        python("print('password is hunter22hunter22')"), Access(secrets=("hunter22hunter22",))
    )

    assert "hunter22" not in found.evidence
