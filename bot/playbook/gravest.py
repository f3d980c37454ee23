"""Which severities are so grave that nothing holds their pages back."""

from collections.abc import Mapping

from bot.playbook.defaults import SPELLINGS
from bot.playbook.sections import Severity

# By any of its spellings, and what some teams put above it.
_GRAVE = frozenset({"sev1", *SPELLINGS["sev1"], "sev0", "p0", "s0"})
_LESSER = frozenset(word for name, words in SPELLINGS.items() if name != "sev1" for word in (name, *words))


def grave_ones(severities: Mapping[str, Severity]) -> tuple[str, ...]:
    """In the order of the playbook."""
    return tuple(name for name in severities if is_grave(severities, name))


def is_grave(severities: Mapping[str, Severity], name: str) -> bool:
    """Whether it is sev1 by any spelling, or stands above it; without a sev1, the first of the playbook.

    A name that the playbook does not have any more counts by its own spelling.
    """
    words = {each: {each.lower(), *map(str.lower, rules.also)} for each, rules in severities.items()}
    if words.get(name, {name.lower()}) & _GRAVE:
        return True
    order = list(severities)
    last = next((n for n, each in enumerate(order) if words[each] & _GRAVE), 0)
    return name in order[: last + 1] and not words[name] & _LESSER
