"""Secrets and addresses, from the environment and `.env`. What a team decides stands in the playbook."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import ConfigError
from bot.links import Links

DEFAULT_PLAYBOOK = Path("playbook.yaml")
# As many characters as the key of a 128-bit signature has in hexadecimal: nobody guesses it.
SHORTEST_LINK_SECRET = 32


def _api_url(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// (or http:// for a simulated workspace)")
    return value.rstrip("/") + "/"


def _http_url(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("must begin with http:// or https://")
    return value


def _token(prefix: str, hint: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix} ({hint})")
        return value

    return AfterValidator(check)


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://watchbill.example.com")
    return value.rstrip("/")


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_LINK_SECRET:
        raise ValueError(
            f"must have at least {SHORTEST_LINK_SECRET} characters: openssl rand -hex 32 makes one"
        )
    return value


def _secret_url(value: SecretStr) -> SecretStr:
    _http_url(value.get_secret_value())
    return value


_BotToken = Annotated[SecretStr, _token("xoxb-", "OAuth & Permissions → Bot User OAuth Token")]
_AppToken = Annotated[SecretStr, _token("xapp-", "Basic Information → App-Level Tokens")]


class Settings(BaseSettings):
    """Every variable is also read from the file that NAME_FILE names. An empty one counts as not set."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    slack_bot_token: _BotToken
    slack_app_token: _AppToken | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = "https://slack.com/api/"
    slack_rate: float = Field(default=1.0, gt=0, le=1000, allow_inf_nan=False)
    """Times Slack's published limits that this workspace is granted."""
    database_url: str = Field(default="sqlite+aiosqlite:///watchbill.db", repr=False)
    """Not shown by repr: it may contain a password."""
    playbook: Path = DEFAULT_PLAYBOOK
    roster_file: Path = Path("roster.json")
    """Who to page while the database is away; what happens meanwhile is written down beside it."""
    http_host: str = "0.0.0.0"  # noqa: S104  A container is reached from outside of it.
    http_port: int = Field(default=8000, ge=0, le=65535)
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    """Where people's browsers reach this bot, for links in e-mails and text messages, and for calendars."""
    link_secret: Annotated[SecretStr, AfterValidator(_long_enough)] | None = None
    """Signs those links, and what the command line asks of a running bot."""
    heartbeat_url: Annotated[SecretStr, AfterValidator(_secret_url)] | None = None
    """Asked for once a minute while all is well; whoever knows it can pretend that it is."""
    pagerduty_webhook_secret: SecretStr | None = None
    pagerduty_events_url: Annotated[str, AfterValidator(_public_url)] = "https://events.pagerduty.com"
    github_token: SecretStr | None = None
    github_api_url: Annotated[str, AfterValidator(_public_url)] = "https://api.github.com"
    sentry_auth_token: SecretStr | None = None
    sentry_url: Annotated[str, AfterValidator(_public_url)] = "https://sentry.io"
    prometheus_url: Annotated[str, AfterValidator(_public_url)] | None = None
    alertmanager_url: Annotated[str, AfterValidator(_public_url)] | None = None
    """Whom checks ask, unless a check names another address."""
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    clock_url: Annotated[str, AfterValidator(_http_url)] | None = None
    """Simulation only: a clock to follow instead of the machine's."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings in `environ` (default: the process environment over `.env`).

        Raises ConfigError that names every variable to fix, and no values.
        """
        given = environment() if environ is None else environ
        values, problems = _read(given)
        if not any(_is_given(given, name) for name in ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")):
            problems.append(
                "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET must be set: the first for Socket Mode, "
                "the second to receive signed HTTP requests"
            )
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            problems += [_sentence(each) for each in error.errors() if not _is_told(each, given)]
        if problems:
            raise ConfigError("\n".join(problems))
        return settings

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written down, the database's password included."""
        hidden = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.link_secret,
            self.heartbeat_url,
            self.pagerduty_webhook_secret,
            self.github_token,
            self.sentry_auth_token,
        )
        given = [secret.get_secret_value() for secret in hidden if secret is not None]
        password = urlsplit(self.database_url).password
        return (*given, unquote(password), password) if password else tuple(given)

    @property
    def secret_names(self) -> frozenset[str]:
        """The variables that hold what must never be written down, and those that name a file with it."""
        fields = Settings.model_fields.items()
        names = {name.upper() for name, field in fields if "SecretStr" in str(field.annotation)}
        names.add("DATABASE_URL")
        return frozenset(names | {f"{name}_FILE" for name in names})

    @property
    def links(self) -> Links:
        secret = self.link_secret.get_secret_value() if self.link_secret else None
        return Links(self.public_url, secret)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` read: NAME_FILE and a given environment are beyond the stock sources."""
        return (init_settings,)


def environment(env_file: Path = Path(".env")) -> dict[str, str]:
    """The process environment over `.env`. The playbook's ${NAME} are taken from here too."""
    from_file = {name: value for name, value in dotenv_values(env_file).items() if value is not None}
    return {**from_file, **os.environ}


def _read(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    values: dict[str, str] = {}
    problems: list[str] = []
    for field in Settings.model_fields:
        name = field.upper()
        value, path = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
        if value and path:
            problems.append(f"{name} and {name}_FILE are both set: keep one of them")
        elif path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
                problems.append(f"{name}_FILE names a file that cannot be read: {path} ({reason})")
        if value:
            values[field] = value.lower() if field in {"log_level", "log_format"} else value
    return values, problems


def _is_given(environ: Mapping[str, str], name: str) -> bool:
    return bool(environ.get(name, "").strip() or environ.get(f"{name}_FILE", "").strip())


def _is_told(error: ErrorDetails, environ: Mapping[str, str]) -> bool:
    """Whether a variable counts as missing only because its file could not be read."""
    return error["type"] == "missing" and _is_given(environ, str(error["loc"][0]).upper())


def _sentence(error: ErrorDetails) -> str:
    """What is wrong with which variable, without its value."""
    name = str(error["loc"][0]).upper()
    if error["type"] == "missing":
        return f"{name} is not set"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"
