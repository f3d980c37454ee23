"""What a workspace starts with, from Python or from a YAML file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from simulator.workspace.model import Person

# Tokens of a workspace that lives in memory: known to everybody and worth nothing.
BOT_TOKEN = "xoxb-simulator-bot"  # noqa: S105
APP_TOKEN = "xapp-1-A0APP-simulator"  # noqa: S105
SIGNING_SECRET = "simulator-signing-secret"  # noqa: S105


@dataclass(frozen=True)
class TeamSeed:
    """The workspace. `plan` is "paid" or "free"; user groups need a paid one."""

    id: str = "T0ACME"
    name: str = "Acme"
    domain: str = "acme"
    plan: str = "paid"


@dataclass(frozen=True)
class AppSeed:
    """The one app installed in the workspace, and its bot user."""

    id: str = "A0APP"
    name: str = "watchbill"
    user_id: str = "U0BOT"
    bot_id: str = "B0BOT"
    bot_token: str = BOT_TOKEN
    app_token: str = APP_TOKEN
    signing_secret: str = SIGNING_SECRET


@dataclass(frozen=True)
class PersonSeed:
    """Somebody in the workspace. `id` is made from the name when left out."""

    name: str
    id: str = ""
    real_name: str = ""
    email: str = ""
    tz: str = "UTC"
    title: str = ""
    admin: bool = False
    guest: bool = False
    deleted: bool = False

    def person(self) -> Person:
        return Person(
            id=self.id or "U0" + "".join(c for c in self.name.upper() if c.isalnum()),
            name=self.name,
            real_name=self.real_name or self.name.capitalize(),
            email=self.email or f"{self.name}@example.com",
            tz=self.tz,
            title=self.title,
            is_admin=self.admin,
            is_restricted=self.guest,
            deleted=self.deleted,
        )


@dataclass(frozen=True)
class ChannelSeed:
    """A channel. `members` are names, the bot's among them if it is in; None means every person.

    `id` is made from the name when left out.
    """

    name: str
    id: str = ""
    private: bool = False
    members: tuple[str, ...] | None = None
    topic: str = ""
    purpose: str = ""
    archived: bool = False


@dataclass(frozen=True)
class GroupSeed:
    """A user group. `users` are names."""

    handle: str
    name: str = ""
    users: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seed:
    """Everything a workspace starts with."""

    team: TeamSeed = TeamSeed()
    app: AppSeed = AppSeed()
    people: tuple[PersonSeed, ...] = ()
    channels: tuple[ChannelSeed, ...] = field(default=(ChannelSeed("general"),))
    usergroups: tuple[GroupSeed, ...] = ()

    @staticmethod
    def default() -> "Seed":
        """Acme: five people in four time zones, five channels, one user group."""
        return Seed(
            people=(
                PersonSeed("ana", "U01ANA", "Ana Reyes", tz="America/New_York", admin=True),
                PersonSeed("bo", "U02BO", "Bo Lind", tz="Europe/Madrid"),
                PersonSeed("chen", "U03CHEN", "Chen Wu", tz="America/New_York"),
                PersonSeed("dee", "U04DEE", "Dee Rao", tz="Asia/Kolkata"),
                PersonSeed("eli", "U05ELI", "Eli Stone", tz="UTC"),
            ),
            channels=tuple(
                ChannelSeed(name) for name in ("general", "incidents", "prod-alerts", "dev-help", "random")
            ),
            usergroups=(GroupSeed("oncall", "On call"),),
        )

    @staticmethod
    def load(path: Path) -> "Seed":
        """Read a YAML file; what it leaves out is as in `default()`. ValueError says what does not fit."""
        data: Any = YAML(typ="safe").load(path) or {}
        try:
            return _from_mapping(data)
        except TypeError as error:
            raise ValueError(f"{path}: {error}") from error


def _from_mapping(data: Any) -> Seed:
    if not isinstance(data, dict):
        raise TypeError("expected a mapping with team, app, people, channels, usergroups")
    unknown = sorted(set(data) - {"team", "app", "people", "channels", "usergroups"})
    if unknown:
        raise TypeError(f"unknown section {unknown[0]!r}")
    seed = Seed.default()
    return Seed(
        team=TeamSeed(**data.get("team", {})),
        app=AppSeed(**data.get("app", {})),
        people=tuple(PersonSeed(**_named(entry)) for entry in data["people"])
        if "people" in data
        else seed.people,
        channels=tuple(ChannelSeed(**_named(entry, "members")) for entry in data["channels"])
        if "channels" in data
        else seed.channels,
        usergroups=tuple(GroupSeed(**_named(entry, "users", key="handle")) for entry in data["usergroups"])
        if "usergroups" in data
        else seed.usergroups,
    )


def _named(entry: Any, *lists: str, key: str = "name") -> dict[str, Any]:
    """An entry of a list: a bare name, or a mapping whose `lists` become tuples."""
    if isinstance(entry, str):
        return {key: entry.lstrip("#@")}
    fields = {**entry, key: str(entry[key]).lstrip("#@")}
    return {name: tuple(value) if name in lists else value for name, value in fields.items()}
