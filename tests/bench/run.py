"""`make bench`: the figures, each with its reference measured in the same run. Prints Markdown."""

import asyncio
import platform
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench import acks, night, pages, process, storm, watch
from tests.bench.figures import Figure, table

BENCHES = (
    acks.one_by_one,
    acks.many_at_once,
    pages.command_to_page,
    process.start_and_memory,
    storm.storm,
    night.pages,
    night.killing,
    watch.who_is_on_call,
)


async def main(names: list[str]) -> None:
    figures: list[Figure] = []
    for bench in BENCHES:
        if names and bench.__name__ not in names:
            continue
        sys.stderr.write(f"{bench.__module__}.{bench.__name__} …\n")
        with tempfile.TemporaryDirectory() as folder:
            figures += await bench(Path(folder))
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}\n")
    print(table(figures))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
