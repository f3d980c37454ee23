"""Every module that puts tables on `metadata`, for migrations and tests; nothing else imports this one.

A new store adds its line here, in the order of the nouns: `from bot.NOUN import store as NOUN`.
"""

from types import ModuleType

from bot.calls import store as calls
from bot.checklists import store as checklists
from bot.checks import store as checks
from bot.contacts import store as contacts
from bot.db.types import metadata
from bot.delivery import store as delivery
from bot.followups import store as followups
from bot.handoffs import store as handoffs
from bot.home import store as home
from bot.incidents import store as incidents
from bot.intake import store as intake
from bot.jobs import store as jobs
from bot.messages import store as messages
from bot.oncall import store as oncall
from bot.paging import store as paging
from bot.people import store as people
from bot.records import store as records
from bot.reloads import store as reloads
from bot.reports import store as reports
from bot.silences import store as silences

STORES: tuple[ModuleType, ...] = (
    delivery,
    intake,
    people,
    messages,
    jobs,
    oncall,
    contacts,
    paging,
    calls,
    incidents,
    followups,
    silences,
    handoffs,
    checks,
    checklists,
    records,
    reports,
    home,
    reloads,
)

__all__ = ["STORES", "metadata"]
