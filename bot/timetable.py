"""Which jobs there are: one list. A noun with something to do at set times adds its line to SOURCES."""

from collections.abc import Callable

from bot.checklists.routines import routines as checklists
from bot.jobs.routine import Routine
from bot.playbook import Playbook
from bot.reports.routines import routines as reports
from bot.silences.windows import routines as silences

Source = Callable[[Playbook], list[Routine]]

SOURCES: tuple[Source, ...] = (checklists, reports, silences)


def routines(playbook: Playbook) -> list[Routine]:
    """Every job the playbook names. Raises RuntimeError for two of one name."""
    found = [routine for source in SOURCES for routine in source(playbook)]
    names = [routine.name for routine in found]
    if twins := {name for name in names if names.count(name) > 1}:
        raise RuntimeError(f"two jobs of one name: {', '.join(sorted(twins))}")
    return found
