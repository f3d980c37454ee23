"""chat.unfurl, entity.presentDetails: what the app shows of the links people post."""

from typing import Any

from simulator.blocks import check_message_blocks
from simulator.errors import Json, SlackError
from simulator.web_api.asked import Asked, Method
from simulator.workspace import links
from simulator.workspace.model import Message


def _message(asked: Asked) -> Message:
    """The message meant, by channel and ts or by the unfurl_id and source of the event."""
    args, workspace = asked.args, asked.workspace
    if args.has("unfurl_id") or args.has("source"):
        if not args.has("source"):
            raise SlackError("missing_source")
        if not args.has("unfurl_id"):
            raise SlackError("missing_unfurl_id")
        if args.text("source") not in ("composer", "conversations_history"):
            raise SlackError("invalid_source")
        place = workspace.unfurls.get(args.text("unfurl_id"))
        if place is None:
            raise SlackError("invalid_unfurl_id")
    else:
        if not args.has("channel"):
            raise SlackError("missing_channel")
        if not args.has("ts"):
            raise SlackError("missing_ts")
        place = (args.text("channel"), args.text("ts"))
    channel = workspace.channels.get(place[0])
    if channel is None:
        raise SlackError("cannot_find_channel")
    if (message := channel.by_ts.get(place[1])) is None:
        raise SlackError("cannot_find_message")
    return message


def unfurl(asked: Asked) -> Json:
    message = _message(asked)
    previews = _previews(asked) | _entities(asked)
    if not previews:
        # Asking the person to sign in first is taken, and shown to nobody.
        if asked.args.flag("user_auth_required") or asked.args.has("user_auth_message"):
            return {}
        raise SlackError("missing_unfurls")
    there = links.in_message(message)
    if any(url not in there for url in previews):
        raise SlackError("cannot_unfurl_url")
    links.unfurl(asked.workspace, message, previews)
    return {}


def _previews(asked: Asked) -> dict[str, Json]:
    given: Any = asked.args.json("unfurls", "invalid_unfurls_format") or {}
    if not isinstance(given, dict):
        raise SlackError("invalid_unfurls_format")
    return {str(url): _preview(value) for url, value in given.items()}


def _preview(given: Any) -> Json:
    """One link's preview: an attachment, or blocks."""
    if not isinstance(given, dict) or not given:
        raise SlackError("cannot_parse_attachment")
    try:
        return (
            {**given, "blocks": check_message_blocks(given["blocks"])} if "blocks" in given else dict(given)
        )
    except SlackError as error:
        raise SlackError("cannot_parse_attachment", **error.extra) from error


def _entities(asked: Asked) -> dict[str, Json]:
    """Previews given as entities (an incident, a task …) in the metadata."""
    given: Any = asked.args.json("metadata", "invalid_metadata_format") or {}
    entities = given.get("entities", []) if isinstance(given, dict) else None
    if not isinstance(entities, list) or not all(_is_entity(entry) for entry in entities):
        raise SlackError("invalid_metadata_format")
    return {entry["app_unfurl_url"]: _shown(entry) for entry in entities}


def _is_entity(entry: Any) -> bool:
    needed = ("app_unfurl_url", "url", "external_ref", "entity_type", "entity_payload")
    return isinstance(entry, dict) and all(entry.get(key) for key in needed)


def _shown(entity: Json) -> Json:
    attributes = entity["entity_payload"].get("attributes", {})
    title = attributes.get("title") or {}
    text = str(title.get("text", entity["url"]) if isinstance(title, dict) else title)
    return {"title": text, "title_link": entity["url"], "fallback": text, "entity": entity}


def present_details(asked: Asked) -> Json:
    args, workspace = asked.args, asked.workspace
    trigger = workspace.triggers.get(args.required("trigger_id"))
    if trigger is None or trigger.used:
        raise SlackError("invalid_trigger_id")
    shown: Any = args.json("metadata", "invalid_metadata")
    if args.flag("user_auth_required"):
        if not args.has("user_auth_url"):
            raise SlackError("user_auth_url_missing")
    elif not args.has("error") and not (isinstance(shown, dict) and shown.get("entity_type")):
        raise SlackError("invalid_metadata")
    trigger.used = True
    workspace.details[trigger.user] = shown if isinstance(shown, dict) else {}
    workspace.changed("details", to={trigger.user})
    return {}


METHODS = (
    Method("chat.unfurl", unfurl, ("links:write",)),
    Method("entity.presentDetails", present_details),
)
