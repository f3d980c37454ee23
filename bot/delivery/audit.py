"""What the auditor of any room finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that should exist and does not. `what` is one of a few words, `which` names the one."""

    what: str
    which: str
