"""`make bench`: the figures, each with its reference measured in the same run. Prints Markdown."""

import asyncio
import platform
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench import acks, crowd, jobs, night, pages, probes, process, report, storm, takeover, watch
from tests.bench.figures import Figure, table

# By the name that `make bench ONLY=name` takes.
BENCHES: dict[str, Callable[[Path], Awaitable[list[Figure]]]] = {
    "acks": acks.one_by_one,
    "at-once": acks.many_at_once,
    "to-page": pages.command_to_page,
    "process": process.start_and_memory,
    "storm": storm.storm,
    "pages": night.pages_at_once,
    "kills": night.pages_and_kills,
    "crowd": crowd.alert_in_a_crowd,
    "takeover": takeover.takeover,
    "who": watch.who_is_on_call,
    "probes": probes.five_hundred,
    "jobs": jobs.a_thousand_at_once,
    "report": report.weekly,
}


async def main(names: list[str]) -> None:
    figures: list[Figure] = []
    if unknown := set(names) - BENCHES.keys():
        sys.exit(f"There is no figure {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
    for name, bench in BENCHES.items():
        if names and name not in names:
            continue
        sys.stderr.write(f"{name} …\n")
        with tempfile.TemporaryDirectory() as folder:
            figures += await bench(Path(folder))
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}\n")
    print(table(figures))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
