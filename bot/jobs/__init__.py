"""Jobs: what happens at set wall-clock times, once each.

To have something happen on the wall clock, give `bot/timetable.py` a source: a function that takes the
playbook and gives one `Routine` for each job it names. The clock (`schedules/routines.py`) does the rest:

    def routines(playbook: Playbook) -> list[Routine]:
        return [Routine(f"report:{name}", each.when, playbook.zone, grace=WEEK, run=post)
                for name, each in playbook.reports.items()]

    async def post(context: Context, tx: Transaction, due: Due) -> None:
        ...  # read, write, `tx.queue(...)`: in the transaction that claims the run

- `run` is called once for each wall-clock time, whatever the number of replicas, restarts and clock
  changes. It must not reach outside: what it queues does. An error undoes the claim, and it is tried again.
- A run that was missed is caught up within `grace`, the latest only; others are on record as missed.
- `due.is_late`: more than a minute late, which the message is to say.
- Names are `kind:name`; a name given twice is a mistake found at start.

Timers that follow from an event ("30 minutes after") are effects with `not_before`, not jobs.
"""
