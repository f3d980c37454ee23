import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import ConfigError
from bot.settings import Settings, environment

ROOT = Path(__file__).parents[2]
SOCKET_MODE = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def test_two_tokens_are_enough_for_socket_mode() -> None:
    settings = Settings.load(SOCKET_MODE)

    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.slack_app_token is not None
    assert settings.slack_signing_secret is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite+aiosqlite:///watchbill.db"
    assert settings.playbook == Path("playbook.yaml")
    assert (settings.http_port, settings.slack_rate) == (8000, 1.0)


def test_a_signing_secret_stands_in_for_the_app_token() -> None:
    settings = Settings.load({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s3cret"})

    assert settings.slack_app_token is None
    assert settings.slack_signing_secret == SecretStr("s3cret")


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as refusal:
        Settings.load({})

    assert "SLACK_BOT_TOKEN is not set" in str(refusal.value)
    assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET must be set" in str(refusal.value)


def test_every_wrong_variable_is_named_and_no_value_shown() -> None:
    with pytest.raises(ConfigError) as refusal:
        Settings.load(
            {
                "SLACK_BOT_TOKEN": "xapp-swapped-secret",
                "SLACK_APP_TOKEN": "xoxb-swapped-secret",
                "SLACK_API_URL": "slack.com",
                "SLACK_RATE": "0",
                "HTTP_PORT": "eighty",
                "PUBLIC_URL": "watchbill.example.com",
                "LINK_SECRET": "too-short-secret",
                "HEARTBEAT_URL": "heartbeat-secret",
                "LOG_FORMAT": "xml",
                "LOG_LEVEL": "loud",
                "CLOCK_URL": "sundial",
            }
        )

    lines = str(refusal.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "SLACK_RATE",
        "HTTP_PORT",
        "PUBLIC_URL",
        "LINK_SECRET",
        "HEARTBEAT_URL",
        "LOG_FORMAT",
        "LOG_LEVEL",
        "CLOCK_URL",
    ]
    assert not any(f"{word}-secret" in str(refusal.value) for word in ("swapped", "short", "heartbeat"))
    assert "must begin with xoxb-" in lines[0]


def test_every_variable_can_be_read_from_a_file(tmp_path: Path) -> None:
    for field in Settings.model_fields:
        variable = field.upper()
        values = {"SLACK_BOT_TOKEN": "xoxb-f", "SLACK_APP_TOKEN": "xapp-f", "SLACK_SIGNING_SECRET": "sign"}
        values |= {"SLACK_API_URL": "http://x/api", "SLACK_RATE": "2", "DATABASE_URL": "postgresql://h/n"}
        values |= {
            "PLAYBOOK": "/etc/p.yaml",
            "ROSTER_FILE": "/var/roster.json",
            "HTTP_HOST": "::1",
            "HTTP_PORT": "81",
            "LOG_FORMAT": "json",
        }
        values |= {"PUBLIC_URL": "https://w.example.com", "LINK_SECRET": "k" * 32}
        values |= {"HEARTBEAT_URL": "https://h.example.com/1", "PAGERDUTY_WEBHOOK_SECRET": "hook"}
        values |= {"PAGERDUTY_EVENTS_URL": "https://e.example.com"}
        values |= {"GITHUB_TOKEN": "ghp_1", "GITHUB_API_URL": "https://g.example.com/api/v3"}
        values |= {"SENTRY_AUTH_TOKEN": "sntrys_1", "SENTRY_URL": "https://s.example.com"}
        values |= {"PROMETHEUS_URL": "http://p:9090", "ALERTMANAGER_URL": "http://a:9093"}
        values |= {"LOG_LEVEL": "DEBUG", "CLOCK_URL": "http://x/clock"}
        file = tmp_path / field
        file.write_text(values[variable] + "\n")
        direct = Settings.load(SOCKET_MODE | {variable: values[variable]})
        environ = {name: value for name, value in SOCKET_MODE.items() if name != variable}

        assert Settings.load(environ | {f"{variable}_FILE": str(file)}) == direct


def test_a_secret_file_that_cannot_be_read_is_the_only_thing_complained_about(tmp_path: Path) -> None:
    missing = tmp_path / "token"

    with pytest.raises(ConfigError) as refusal:
        Settings.load({"SLACK_BOT_TOKEN_FILE": str(missing), "SLACK_APP_TOKEN": "xapp-1"})

    assert str(refusal.value) == (
        f"SLACK_BOT_TOKEN_FILE names a file that cannot be read: {missing} (No such file or directory)"
    )


def test_a_variable_and_its_file_at_the_same_time_are_refused() -> None:
    with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set"):
        Settings.load(SOCKET_MODE | {"SLACK_BOT_TOKEN_FILE": "/run/secrets/token"})


def test_an_empty_variable_counts_as_not_set() -> None:
    settings = Settings.load(SOCKET_MODE | {"HTTP_PORT": "", "CLOCK_URL": " ", "SLACK_SIGNING_SECRET": ""})

    assert settings == Settings.load(SOCKET_MODE)


def test_the_api_address_always_ends_with_a_slash() -> None:
    settings = Settings.load(SOCKET_MODE | {"SLACK_API_URL": "http://127.0.0.1:8080/api"})

    assert settings.slack_api_url == "http://127.0.0.1:8080/api/"


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    settings = Settings.load(
        SOCKET_MODE | {"SLACK_SIGNING_SECRET": "s3cret", "DATABASE_URL": "postgresql://bot:hunter2@db/x"}
    )

    shown = f"{settings} {settings!r}"
    assert not any(secret in shown for secret in ("xoxb-1", "xapp-1", "s3cret", "hunter2"))


def test_the_process_environment_stands_above_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_APP_TOKEN='xapp-file'\nTWILIO=x\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-process")
    for name in ("SLACK_APP_TOKEN", "SLACK_APP_TOKEN_FILE", "SLACK_BOT_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)

    settings = Settings.load()

    assert settings.slack_bot_token.get_secret_value() == "xoxb-process"
    assert settings.slack_app_token == SecretStr("xapp-file")
    assert environment()["TWILIO"] == "x"


def test_the_example_lists_every_variable_once_in_order_with_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    written = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, flags=re.MULTILINE))
    defaults = {
        name.upper(): "" if field.is_required() or field.default is None else str(field.default)
        for name, field in Settings.model_fields.items()
    }

    assert list(written.items()) == list(defaults.items())
    assert text.count("=") == len(written) + 1, "one more only in the explanation of NAME_FILE"
