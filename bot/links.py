"""Addresses that carry their own proof: whoever holds one was given it. Pure."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

# 128 bits: beyond guessing, and short enough for an SMS.
_BYTES = 16


@dataclass(frozen=True)
class Links:
    """`public_url`: where people's browsers reach this bot; `secret`: what the proofs are made with."""

    public_url: str | None = None
    secret: str | None = field(default=None, repr=False)

    def address(self, path: str) -> str | None:
        """The public address of a path such as `/p/…`; None where no public address is set up."""
        return f"{self.public_url.rstrip('/')}{path}" if self.public_url else None

    def proof(self, purpose: str, value: str) -> str | None:
        """What stands for `value` in an address, and is good for `purpose` alone; None without a secret.

        Lower case and digits only: what ends in a sign is cut off by whatever makes links of text.
        """
        if self.secret is None:
            return None
        made = hmac.digest(self.secret.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256)
        return base64.b32encode(made[:_BYTES]).decode().rstrip("=").lower()

    def proves(self, purpose: str, value: str, proof: str) -> bool:
        """Whether this is the proof, in a time that tells nothing."""
        right = self.proof(purpose, value)
        return right is not None and hmac.compare_digest(right.encode(), proof.lower().encode())
