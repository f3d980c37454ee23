"""What holds when a playbook does not say: the ladder of severities and the roles of an incident."""

from collections.abc import Iterable, Mapping
from typing import Any

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "sev1": ("p1", "s1", "critical"),
    "sev2": ("p2", "s2", "high"),
    "sev3": ("p3", "s3", "medium"),
    "sev4": ("p4", "s4", "low"),
}

DUTIES: Mapping[str, str] = {
    "commander": (
        "You decide and keep the overview; others do the work. Confirm the severity, hand out the other "
        "roles, keep updates coming on time, and say when it is over."
    ),
    "operations": (
        "You work on the system. Find what changed, roll back before you search for long, say what you are "
        "about to do before you do it, and report what you see."
    ),
    "communications": (
        "You tell everyone outside of the room: what is affected, what is being done, when they hear next. "
        "Answer their questions so that the others can work."
    ),
    "scribe": (
        "You write down what was seen, decided and done, with times, so that the post-mortem needs nobody's "
        "memory. Mark messages with 📌 to put them on the timeline."
    ),
}

# Acknowledge, resolve and update times: the response targets common to the operations guides this
# product automates (5 min for the highest, updates every 30 min for the upper two).
_LADDER: Mapping[str, Mapping[str, Any]] = {
    "sev1": {
        "means": "Nobody can use the product, data is being lost, or security is breached",
        "acknowledge_within": "5m",
        "resolve_within": "1h",
        "update_every": "30m",
        "watch_after_fix": "15m",
        "room": "channel",
    },
    "sev2": {
        "means": "Many people cannot do something important",
        "acknowledge_within": "15m",
        "resolve_within": "4h",
        "update_every": "30m",
        "watch_after_fix": "1h",
        "room": "channel",
    },
    "sev3": {
        "means": "Something works badly, and there is a way around it",
        "acknowledge_within": "4h",
        "resolve_within": "24h",
        "room": "thread",
    },
    "sev4": {"means": "A flaw that can wait", "room": "thread"},
}
_PAGING = ("sev1", "sev2")


def severities(schedules: Iterable[str], paths: Iterable[str]) -> dict[str, Any]:
    """The section as it would be written. The upper two page `primary`, or the first schedule there is."""
    schedules, paths = list(schedules), list(paths)
    section = {name: dict(values) for name, values in _LADDER.items()}
    if schedules:
        first = "primary" if "primary" in schedules else schedules[0]
        page: dict[str, Any] = {"at_once": [f"schedule:{first}"]}
        if paths:
            page["path"] = paths[0]
        for name in _PAGING:
            section[name]["page"] = page
    return section


def with_spellings(section: Mapping[str, Any]) -> dict[str, Any]:
    """The severities with the usual spellings of sev1–sev4 where they do not name their own."""
    taken = {name.lower() for name in section}
    for value in section.values():
        also = value.get("also") if isinstance(value, dict) else None
        taken |= {word.lower() for word in also if isinstance(word, str)} if isinstance(also, list) else set()
    filled = dict(section)
    for name, words in SPELLINGS.items():
        value = section.get(name)
        if isinstance(value, dict) and value.get("also") is None:
            filled[name] = {**value, "also": [word for word in words if word not in taken]}
    return filled
