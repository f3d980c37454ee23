"""A real Prometheus and a real Alertmanager, where Debian's packages are installed, asked by checks."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.checks.model.result import Result
from bot.checks.sources import Access
from tests.checks.asking import asked
from tests.checks.programs import free_port, running, until


@pytest.fixture(scope="module")
async def prometheus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Its address; it watches itself."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("no Prometheus here: Debian's package prometheus has it")
    folder: Path = tmp_path_factory.mktemp("prometheus")
    address = f"127.0.0.1:{free_port()}"
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: itself, static_configs: [{{targets: ['{address}']}}]}},\n"
        "  {job_name: gone, static_configs: [{targets: ['127.0.0.1:9']}]}]\n"
    )
    options = [f"--config.file={config}", f"--storage.tsdb.path={folder}/data"]
    async with running(
        program, *options, f"--web.listen-address={address}", ready=f"http://{address}/-/ready"
    ):

        async def has_looked() -> bool:
            query = {"query": "count(up) == 2"}
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://{address}/api/v1/query", params=query) as answer,
            ):
                return bool((await answer.json())["data"]["result"])

        await until(has_looked, "a first look at its targets")
        yield f"http://{address}"


@pytest.fixture(scope="module")
async def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        pytest.skip("no Alertmanager here: Debian's package prometheus-alertmanager has it")
    folder: Path = tmp_path_factory.mktemp("alertmanager")
    address = f"127.0.0.1:{free_port()}"
    (folder / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    options = [f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data"]
    options += [f"--web.listen-address={address}", "--cluster.listen-address="]
    async with running(program, *options, ready=f"http://{address}/-/ready"):
        yield f"http://{address}"


async def query(url: str, text: str, **more: Any) -> Result:
    options = {name: more.pop(name) for name in ("unit", "empty") if name in more}
    return await asked({"prometheus": {"query": text, **options}, **more}, Access(prometheus=url))


async def test_a_query_gives_a_value_and_its_verdict(prometheus: str) -> None:
    plain = await query(prometheus, "count(up)")
    scalar = await query(prometheus, "scalar(count(up)) / 1000", fail_above="0.1%")
    low = await query(prometheus, "avg(up)", fail_below="99%")

    assert (plain.verdict, plain.value, plain.evidence) == ("ok", 2, "2")
    assert (scalar.verdict, scalar.value) == ("fail", 0.002)
    assert scalar.evidence == "0.2 %; fails above 0.1 %"
    assert (low.verdict, low.measured) == ("fail", "50 %")
    assert plain.link == f"{prometheus}/graph?g0.expr=count%28up%29&g0.tab=1"


async def test_of_several_series_the_gravest_counts(prometheus: str) -> None:
    up = await query(prometheus, "up", fail_below=1)
    high = await query(prometheus, "up", warn_above=0.5)

    assert (up.verdict, up.value) == ("fail", 0)
    assert "job=gone" in up.evidence
    assert "the gravest of 2 series" in up.evidence
    assert (high.verdict, high.value) == ("warn", 1)


async def test_no_data_is_unknown_unless_that_is_the_good_answer(prometheus: str) -> None:
    none = await query(prometheus, "up == 7", fail_above=1)
    fine = await query(prometheus, "up == 7", empty="ok")
    bad = await query(prometheus, "up == 7", empty="fail")
    nan = await query(prometheus, "vector(0) / vector(0)", fail_above=1)

    assert [each.verdict for each in (none, fine, bad, nan)] == ["unknown", "ok", "fail", "unknown"]
    assert none.evidence == "the query gives no data"


async def test_a_query_that_is_wrong_or_gives_no_value_is_unknown(prometheus: str) -> None:
    wrong = await query(prometheus, "sum(up{secret='x'}")
    range_ = await query(prometheus, "up[5m]")
    nobody = await query("http://127.0.0.1:9", "up")
    unset = await asked({"prometheus": {"query": "up"}})

    assert [each.verdict for each in (wrong, range_, nobody, unset)] == ["unknown"] * 4
    assert "does not understand the query" in wrong.evidence
    assert "secret" not in wrong.evidence
    assert "a matrix, not a value" in range_.evidence
    assert "PROMETHEUS_URL" in unset.evidence


async def test_firing_alerts_count_and_silenced_ones_do_not(alertmanager: str) -> None:
    access = Access(alertmanager=alertmanager)
    quiet = await asked({"alertmanager": {}}, access)
    critical = {"alertname": "Down", "severity": "critical"}
    await post(alertmanager, "alerts", [
        {"labels": {**critical, "instance": "a"}},
        {"labels": {**critical, "instance": "b"}},
        {"labels": {"alertname": "Disk", "severity": "warning"}},
    ])  # fmt: skip
    every = await asked({"alertmanager": {}}, access)
    matched = await asked({"alertmanager": {"match": ['severity="critical"']}, "warn_above": 1}, access)
    now = datetime.now(UTC)
    await post(alertmanager, "silences", {
        "matchers": [{"name": "alertname", "value": "Down", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "a test",
        "comment": "known",
    })  # fmt: skip

    async def silenced() -> bool:
        found = await asked({"alertmanager": {"match": 'alertname="Down"'}}, access)
        return found.value == 0

    await until(silenced, "the silence to hold")
    wrong = await asked({"alertmanager": {"match": "{severity"}}, access)

    assert (quiet.verdict, quiet.evidence) == ("ok", "no alert fires")
    assert (every.verdict, every.value) == ("fail", 3)
    assert "Down ×2" in every.evidence
    assert (matched.verdict, matched.value) == ("warn", 2)
    assert wrong.verdict == "unknown"


async def post(url: str, path: str, body: Any) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/api/v2/{path}", json=body) as answer,
    ):
        assert answer.status == 200, await answer.text()
