"""What a report can be made of: a file for each section, and a line in SECTIONS."""

from collections.abc import Mapping

from bot.reports.sections.incidents import incidents
from bot.reports.sections.section import Ask, Wanted

SECTIONS: Mapping[str, Ask] = {
    "incidents": incidents,
}

__all__ = ["SECTIONS", "Ask", "Wanted"]
