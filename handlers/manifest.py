"""The app's manifest, derived from the lists: what is not listed is not asked for."""

from typing import Any

from bot.slack.methods import EVENTS, scopes
from handlers.commands import SLASH_COMMANDS
from handlers.shortcuts import SHORTCUTS


def manifest(*, request_url: str | None = None) -> dict[str, Any]:
    """Slack's app manifest. Without `request_url` the app uses Socket Mode, which needs no public address."""
    socket = request_url is None
    request = {} if request_url is None else {"request_url": request_url}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Watchbill",
            "description": "Runs incidents and pages whoever is on call",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "watchbill", "always_online": True},
            "shortcuts": _shortcuts(),
            "slash_commands": _slash_commands({} if request_url is None else {"url": request_url}),
        },
        "oauth_config": {"scopes": {"bot": list(scopes())}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS), **request},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _shortcuts() -> list[dict[str, Any]]:
    return [
        {
            "name": shortcut.name,
            "type": "message",
            "callback_id": shortcut.callback,
            "description": shortcut.does,
        }
        for shortcut in SHORTCUTS
    ]


def _slash_commands(to_url: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "command": command.name,
            "description": command.does,
            "usage_hint": command.usage,
            "should_escape": True,
            **to_url,
        }
        for command in SLASH_COMMANDS
    ]
