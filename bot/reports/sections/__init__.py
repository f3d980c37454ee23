"""What a report can be made of: a file for each section, and a line in SECTIONS or SUMS."""

from collections.abc import Mapping

from bot.reports.sections.incidents import incidents
from bot.reports.sections.section import Ask, Sum, Wanted

SECTIONS: Mapping[str, Ask] = {
    "incidents": incidents,
}

SUMS: Mapping[str, Sum] = {}

__all__ = ["SECTIONS", "SUMS", "Ask", "Sum", "Wanted"]
