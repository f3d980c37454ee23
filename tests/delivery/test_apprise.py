"""Messages through Apprise to servers that take them, refuse them, hang, or are not there."""

import asyncio
import io
import logging
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from bot.delivery.errors import Away, Refused, Unclear
from bot.delivery.transports import Transport, connect, taking
from bot.delivery.transports import apprise as transport
from bot.delivery.transports.transport import Outgoing
from bot.logs import QUIET
from bot.settings import Settings
from tests.receivers import Hooks, Mail, hooks, mail

# Apprise looks at optional libraries as it is imported, with what they have to say of the Python they run on.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

PAGE = Outgoing("INC-1", "sev1", "Checkout <down> & out", "You are paged.", "https://bill.example.com/p/1-x")
SETTINGS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "x"}


@pytest.fixture
async def hook() -> AsyncIterator[Hooks]:
    async with hooks() as found:
        yield found


@pytest.fixture
async def post() -> AsyncIterator[Mail]:
    async with mail() as found:
        yield found


@pytest.fixture
def root_log() -> Iterator[io.StringIO]:
    """What reaches the log in the end, at its most talkative, but for the test's own server."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(lambda record: not record.name.startswith(("aiohttp", *QUIET)))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


class Ways:
    """Every transport there is, as a bot has them."""

    def __init__(self) -> None:
        self.all: tuple[Transport, ...] = connect(Settings.load(SETTINGS))

    async def send(self, address: str, message: Outgoing) -> str:
        return await taking(self.all, address).send(address, message)


@pytest.fixture
def ways() -> Ways:
    return Ways()


async def test_a_webhook_gets_subject_text_and_link(ways: Ways, hook: Hooks) -> None:
    assert await ways.send(hook.address("ana"), PAGE) == "accepted by JSON"
    [received] = hook.of("ana")
    assert received.subject == "INC-1 sev1: Checkout <down> & out"
    assert received.text == "You are paged.\nAnswer: https://bill.example.com/p/1-x"


async def test_what_has_no_severity_is_only_called_by_its_name(ways: Ways, hook: Hooks) -> None:
    await ways.send(hook.address("ana"), replace(PAGE, key="CALL-1", severity=""))
    [received] = hook.of("ana")
    assert received.subject == "CALL-1: Checkout <down> & out"


async def test_a_mail_arrives_as_plain_text(ways: Ways, post: Mail) -> None:
    await ways.send(post.address("ana"), PAGE)
    [received] = post.of("ana")
    assert received.subject == "INC-1 sev1: Checkout <down> & out"
    assert "https://bill.example.com/p/1-x" in received.text


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (401, Refused), (404, Refused), (408, Away), (429, Away), (500, Away), (503, Away)],
)
async def test_what_a_provider_says_decides_whether_it_is_asked_again(
    ways: Ways, hook: Hooks, status: int, kind: type[Exception]
) -> None:
    hook.statuses["ana"] = status
    with pytest.raises(kind, match=str(status)):
        await ways.send(hook.address("ana"), PAGE)


@pytest.mark.parametrize(
    ("answer", "kind"), [("550 5.1.1 No such user", Refused), ("451 4.3.0 Not now", Away)]
)
async def test_what_a_mail_server_says_decides_likewise(
    ways: Ways, post: Mail, answer: str, kind: type[Exception]
) -> None:
    post.answer = answer
    with pytest.raises(kind, match=answer[:3]):
        await ways.send(post.address("ana"), PAGE)


async def test_nobody_there_is_away_and_a_broken_off_answer_is_unclear(ways: Ways, hook: Hooks) -> None:
    hook.statuses["ana"] = None
    with pytest.raises(Unclear):
        await ways.send(hook.address("ana"), PAGE)
    for address in ("json://127.0.0.1:1/ana", "mailto://127.0.0.1:1?from=a@example.com&to=b@example.com"):
        with pytest.raises(Away):
            await ways.send(address, PAGE)


async def test_what_nobody_understands_is_refused_and_not_repeated_anywhere(
    ways: Ways, hook: Hooks, root_log: io.StringIO
) -> None:
    for address in ("nonsense://secret-token@host", "tgram://secret-token", "not an address"):
        with pytest.raises(Refused) as refusal:
            await ways.send(address, PAGE)
        assert "secret" not in str(refusal.value)
    hook.statuses["secret-token"] = 403
    with pytest.raises(Refused) as refusal:
        await ways.send(hook.address("secret-token"), PAGE)
    assert "secret" not in str(refusal.value)
    assert "secret" not in root_log.getvalue()


async def test_a_provider_that_hangs_keeps_neither_the_loop_nor_the_others(
    ways: Ways, hook: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ANSWER_WITHIN_S", 2.0)
    await ways.send(hook.address("warm-up"), PAGE)
    hook.hanging.add("ana")
    async with hooks() as other:
        stuck = [asyncio.create_task(ways.send(hook.address("ana"), PAGE)) for _ in range(8)]
        longest = 0.0
        fine = asyncio.create_task(ways.send(other.address("bo"), PAGE))
        while not fine.done():
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)
        assert await fine == "accepted by JSON"
        assert not any(each.done() for each in stuck), "it did not wait for those that hang"
        assert longest < 1.5
        outcomes = await asyncio.gather(*stuck, return_exceptions=True)
        assert {type(each) for each in outcomes} == {Unclear}
        # Whoever comes now is not made to wait for the same.
        with pytest.raises(Away):
            await ways.send(hook.address("ana"), PAGE)
