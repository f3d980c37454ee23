"""Asking a checklist: by the clock, by a person, as a task of an incident, on a later day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.checklists import queued, store
from bot.checklists.model import Item, Kind, Run, RunId, Scope, State, pages, under_headings
from bot.checklists.service.audience import group_of, people_of
from bot.context import Context
from bot.delivery.model import Effect
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents.service.work import AlreadyCarriedOut
from bot.intake import store as intake
from bot.jobs.workdays import is_workday
from bot.model import Act, UserId
from bot.mrkdwn import escape, said
from bot.playbook import Playbook
from bot.playbook.checklists import Checklist
from bot.playbook.checklists import Item as PlaybookItem
from bot.walltime import instant, wall


@dataclass(frozen=True)
class Start:
    """What is to be asked. `typed_in`: where somebody asked for it, if nothing else says where it goes."""

    scope: Scope
    by: UserId
    due_at: datetime
    typed_in: str | None = None


async def by_hand(context: Context, scope: Scope, act: Act, typed_in: str) -> Run | None:
    """Somebody starts a checklist: today's items now, those of later days then. None: nothing is for today.

    Raises UserError for one that the playbook does not have, or that needs to know the role.
    """
    rules = known(context.playbook.current, scope.checklist)
    roles = sorted({item.role for item in rules.items if item.role})
    if roles and scope.role not in roles:
        wrong = f"There is no role “{said(scope.role, 80)}” in it. " if scope.role else ""
        raise UserError(
            f"{wrong}In which role? For example: /checklist start {escape(scope.checklist)}"
            f" role:{escape(roles[0])}. Roles: {escape(', '.join(roles))}."
        )
    if scope.role and not roles:
        raise UserError(f"“{escape(scope.checklist)}” is the same for every role: leave role: out.")
    async with context.queue.transaction() as tx:
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            raise AlreadyCarriedOut(act.request_id)
        for later in sorted({item.days_later for item in _of_role(rules, scope)} - {0}):
            await _await_part(tx, context.playbook.current, rules, replace(scope, day=later), act.by)
        if not items_for(rules, scope):
            return None
        return await begin(context, tx, Start(scope, act.by, tx.now, typed_in))


def known(playbook: Playbook, name: str) -> Checklist:
    """Raises UserError that lists what there is."""
    if name not in playbook.checklists:
        there = escape(", ".join(playbook.checklists)) or "none yet; add `checklists` to the playbook"
        raise UserError(f"There is no checklist “{said(name, 80)}”. Checklists: {there}.")
    return playbook.checklists[name]


async def begin(context: Context, tx: Transaction, wanted: Start) -> Run:
    """Ask it, and close what the last one of its kind left open."""
    playbook, scope = context.playbook.current, wanted.scope
    rules = playbook.checklists[scope.checklist]
    for earlier in await store.unclosed(tx.connection, scope):
        await _close(tx, earlier)
    people = await people_of(tx.connection, playbook, rules.audience, tx.now)
    group = group_of(playbook, rules.audience)
    if rules.audience is None and scope.about is not None:
        people = (context.directory.name_of(scope.about) or scope.about,)
    channel = rules.channel
    if channel is None and scope.incident is None and not people and group is None:
        channel = wanted.typed_in or playbook.channels.alerts
    is_direct = channel is None and scope.incident is None
    run = Run(
        id=RunId(0),
        scope=scope,
        title=rules.title or scope.checklist,
        items=items_for(rules, scope),
        state=State.OPEN,
        started_at=tx.now,
        started_by=wanted.by,
        due_at=wanted.due_at,
        channel=channel,
        group=group,
        people=people,
        prompted=people if is_direct else (),
        remind_after=rules.remind_after,
        escalate_after=rules.escalate_after,
        escalate_to=rules.escalate_to,
        audience=rules.audience,
    )
    run = replace(run, id=await store.add(tx.connection, run))
    checks = [queued.check(run.id, n) for n in run.questions if run.items[n].kind is Kind.CHECK]
    # Slack is asked who is in the group first: a prompt for nobody is not a prompt.
    prompts = showing(run) if group is None else [queued.meet(run.id)]
    tx.queue(*prompts, *checks, *timers(run, tx.now))
    return run


def items_for(rules: Checklist, scope: Scope) -> tuple[Item, ...]:
    """Those of the day and the role; headings only where something follows."""
    return under_headings(
        [
            Item(
                text=item.text or item.heading or "",
                kind=_kind(item.heading, item.check, item.answer),
                check=item.check,
                choices=tuple(item.choices),
                runbook=item.runbook,
                within=item.within,
                optional=item.optional,
            )
            for item in _of_role(rules, scope, with_headings=True)
            if item.days_later == scope.day
        ]
    )


def _of_role(rules: Checklist, scope: Scope, *, with_headings: bool = False) -> list[PlaybookItem]:
    wanted = [item for item in rules.items if item.role in (None, scope.role)]
    return [item for item in wanted if with_headings or item.heading is None]


def _kind(heading: str | None, check: str | None, answer: str | None) -> Kind:
    if heading is not None:
        return Kind.HEADING
    if check is not None:
        return Kind.CHECK
    return Kind(answer) if answer else Kind.TICK


def showing(run: Run) -> list[Effect]:
    """Every page of the prompt, wherever it is shown."""
    places: tuple[str | None, ...] = run.prompted or (None,)
    return [queued.show(run.id, page, place) for place in places for page in range(len(pages(run.items)))]


def timers(run: Run, now: datetime) -> list[Effect]:
    """What happens if it is not answered, counted from now."""
    found = []
    if run.remind_after is not None:
        found.append(queued.remind(run.id, now + run.remind_after))
    if run.escalate_after is not None and run.escalated_to is None:
        found.append(queued.escalate(run.id, now + run.escalate_after))
    for n in run.questions:
        within = run.items[n].within
        if within is not None and not run.is_settled(n):
            found.append(queued.overdue(run.id, n, now + within))
    return found


async def _close(tx: Transaction, number: RunId) -> None:
    """The next one begins: what was not answered by now will not be."""
    run = await store.lock(tx.connection, number)
    if run is None or run.closed_at is not None:
        return
    state = State.NOT_DONE if run.state is State.OPEN else run.state
    run = replace(run, state=state, closed_at=tx.now)
    await store.save(tx.connection, run)
    await tx.cancel(*queued.timer_keys(run))
    tx.queue(*showing(run))


async def _await_part(
    tx: Transaction, playbook: Playbook, rules: Checklist, scope: Scope, by: UserId
) -> None:
    zone = ZoneInfo(rules.timezone) if rules.timezone else playbook.zone
    today = wall(tx.now, zone).date()
    day = _working_day(today, scope.day, playbook) if rules.workdays else today + timedelta(days=scope.day)
    key = f"checklist:{scope.checklist}:{scope.about or by}:{scope.role or ''}:day:{scope.day}"
    # Started anew for the same person: the days count from now.
    await tx.cancel(key)
    payload: dict[str, str | int | None] = {
        "checklist": scope.checklist,
        "about": scope.about,
        "role": scope.role,
        "day": scope.day,
        "by": by,
    }
    tx.queue(queued.part(payload, key, instant(datetime.combine(day, rules.at), zone)))


def _working_day(first: date, later: int, playbook: Playbook) -> date:
    """The working day that is `later` working days after `first`; a week is five of them."""
    weeks, days = divmod(later, 7)
    day = first
    for _ in range(weeks * 5 + min(days, 5)):
        day += timedelta(days=1)
        while not is_workday(day, playbook.holidays):
            day += timedelta(days=1)
    return day


async def later_day(context: Context, tx: Transaction, payload: dict[str, str | int | None]) -> None:
    """The day has come; nothing where the playbook no longer has the checklist, or items for that day."""
    about = payload["about"]
    scope = Scope(
        str(payload["checklist"]),
        UserId(str(about)) if about else None,
        str(payload["role"]) if payload["role"] else None,
        int(payload["day"] or 0),
    )
    rules = context.playbook.current.checklists.get(scope.checklist)
    if rules is not None and items_for(rules, scope):
        by = UserId(str(payload["by"]))
        await begin(context, tx, Start(scope, by, tx.now))
