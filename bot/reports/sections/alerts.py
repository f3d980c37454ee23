"""Alerts: how many, how many asked for something to be done, and how many were false."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.checks.kinds import alertmanager
from bot.checks.kinds.kind import Question
from bot.checks.model.result import Finding, Limits
from bot.checks.model.result import Verdict as Answer
from bot.checks.model.trouble import Trouble
from bot.checks.service import troubles_between
from bot.checks.sources import NoAnswerError, Sources
from bot.incidents.model.incident import Incident, Status
from bot.incidents.service import queries
from bot.playbook.check_kinds import Alertmanager
from bot.playbook.checks import Check
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, listed, plural
from bot.reports.sections.unknown import answered
from bot.reports.statistics import in_words
from bot.walltime import wall

LINES_SHOWN = 15
_NAMED = 5
# From here on, more alerts for nothing than for something are worth a decision.
NOISY_FROM = 5


@dataclass(frozen=True)
class Alert:
    """A trouble of a probe, and the incident that it led to, where it did and everybody may know of it."""

    trouble: Trouble
    incident: Incident | None

    @property
    def outcome(self) -> str:
        if self.trouble.incident is None:
            silent = self.trouble.gravest is Answer.UNKNOWN
            return "its source was silent" if silent else "no incident"
        false = self.incident is not None and self.incident.status is Status.CANCELLED
        return "false alarm" if false else "incident"

    @property
    def named(self) -> str:
        return self.incident.name if self.incident is not None else ""


@dataclass(frozen=True)
class Fired:
    """What Prometheus's rules fired, by name, and what fires in Alertmanager now.

    None where it is not connected, or silent: then it is said why.
    """

    rules: Counter[str] | None = None
    rules_why: str = ""
    now: Finding | None = None
    now_why: str = ""

    @property
    def whys(self) -> list[str]:
        told = {"what Prometheus fired": self.rules_why, "what fires in Alertmanager": self.now_why}
        return [f"{what}, for {why}" for what, why in told.items() if why]


async def alerts(wanted: Wanted) -> Section:
    playbook, access = wanted.context.playbook.current, wanted.sources.access
    probes = [name for name, check in playbook.checks.items() if check.every is not None]
    if not probes and access.prometheus is None and access.alertmanager is None:
        return Section(
            "alerts",
            "Alerts",
            connect="Nothing alerts: give checks an `every`, or set PROMETHEUS_URL or ALERTMANAGER_URL.",
        )
    database, period = wanted.context.queue.database, wanted.period
    found = await troubles_between(database, period.start, period.end)
    numbered = await _incidents(wanted, found)
    told = [Alert(each, numbered.get(each.incident or 0)) for each in found]
    return tell(told, Fired(*await _fired(wanted), *await _firing(wanted)), period)


async def _incidents(wanted: Wanted, found: Sequence[Trouble]) -> Mapping[int, Incident]:
    if not any(each.incident is not None for each in found):
        return {}
    start = min(each.began_at for each in found)
    declared = await queries.declared_between(
        wanted.context.queue.database, start, wanted.period.end + timedelta(days=1)
    )
    return {int(each.number): each for each in declared}


async def _fired(wanted: Wanted) -> tuple[Counter[str] | None, str]:
    if wanted.sources.access.prometheus is None:
        return None, ""
    return await answered(_of_prometheus(wanted.sources, wanted.period), "Prometheus")


async def _firing(wanted: Wanted) -> tuple[Finding | None, str]:
    if wanted.sources.access.alertmanager is None:
        return None, ""
    question = Question(Check(alertmanager=Alertmanager()), Limits(), wanted.context.clock.now())
    return await answered(alertmanager.ask(Alertmanager(), question, wanted.sources), "Alertmanager")


async def _of_prometheus(sources: Sources, period: Period) -> Counter[str]:
    """Its own record of what fired: the series ALERTS (prometheus.io, alerting rules)."""
    seconds = int((period.end - period.start).total_seconds())
    reply = await sources.fetch(
        f"{(sources.access.prometheus or '').rstrip('/')}/api/v1/query",
        params={
            "query": f'count by (alertname) (last_over_time(ALERTS{{alertstate="firing"}}[{seconds}s]))',
            "time": f"{period.end.timestamp():.3f}",
        },
    )
    if reply.status != 200:
        raise NoAnswerError(f"Prometheus answered {reply.status}")
    found: Counter[str] = Counter()
    for each in reply.json()["data"]["result"]:
        found[str(each["metric"].get("alertname", "without a name"))] += int(float(each["value"][1]))
    return found


def tell(told: Sequence[Alert], fired: Fired, period: Period) -> Section:
    """The section."""
    figures = [_figure("alerts", told, told, period)]
    acted = [each for each in told if each.outcome == "incident"]
    false = [each for each in told if each.outcome == "false alarm"]
    idle = [each for each in told if each.outcome == "no incident"]
    silent = [each for each in told if each.outcome == "its source was silent"]
    details = [
        _figure("alerts that led to an incident", acted, told, period),
        _figure("false alarms", false, told, period, Verdict.WATCH if false else Verdict.OK),
        _figure("alerts without an incident", idle, told, period),
        _figure("alerts of silent sources", silent, told, period),
    ]
    figures += details if told else []
    lines = [_line(each, period) for each in reversed(told)]
    if len(lines) > LINES_SHOWN:
        lines = [*lines[:LINES_SHOWN], f"… and {len(lines) - LINES_SHOWN} more, in the figures attached"]
    figures += _fired_figures(fired)
    lines += _fired_lines(fired)
    noisy = Counter(each.trouble.check for each in [*false, *idle])
    decision = ""
    if len(told) >= NOISY_FROM and len(acted) * 2 < len(told) and noisy:
        loudest, times = noisy.most_common(1)[0]
        decision = (
            f"{loudest} raised {plural(times, 'alert')} that asked for nothing: is its threshold right?"
        )
    loud = Verdict.WATCH if decision or false else Verdict.OK
    return Section(
        "alerts",
        "Alerts",
        Verdict.UNKNOWN if fired.whys else loud,
        _headline(told, acted, false, fired),
        tuple(figures),
        tuple(lines),
        _table(told, period),
        decision=decision,
    )


def _fired_figures(fired: Fired) -> list[Figure]:
    found = []
    if fired.rules is not None or fired.rules_why:
        rows = [f"{name}: {count}" for name, count in fired.rules.most_common()] if fired.rules else []
        total = float(fired.rules.total()) if fired.rules is not None else None
        unknown = Verdict.UNKNOWN if fired.rules is None else Verdict.OK
        found.append(figure("alerts fired by Prometheus", total, rows=rows, verdict=unknown))
    if fired.now is not None or fired.now_why:
        value = fired.now.value if fired.now is not None else None
        rows = [fired.now.evidence] if fired.now is not None else []
        unknown = Verdict.UNKNOWN if fired.now is None else Verdict.OK
        found.append(figure("alerts firing now", value, rows=rows, verdict=unknown))
    return found


def _fired_lines(fired: Fired) -> list[str]:
    lines = []
    if fired.rules:
        named = [f"{name} ×{count}" for name, count in fired.rules.most_common()]
        lines.append(f"Prometheus fired {listed(named, _NAMED)}")
    if fired.now is not None:
        lines.append(f"Alertmanager now: {fired.now.evidence}")
    return lines


def _figure(
    name: str, found: Sequence[Alert], told: Sequence[Alert], period: Period, verdict: Verdict = Verdict.OK
) -> Figure:
    rows = [_line(each, period) for each in found]
    return figure(name, float(len(found)), rows=rows, n=len(told), verdict=verdict)


def _headline(
    told: Sequence[Alert],
    acted: Sequence[Alert],
    false: Sequence[Alert],
    fired: Fired,
) -> str:
    parts = [plural(len(told), "alert") + " of probes"]
    if told:
        parts.append(f"{len(acted)} led to an incident, {len(false)} false")
    if fired.rules is not None:
        parts.append(f"Prometheus fired {fired.rules.total()}")
    return "; ".join([", ".join(parts), *(f"not known: {each}" for each in fired.whys)])


def _line(each: Alert, period: Period) -> str:
    trouble = each.trouble
    incident = f" {each.named}" if each.named else ""
    lasted = f", for {in_words(trouble.ended_at - trouble.began_at)}" if trouble.ended_at else ", still there"
    times = f", {trouble.times} times" if trouble.times > 1 else ""
    began = dated(trouble.began_at, period)
    return f"{began} {trouble.check}{lasted}{times}, {each.outcome}{incident}: {trouble.evidence}"


def _table(told: Sequence[Alert], period: Period) -> Table:
    rows = tuple(
        (
            f"{wall(each.trouble.began_at, period.zone):%Y-%m-%d %H:%M}",
            f"{wall(each.trouble.ended_at, period.zone):%Y-%m-%d %H:%M}" if each.trouble.ended_at else "",
            *(each.trouble.check, str(each.trouble.gravest), each.trouble.times, each.outcome),
            each.named,
            each.trouble.evidence,
        )
        for each in told
    )
    return Table(("began", "ended", "check", "verdict", "times", "outcome", "incident", "evidence"), rows)
