"""What reports ask of Prometheus, asked of a real one, where Debian's package is installed."""

import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import aiohttp
import pytest

from bot.checks.sources import Access, NoAnswerError, Sources
from bot.db import Database
from bot.playbook.report_sources import Traffic
from bot.reports.model import Verdict, days_before
from bot.reports.sections.alerts import alerts
from bot.reports.traffic import counted
from tests.checks.programs import free_port, running, until
from tests.reports.wanting import NEW_YORK, figure, wanted

REQUESTS = "prometheus_http_requests_total"
TRAFFIC = {
    "requests": REQUESTS,
    "errors": f'{REQUESTS}{{code=~"5.."}}',
    "durations": 'prometheus_http_request_duration_seconds{handler="/-/ready"}',
}
RULES = {
    "groups": [
        {
            "name": "always",
            "interval": "1s",
            "rules": [{"alert": "AlwaysThere", "expr": "vector(1)", "labels": {"severity": "warning"}}],
        }
    ]
}


@pytest.fixture(scope="module")
async def prometheus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Its address; it watches itself, and an alert fires all the time."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("no Prometheus here: Debian's package prometheus has it")
    folder: Path = tmp_path_factory.mktemp("prometheus")
    address = f"127.0.0.1:{free_port()}"
    (folder / "rules.yml").write_text(json.dumps(RULES))
    (folder / "prometheus.yml").write_text(
        json.dumps(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": [str(folder / "rules.yml")],
                "scrape_configs": [{"job_name": "itself", "static_configs": [{"targets": [address]}]}],
            }
        )
    )
    options = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    url = f"http://{address}"
    async with running(program, *options, f"--web.listen-address={address}", ready=f"{url}/-/ready"):
        yield url


async def test_requests_errors_and_durations_are_counted(prometheus: str) -> None:
    sources = Sources(Access(prometheus=prometheus), cast("Database", None))
    traffic = Traffic.model_validate(TRAFFIC)

    async def has_counted() -> bool:
        async with aiohttp.ClientSession() as session, session.get(f"{prometheus}/-/ready"):
            pass
        now = datetime.now(UTC)
        [found] = await counted(sources, traffic, [now - timedelta(minutes=10), now])
        return found.p99 is not None and bool(found.requests)

    await until(has_counted, "requests that were counted")
    now = datetime.now(UTC)
    before, lately = await counted(sources, traffic, [now - timedelta(days=2), now - timedelta(days=1), now])
    misspelt = Traffic.model_validate({"requests": "no_such_metric", "errors": "no_such_errors"})
    [nothing] = await counted(sources, misspelt, [now - timedelta(hours=1), now])
    with pytest.raises(NoAnswerError, match="does not understand"):
        await counted(
            sources, Traffic.model_validate({"requests": 'a{b=~"("}'}), [now - timedelta(hours=1), now]
        )
    await sources.close()

    assert lately.requests is not None
    assert lately.error_rate == 0
    assert lately.average is not None
    assert lately.p95 is not None
    assert lately.p99 is not None
    assert 0 < lately.p95 <= lately.p99
    assert before.requests is None
    assert before.error_rate is nothing.error_rate is nothing.requests is None


async def test_what_its_rules_fired_is_counted_by_name(prometheus: str, sqlite_database: Database) -> None:
    async def fires() -> bool:
        now = datetime.now(UTC)
        period = days_before(now, timedelta(days=7), NEW_YORK)
        asked = wanted(sqlite_database, access=Access(prometheus=prometheus), period=period)
        try:
            found = await alerts(asked)
        finally:
            await asked.sources.close()
        assert found.verdict is Verdict.OK
        fired: tuple[str, ...] = figure(found, "alerts fired by Prometheus").rows
        return fired == ("AlwaysThere: 1",)

    await until(fires, "an alert that fired")
