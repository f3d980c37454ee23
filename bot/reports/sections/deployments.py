"""Deployments: how many, how they went, how long they waited and took, and what was taken back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from math import fsum

from bot.reports.deploying import Deployed, Deployment, deployed
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.repositories import CONNECT, GitHub, repositories
from bot.reports.sections.section import Wanted, dated, listed, plural, worst
from bot.reports.sections.unknown import or_unknown
from bot.reports.statistics import in_words, minutes, number
from bot.walltime import wall

LINES_SHOWN = 20
_NAMED = 3
_PERCENT = 100


async def deployments(wanted: Wanted) -> Section:
    repos = repositories(wanted.context.playbook.current, wanted.options)
    if not repos:
        return Section("deployments", "Deployments", connect=CONNECT)

    async def made() -> Section:
        github = GitHub.of(wanted.sources)
        found = await deployed(github, repos, wanted.options.deployments, wanted.period)
        return tell(found, by_name(wanted), wanted.period)

    return await or_unknown("deployments", "Deployments", made(), "GitHub")


def tell(found: Deployed, targets: Mapping[str, float], period: Period) -> Section:
    """The section. `targets`: of the report, by their names there."""
    every = found.deployments
    every_figure = (
        _count(every, targets.get("deployments"), period, complete=found.complete),
        _success(every, targets.get("deployments_succeed"), period),
        _mean("approval time", every, lambda each: each.approval, targets.get("approval"), period),
        _mean("deployment time", every, lambda each: each.took, targets.get("deployment"), period),
        _rollbacks(every, targets.get("rollbacks"), period),
    )
    # What was neither measured nor asked for need not be said.
    figures = tuple(each for each in every_figure if each.value is not None or each.target)
    lines = [_line(each, period) for each in reversed(every)]
    if len(lines) > LINES_SHOWN:
        lines = [*lines[:LINES_SHOWN], f"… and {len(lines) - LINES_SHOWN} more, in the figures attached"]
    if found.releases:
        lines.append(f"Released: {listed([tag for tag, _ in found.releases], LINES_SHOWN)}")
    if not found.complete:
        lines.append("There were more than are asked for: the figures are of the newest of them")
    failed = [each for each in every if each.succeeded is False]
    decision = ""
    if (share := every_figure[1]).verdict is Verdict.BAD:
        what = listed([each.what for each in failed], _NAMED)
        decision = (
            f"{share.value:g} % of deployments succeeded, not {share.target}: what is done about {what}?"
        )
    return Section(
        "deployments",
        "Deployments",
        worst(each.verdict for each in figures if each.value is not None),
        _headline(every, failed),
        figures,
        tuple(lines),
        _table(every, period),
        decision=decision,
    )


def by_name(wanted: Wanted) -> dict[str, float]:
    """The report's targets."""
    return {str(name): value for name, value in wanted.options.targets.items()}


def _headline(every: Sequence[Deployment], failed: Sequence[Deployment]) -> str:
    if not every:
        return "nothing was deployed"
    known = sum(each.succeeded is not None for each in every)
    back = sum(each.rollback for each in every)
    parts = [plural(len(every), "deployment")]
    if known:
        parts.append(f"{len(failed)} failed" if failed else "none failed")
    parts.append(f"{back} rolled back" if back else "none rolled back")
    return ", ".join(parts)


def _count(every: Sequence[Deployment], target: float | None, period: Period, *, complete: bool) -> Figure:
    few = target is not None and len(every) < target
    return figure(
        "deployments" if complete else "deployments, at least",
        float(len(every)),
        rows=[_line(each, period) for each in every],
        target=f"≥ {target:g}" if target is not None else "",
        verdict=Verdict.WATCH if few else Verdict.OK,
    )


def _success(every: Sequence[Deployment], target: float | None, period: Period) -> Figure:
    known = [each for each in every if each.succeeded is not None]
    share = sum(bool(each.succeeded) for each in known) / len(known) if known else None
    missed = share is not None and target is not None and share < target
    return figure(
        "deployments that succeeded",
        round(share * _PERCENT, 2) if share is not None else None,
        "%",
        rows=[_line(each, period) for each in known],
        n=len(known),
        target=f"≥ {target * _PERCENT:g} %" if target is not None else "",
        verdict=Verdict.UNKNOWN if share is None else Verdict.BAD if missed else Verdict.OK,
    )


def _mean(
    name: str,
    every: Sequence[Deployment],
    span: Callable[[Deployment], timedelta | None],
    target: float | None,
    period: Period,
) -> Figure:
    """`target`: in seconds, for the average."""
    known = [(each, took) for each in every if (took := span(each)) is not None]
    mean = fsum(minutes(took) for _, took in known) / len(known) if known else None
    over = mean is not None and target is not None and mean * 60 > target
    return figure(
        f"average {name}",
        round(mean, 1) if mean is not None else None,
        "min",
        rows=[f"{in_words(took)}: {_line(each, period)}" for each, took in known],
        n=len(known),
        target=f"≤ {in_words(timedelta(seconds=target))}" if target is not None else "",
        verdict=Verdict.UNKNOWN if mean is None else Verdict.WATCH if over else Verdict.OK,
    )


def _rollbacks(every: Sequence[Deployment], target: float | None, period: Period) -> Figure:
    back = [each for each in every if each.rollback]
    over = target is not None and len(back) > target
    return figure(
        "rollbacks",
        float(len(back)),
        rows=[_line(each, period) for each in back],
        n=len(every),
        target=f"≤ {target:g}" if target is not None else "",
        verdict=Verdict.WATCH if over else Verdict.OK,
    )


def how(each: Deployment) -> str:
    word = {True: "succeeded", False: "failed", None: "outcome not known"}[each.succeeded]
    return f"rollback, {word}" if each.rollback else word


def _line(each: Deployment, period: Period) -> str:
    parts = [f"{dated(each.at, period)} {each.repo}: {each.what} to {each.where}", how(each)]
    parts += [f"waited {in_words(each.approval)} for approval"] if each.approval is not None else []
    parts += [f"took {in_words(each.took)}"] if each.took is not None else []
    return ", ".join(parts)


def _table(every: Sequence[Deployment], period: Period) -> Table:
    rows = tuple(
        (
            f"{wall(each.at, period.zone):%Y-%m-%d %H:%M}",
            *(each.repo, each.what, each.where, how(each)),
            float(number(minutes(each.approval), 2)) if each.approval is not None else None,
            float(number(minutes(each.took), 2)) if each.took is not None else None,
        )
        for each in every
    )
    columns = ("at", "repository", "what", "where", "outcome", "approval min", "took min")
    return Table(columns, rows)
