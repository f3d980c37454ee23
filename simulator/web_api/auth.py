"""api.test, auth.test, apps.connections.open, team.info, bots.info."""

from simulator.calls import ANYBODY, APP
from simulator.errors import Json, SlackError
from simulator.web_api.asked import Asked, Method
from simulator.workspace import render

ICONS = (34, 44, 68, 88, 102, 132, 230)


def api_test(asked: Asked) -> Json:
    if asked.args.has("error"):
        raise SlackError(asked.args.text("error"), args=asked.args.values)
    return {"args": {key: value for key, value in asked.args.values.items() if key != "token"}}


def auth_test(asked: Asked) -> Json:
    workspace = asked.workspace
    shape: Json = {
        "url": f"https://{workspace.team.domain}.slack.com/",
        "team": workspace.team.name,
        "team_id": workspace.team.id,
    }
    if asked.app_token:
        return {"app_name": workspace.app.name, "app_id": workspace.app.id}
    return {
        **shape,
        "user": workspace.people[asked.me].name,
        "user_id": asked.me,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(asked: Asked) -> Json:
    return {"url": asked.socket_url()}


def team_info(asked: Asked) -> Json:
    team = asked.workspace.team
    wanted = asked.args.text("team")
    if wanted and wanted != team.id:
        raise SlackError("team_not_found")
    url = f"https://{team.domain}.slack.com/"
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "url": url,
            "domain": team.domain,
            "email_domain": "example.com",
            "icon": {"image_default": True}
            | {f"image_{size}": f"https://example.com/team/{size}.png" for size in ICONS},
            "avatar_base_url": "https://example.com/",
            "is_verified": False,
        }
    }


def bots_info(asked: Asked) -> Json:
    workspace = asked.workspace
    wanted = asked.args.text("bot", workspace.app.bot_id)
    if wanted != workspace.app.bot_id:
        raise SlackError("bot_not_found")
    return {"bot": render.bot_profile(workspace) | {"user_id": workspace.app.user_id}}


METHODS = (
    Method("api.test", api_test, tier=4, caller=ANYBODY),
    Method("auth.test", auth_test, tier=0),
    Method("apps.connections.open", connections_open, caller=APP),
    Method("team.info", team_info, ("team:read",)),
    Method("bots.info", bots_info, ("users:read",)),
)
