"""python -m simulator: serve a workspace, and start the bot that is to live in it."""

import argparse
import asyncio
import sys
from pathlib import Path

from simulator.run import serve
from simulator.seed import Seed
from simulator.simulator import Simulator


def _arguments(argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options, and the command after `--`."""
    own, command = argv, []
    if "--" in argv:
        at = argv.index("--")
        own, command = argv[:at], argv[at + 1 :]
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A Slack workspace in memory, for trying out and testing bots.",
        epilog="Options end at `--`; what follows is started with the workspace's addresses and tokens.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one")
    parser.add_argument("--seed", type=Path, help="people and channels, as YAML")
    parser.add_argument("--manifest", type=Path, help="the app's manifest, as JSON")
    parser.add_argument("--no-limits", action="store_true", help="answer as fast as asked: no 429")
    parser.add_argument("--request-url", help="deliver over signed HTTP to this address instead of sockets")
    parser.add_argument("--bot-url", help="where the bot answers /healthz and /readyz, to show its health")
    parser.add_argument(
        "--example", action="store_true", help="give the bot an example service to look after"
    )
    parser.add_argument("--since", type=float, help="count the seconds printed from this Unix time")
    return parser.parse_args(own), command


def main(argv: list[str] | None = None) -> int:
    """Run until interrupted or until the command ends; its exit status is ours."""
    options, command = _arguments(sys.argv[1:] if argv is None else argv)
    try:
        seed = Seed.load(options.seed) if options.seed else Seed.default()
        simulator = Simulator(
            seed,
            host=options.host,
            port=options.port,
            limits=not options.no_limits,
            manifest=options.manifest,
            request_url=options.request_url,
        )
        serving = serve(simulator, command, options.bot_url, options.since, with_example=options.example)
        return asyncio.run(serving)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
