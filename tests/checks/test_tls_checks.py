"""How long a certificate is valid, of servers with certificates made here."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checks.model.result import Verdict
from tests.checks.asking import asked
from tests.checks.certificates import make, showing

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="no openssl to make certificates with"
)


def day(offset: float) -> str:
    return f"{datetime.now(UTC) + timedelta(days=offset):%Y%m%d%H%M%SZ}"


async def test_the_days_that_are_left_are_held_against_thresholds(tmp_path: Path) -> None:
    certificate = make(tmp_path, not_before=day(-1), not_after=day(20))
    async with showing(certificate) as port:
        options = {"tls": {"host": "localhost", "port": port, "ca_file": str(certificate)}}
        fine = await asked({**options, "warn_below": "14d", "fail_below": "7d"})
        soon = await asked({**options, "warn_below": "30d", "fail_below": "7d"})
        late = await asked({**options, "warn_below": "60d", "fail_below": "30d"})

    assert [fine.verdict, soon.verdict, late.verdict] == ["ok", "warn", "fail"]
    assert fine.value == pytest.approx(20 * 86_400, abs=300)
    assert "19 days left" in fine.evidence
    assert "warns below 30 days" in soon.evidence


async def test_a_certificate_that_no_browser_trusts_fails_and_still_tells_its_days(tmp_path: Path) -> None:
    certificate = make(tmp_path, not_before=day(-1), not_after=day(20))
    async with showing(certificate) as port:
        untrusted = await asked({"tls": {"host": "localhost", "port": port}})
        other = make(tmp_path, "elsewhere", not_before=day(-1), not_after=day(20))
    async with showing(other) as port:
        wrong = await asked({"tls": {"host": "localhost", "port": port, "ca_file": str(other)}})

    assert (untrusted.verdict, wrong.verdict) == ("fail", "fail")
    assert "not to be trusted: self-signed certificate" in untrusted.evidence
    assert untrusted.value == pytest.approx(20 * 86_400, abs=300)
    assert "Hostname mismatch" in wrong.evidence


async def test_an_expired_one_and_one_of_tomorrow_fail(tmp_path: Path) -> None:
    expired = make(tmp_path, not_before=day(-30), not_after=day(-3))
    async with showing(expired) as port:
        over = await asked({"tls": {"host": "localhost", "port": port, "ca_file": str(expired)}})
    early = make(tmp_path, not_before=day(2), not_after=day(30))
    async with showing(early) as port:
        not_yet = await asked({"tls": {"host": "localhost", "port": port, "ca_file": str(early)}})

    assert over.verdict is Verdict.FAIL
    assert over.evidence.startswith("expired on")
    assert over.value == pytest.approx(-3 * 86_400, abs=300)
    assert (not_yet.verdict, "not valid before" in not_yet.evidence) == ("fail", True)


async def test_a_date_beyond_2050_is_written_in_another_way_and_read(tmp_path: Path) -> None:
    certificate = make(tmp_path, not_before=day(-1), not_after="20990101000000Z")
    async with showing(certificate) as port:
        found = await asked({"tls": {"host": "localhost", "port": port, "ca_file": str(certificate)}})

    assert (found.verdict, "valid until 2099-01-01" in found.evidence) == ("ok", True)


async def test_nobody_there_no_tls_and_a_hanging_handshake_are_unknown(tmp_path: Path) -> None:
    never = asyncio.Event()

    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ready\r\n")
        await writer.drain()
        writer.close()

    async def hanging(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()
        writer.close()

    nobody = await asked({"tls": {"host": "127.0.0.1", "port": 9}})
    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        no_tls = await asked({"tls": {"host": "127.0.0.1", "port": port}, "timeout": "5s"})
    async with await asyncio.start_server(hanging, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        hangs = await asked({"tls": {"host": "127.0.0.1", "port": port}, "timeout": "1s"})
        never.set()
    no_file = await asked({"tls": {"host": "localhost", "ca_file": str(tmp_path / "none.pem")}})

    assert [each.verdict for each in (nobody, no_tls, hangs, no_file)] == ["unknown"] * 4
    assert nobody.evidence.startswith("no connection")
    assert hangs.evidence == "no answer within 1 s"
    assert "ca_file" in no_file.evidence
