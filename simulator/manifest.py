"""The part of a Slack app manifest that changes what the workspace does."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import Json


@dataclass(frozen=True)
class Command:
    """A slash command. `escape`: mentions in its text arrive as `<@U…|name>`."""

    command: str
    description: str = ""
    usage_hint: str = ""
    escape: bool = True


@dataclass(frozen=True)
class Shortcut:
    """A shortcut. `type` is "message" or "global"."""

    name: str
    callback_id: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class Manifest:
    """What the app asked for. None stands for "everything": no manifest was given."""

    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    scopes: frozenset[str] | None = None
    events: frozenset[str] | None = None
    any_command: bool = True
    unfurl_domains: frozenset[str] | None = None

    @staticmethod
    def parse(manifest: Json) -> "Manifest":
        """Read a manifest in Slack's own format. KeyError names what is missing."""
        features: Json = manifest.get("features", {})
        settings: Json = manifest.get("settings", {})
        subscriptions: Json = settings.get("event_subscriptions", {})
        scopes: Json = manifest.get("oauth_config", {}).get("scopes", {})
        return Manifest(
            commands=tuple(_command(entry) for entry in features.get("slash_commands", [])),
            shortcuts=tuple(
                Shortcut(e["name"], e["callback_id"], e["type"], e.get("description", ""))
                for e in features.get("shortcuts", [])
            ),
            scopes=frozenset(scopes.get("bot", [])),
            events=frozenset(subscriptions.get("bot_events", [])),
            any_command=False,
            unfurl_domains=frozenset(features.get("unfurl_domains", [])),
        )

    @staticmethod
    def load(path: Path) -> "Manifest":
        """Read a manifest file (JSON)."""
        return Manifest.parse(json.loads(path.read_text(encoding="utf-8")))

    def command(self, name: str) -> Command | None:
        """The command of that name; any name is one where no manifest was given."""
        for entry in self.commands:
            if entry.command == name:
                return entry
        return Command(name) if self.any_command else None


def _command(entry: dict[str, Any]) -> Command:
    return Command(
        entry["command"],
        entry.get("description", ""),
        entry.get("usage_hint", ""),
        bool(entry.get("should_escape", False)),
    )
