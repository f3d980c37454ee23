"""Every module that puts tables on `metadata`, for migrations and tests; nothing else imports this one.

A new store adds its line here, in the order of the nouns: `from bot.NOUN import store as NOUN`.
"""

from types import ModuleType

from bot.db.types import metadata

STORES: tuple[ModuleType, ...] = ()

__all__ = ["STORES", "metadata"]
