"""Names that must lead somewhere: people, schedules, escalation paths, services.

They are followed through the values as written, so that they are reported together with other mistakes.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.playbook import defaults
from bot.playbook.problems import Path, Problem, listed, nearest
from bot.playbook.source import Source

_PERSON = "people"
_TARGET = "a target"
_AUDIENCE = "a target, a role or a user group"
_SEVERITY = "a severity by any of its spellings"
_SILENCED = "a service, a probe or all"
# What stands where, and in which section it must be found; `*` is every key or item.
_REFERENCES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("roles", "*", "*"), _PERSON),
    (("people", "*", "notify"), "notify"),
    (("services", "*", "owner"), "escalation"),
    (("services", "*", "depends_on", "*"), "services"),
    (("schedules", "*", "layers", "*", "rotate", "*"), _PERSON),
    (("schedules", "*", "layers", "*", "rotate", "*", "*"), _PERSON),
    (("escalation", "*", "ladder", "*", "page", "*"), _TARGET),
    (("severities", "*", "page", "at_once", "*"), _TARGET),
    (("severities", "*", "page", "path"), "escalation"),
    (("checks", "*", "service"), "services"),
    (("checks", "*", "incidents", "service"), "services"),
    (("checks", "*", "incident"), _SEVERITY),
    (("checks", "*", "incidents", "severity"), _SEVERITY),
    (("checks", "*", "incidents", "severity", "*"), _SEVERITY),
    (("checks", "*", "checklist"), "checklists"),
    (("checks", "*", "checklist", "name"), "checklists"),
    (("checklists", "*", "items", "*", "check"), "checks"),
    (("checklists", "*", "for"), _AUDIENCE),
    (("checklists", "*", "escalate_to"), _AUDIENCE),
    (("severities", "*", "tasks", "*"), "checklists"),
    (("reports", "*", "impact", "*"), _SEVERITY),
    (("slos", "*", "service"), "services"),
    (("maintenance", "windows", "*", "silence"), _SILENCED),
    (("maintenance", "windows", "*", "silence", "*"), _SILENCED),
)


def broken(source: Source) -> Iterator[Problem]:
    """A problem for each name that leads nowhere, and for each spelling that two severities claim."""
    for pattern, section in _REFERENCES:
        for path, value in _at(source.data, pattern):
            if not isinstance(value, str) or path in source.wrong:
                continue
            judge = _JUDGES.get(section)
            problem = judge(source, path, value) if judge else _name(source, path, value, section)
            if problem is not None:
                yield problem
    yield from _claimed_twice(source)
    yield from _kept_twice(source)
    yield from _methods(source)
    yield from _probes(source)


# What a figure over time is made of, and what is written before the name of the check.
_MEASURED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("slos", "*", "good"), "check:"),
    (("reports", "*", "reliability", "uptime"), ""),
    (("reports", "*", "reliability", "uptime", "*"), ""),
    (("reports", "*", "reliability", "error_rate"), ""),
    (("reports", "*", "reliability", "average"), ""),
    (("reports", "*", "reliability", "p95"), ""),
    (("reports", "*", "reliability", "p99"), ""),
    (("reports", "*", "capacity", "*", "check"), ""),
    (("reports", "*", "cost", "check"), ""),
)


def _probes(source: Source) -> Iterator[Problem]:
    """Each must be a check, and be asked again and again: one answer is no figure."""
    checks = _names(source, "checks")
    for pattern, prefix in _MEASURED:
        for path, value in _at(source.data, pattern):
            if checks is None or not isinstance(value, str) or path in source.wrong:
                continue
            if prefix and not value.startswith(prefix):
                continue
            name = value.removeprefix(prefix)
            if name not in checks:
                known = f" ({listed(checks)})" if checks else ", which is empty"
                close = nearest(name, checks)
                yield source.problem(path, f"is not in checks{known}", close and prefix + close)
            elif isinstance(checks[name], dict) and checks[name].get("every") is None:
                yield source.problem(path, "is no probe: give that check an `every`")


# Names for ways to reach somebody that mean something without a contact or a rule that uses them yet.
USUAL_METHODS = ("sms", "voice", "push", "email", "chat", "pagerduty")
_VIAS = (
    ("notify", "*", "*", "via"),
    ("notify", "*", "*", "via", "*"),
    ("people", "*", "notify", "*", "via"),
    ("people", "*", "notify", "*", "via", "*"),
)


def _methods(source: Source) -> Iterator[Problem]:
    """A rule's methods must be somebody's contacts, and contacts must be used by a rule, if there are any."""
    vias = [(path, each) for way in _VIAS for path, each in _at(source.data, way) if isinstance(each, str)]
    contacts = [(path, str(path[-1])) for path, _ in _at(source.data, ("people", "*", "contacts", "*"))]
    used = {name for _, name in vias}
    known = ["slack", *dict.fromkeys([*(name for _, name in contacts), *USUAL_METHODS])]
    for path, name in vias:
        if name not in known:
            said = f"is no way to reach anybody: slack, or a name among people's contacts ({listed(known)})"
            yield source.problem(path, said, nearest(name, known))
    for path, name in contacts:
        if name == "slack":
            yield source.problem(path, "needs no contact: the key `slack` of the person is it", at_key=True)
        elif used - {"slack"} and name not in used and name not in USUAL_METHODS:
            close = nearest(name, [*used, *USUAL_METHODS])
            yield source.problem(path, "is used by no `via` of `notify`", close, at_key=True)


def _at(data: Any, pattern: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        yield path, data
        return
    step, rest = pattern[0], pattern[1:]
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, dict):
        items = data.items() if step == "*" else [(step, data[step])] if step in data else ()
    elif isinstance(data, list) and step == "*":
        items = enumerate(data)
    for key, value in items:
        yield from _at(value, rest, (*path, key))


def _names(source: Source, section: str) -> dict[str, Any] | None:
    """The section's keys; None when it is no mapping, which is reported elsewhere."""
    found = source.data.get(section)
    return {} if found is None else found if isinstance(found, dict) else None


def _name(source: Source, path: Path, value: str, section: str) -> Problem | None:
    names = _names(source, section)
    if names is None or value in names:
        return None
    if not names:
        return source.problem(path, f"is not in {section}, which is empty")
    return source.problem(path, f"is not in {section} ({listed(names)})", nearest(value, names))


def _target(source: Source, path: Path, value: str) -> Problem | None:
    people, schedules = _names(source, "people"), _names(source, "schedules")
    if people is None or schedules is None or value in people:
        return None
    prefix, colon, name = value.partition(":")
    if colon and prefix == "schedule":
        if name in schedules:
            return None
        close = nearest(name, schedules)
        known = f" ({listed(schedules)})" if schedules else ", which is empty"
        return source.problem(path, f"is not in schedules{known}", close and f"schedule:{close}")
    targets = [*people, *(f"schedule:{each}" for each in schedules)]
    guess = f"schedule:{value}" if value in schedules else nearest(value, targets)
    known = f": {listed(targets)}" if targets else ", and the playbook has neither yet"
    return source.problem(path, f"is not a person or schedule:NAME{known}", guess)


def _audience(source: Source, path: Path, value: str) -> Problem | None:
    """Whom a checklist is for; user groups are Slack's, and looked for there."""
    prefix, colon, name = value.partition(":")
    if value.startswith("@"):
        return None if path[-1] != "escalate_to" else _kept_group(source, path, value)
    if not (colon and prefix == "role"):
        return _target(source, path, value)
    roles = _names(source, "roles")
    if roles is None or name in roles:
        return None
    close = nearest(name, roles)
    return source.problem(path, "is a role that nobody has: see `roles`", close and f"role:{close}")


def _kept_group(source: Source, path: Path, value: str) -> Problem | None:
    """Who is next is decided without asking Slack, so the group must be one that a schedule keeps."""
    groups = [group for _, group in _at(source.data, ("schedules", "*", "user_group"))]
    if value.removeprefix("@") in (str(group).lstrip("@") for group in groups):
        return None
    return source.problem(path, "is a user group that no schedule keeps: name a person, a schedule or a role")


def _silenced(source: Source, path: Path, value: str) -> Problem | None:
    services, checks = _names(source, "services"), _names(source, "checks")
    if services is None or checks is None or value == "all":
        return None
    # What is wrong about a check is told elsewhere; here it counts as a probe.
    probes = {
        name: each if isinstance(each, dict) else {}
        for name, each in checks.items()
        if not isinstance(each, dict) or each.get("every") is not None
    }
    if value in probes or value in (each.get("service") for each in probes.values()):
        return None
    if value in services:
        return source.problem(path, "is watched by nothing: no probe has it as its `service`")
    if value in checks:
        return source.problem(path, "is no probe: it is never asked by itself")
    close = nearest(value, [*services, *probes, "all"])
    return source.problem(path, "is neither a service nor a probe, nor the word all", close)


def _severity(source: Source, path: Path, value: str) -> Problem | None:
    written = source.data.get("severities")
    section = {name: {} for name in defaults.SPELLINGS} if written is None else written
    if not isinstance(section, dict):
        return None
    section = defaults.with_spellings(section)
    words = [str(name) for name in section]
    for each in section.values():
        also = each.get("also") if isinstance(each, dict) else None
        words += [word for word in also if isinstance(word, str)] if isinstance(also, list) else []
    if value.strip().lower() in {word.lower() for word in words}:
        return None
    return source.problem(path, f"is not a severity ({listed(words)})", nearest(value, words))


def _claimed_twice(source: Source) -> Iterator[Problem]:
    severities = _names(source, "severities") or {}
    owner: dict[str, str] = {}
    for name in severities:
        if name.lower() in owner:
            yield source.problem(
                ("severities", name), f"is the same word as {owner[name.lower()]}", at_key=True
            )
        owner.setdefault(name.lower(), name)
    for path, word in _at(source.data, ("severities", "*", "also", "*")):
        if isinstance(word, str):
            first = owner.setdefault(word.lower(), str(path[1]))
            if first != path[1]:
                yield source.problem(path, f"already stands for {first}")


def _kept_twice(source: Source) -> Iterator[Problem]:
    """A user group holds who is on call for one schedule: of two, whichever changed last would have it."""
    owner: dict[str, str] = {}
    for path, group in _at(source.data, ("schedules", "*", "user_group")):
        if not isinstance(group, str) or path in source.wrong:
            continue
        first = owner.setdefault(group.removeprefix("@").lower(), str(path[1]))
        if first != path[1]:
            yield source.problem(path, f"is kept by the schedule {first} already: give each its own")


_JUDGES: dict[str, Callable[[Source, Path, str], Problem | None]] = {
    _SEVERITY: _severity,
    _TARGET: _target,
    _AUDIENCE: _audience,
    _SILENCED: _silenced,
}
