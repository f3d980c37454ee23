"""SMS, voice, push, e-mail and chat by Apprise, whose services number over a hundred.

A contact is an Apprise address. Apprise is synchronous, so each message has a thread: a daemon, for a
provider that never ends its answer must not keep the process from ending. It says only that a message went
out or did not; why not is read from its log (apprise_log.py).
"""

import asyncio
import re
import threading
import warnings
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.delivery.errors import Away, Unclear
from bot.delivery.transports.apprise_log import listening, no_such_service, reason
from bot.delivery.transports.transport import Outgoing, What
from bot.settings import Settings

# Half of what an effect may take, and more than Apprise itself waits for most providers.
ANSWER_WITHIN_S = 20.0
# Apprise's own patience with an answer is 4 s, which providers of calls and text messages exceed.
READ_WITHIN_S = 10.0
# As many as delivery has hands for, and as many again that outlived their time limit.
THREADS = 32
# While a provider does not answer, others have the threads.
THREADS_IN_TROUBLE = 2

_ADDRESS = re.compile(r"[a-zA-Z][\w+.-]*://.", re.ASCII)


class AppriseTransport:
    """One process's share of threads, and which providers are in trouble."""

    name = "apprise"

    def __init__(self, settings: Settings) -> None:
        self._at_work: Counter[str] = Counter()
        self._troubled: set[str] = set()

    def takes(self, address: str) -> bool:
        return _ADDRESS.match(address) is not None

    async def send(self, address: str, message: Outgoing) -> str:
        """Returns once the provider has taken it. Raises Away, Unclear, Refused."""
        provider = _provider(address)
        self._let_in(provider)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                word = await self._in_a_thread(provider, lambda: _notify(address, message))
        except TimeoutError as error:
            self._troubled.add(provider)
            raise Unclear(f"no answer within {ANSWER_WITHIN_S:g} s") from error
        except (Away, Unclear):
            self._troubled.add(provider)
            raise
        self._troubled.discard(provider)
        return word

    async def follow(self, address: str, key: str, what: What) -> None:
        """A text message cannot be taken back."""

    async def close(self) -> None:
        """Threads that are still at work end with the process."""

    def _let_in(self, provider: str) -> None:
        if self._at_work.total() >= THREADS:
            raise Away("too many messages are on their way already")
        if provider in self._troubled and self._at_work[provider] >= THREADS_IN_TROUBLE:
            raise Away("the provider did not answer a moment ago, and others are asking it again")

    async def _in_a_thread(self, provider: str, send: Callable[[], str]) -> str:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()

        def settle(word: str | None, error: BaseException | None) -> None:
            self._at_work[provider] -= 1
            if answer.done():
                return  # nobody waits for it any more
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(word or "")

        def work() -> None:
            word: str | None = None
            problem: BaseException | None = None
            try:
                word = send()
            except BaseException as error:  # noqa: BLE001  The thread's edge: whoever waits hears of it.
                problem = error
            try:
                loop.call_soon_threadsafe(settle, word, problem)
            except RuntimeError:
                return  # the process is ending, and its loop has ended

        self._at_work[provider] += 1
        threading.Thread(target=work, name=f"apprise-{provider}", daemon=True).start()
        return await answer


def _provider(address: str) -> str:
    """Whose trouble it would be: the service, and the machine where that is one's own."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{(parts.hostname or '')[-80:]}"


def _notify(address: str, message: Outgoing) -> str:
    """Send it now, in this thread. Returns the service's name; raises Away, Unclear or Refused."""
    # A third of a second, and memory, that only those pay who are reached in this way.
    import apprise  # noqa: PLC0415

    asset = apprise.AppriseAsset(app_id="Watchbill", app_desc="Watchbill", app_url="", async_mode=False)
    with listening() as lines:
        service = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
        if service is None:
            raise no_such_service(address)
        if service.socket_read_timeout == apprise.URLBase.socket_read_timeout:
            service.socket_read_timeout = READ_WITHIN_S
        name = str(service.service_name)
        # What has no severity is only called by its name.
        head = f"{message.key} {message.severity}".rstrip()
        try:
            went_out = service.notify(
                title=f"{head}: {message.title}",
                body=message.text if message.link is None else f"{message.text}\nAnswer: {message.link}",
                notify_type=apprise.NotifyType.FAILURE,
                body_format=apprise.NotifyFormat.TEXT,
            )
        except (TypeError, apprise.exception.AppriseException) as error:
            raise no_such_service(address) from error
    if not went_out:
        raise reason(name, lines)
    return f"accepted by {name}"


def understands(address: str) -> bool:
    """Whether Apprise has a service for the address; sends nothing. Not for several threads at once."""
    with warnings.catch_warnings(), listening():
        # Some of its many services use what Python is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise  # noqa: PLC0415

        return apprise.Apprise.instantiate(address, suppress_exceptions=True) is not None
