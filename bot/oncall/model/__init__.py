"""Who is on call: pure rules of rotations, hours, layers and covers.

Intervals are half-open: the start belongs, the end does not. Instants are aware.
"""

from bot.oncall.model.covers import Override
from bot.oncall.model.rotation import Every, Hours, Rotation, Unit
from bot.oncall.model.schedule import Schedule, Shift, shifts, until, who

__all__ = [
    "Every",
    "Hours",
    "Override",
    "Rotation",
    "Schedule",
    "Shift",
    "Unit",
    "shifts",
    "until",
    "who",
]
