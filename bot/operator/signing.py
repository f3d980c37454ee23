"""Requests of the command line, signed: whoever has LINK_SECRET is asking, just now, and once. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

TIMESTAMP = "X-Watchbill-Timestamp"
NONCE = "X-Watchbill-Nonce"
SIGNATURE = "X-Watchbill-Signature"
# Both ends are on one machine or near each other; this is for clocks, not for patience.
GOOD_FOR = timedelta(seconds=60)
LONGEST_NONCE = 64


def signed(secret: str, name: str, body: bytes, *, now: datetime, nonce: str) -> dict[str, str]:
    """The headers of a request `name` with this body. `nonce`: never used before."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, NONCE: nonce, SIGNATURE: _sign(secret, name, timestamp, nonce, body)}


def objection(
    secret: str, name: str, body: bytes, headers: Mapping[str, str], *, now: datetime
) -> str | None:
    """Why a request is not to be trusted; None for one that is. A repeat of it is not seen here."""
    timestamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    right = _sign(secret, name, timestamp, nonce, body)
    given = headers.get(SIGNATURE, "").encode(errors="surrogateescape")
    if not nonce or len(nonce) > LONGEST_NONCE or not hmac.compare_digest(right.encode(), given):
        return "It is not signed with this bot's LINK_SECRET"
    if not timestamp.isdecimal() or abs(now.timestamp() - int(timestamp)) > GOOD_FOR.total_seconds():
        return f"It was signed more than {GOOD_FOR.total_seconds():g} seconds ago: mind the clocks"
    return None


def _sign(secret: str, name: str, timestamp: str, nonce: str, body: bytes) -> str:
    # Its own purpose: no link or calendar is ever made of the same text.
    head = "\0".join(("operator", name, timestamp, nonce, "")).encode(errors="surrogateescape")
    return hmac.digest(secret.encode(), head + body, hashlib.sha256).hex()
