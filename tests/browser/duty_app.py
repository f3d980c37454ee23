"""A small Bolt app to try the page with: it declares, pages and asks, and remembers one incident."""

from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator

Json = dict[str, Any]

SERVICES = ("checkout", "cheese-shop", "search")

MANIFEST: Json = {
    "features": {
        "slash_commands": [
            {
                "command": "/incident",
                "description": "Declare and run incidents",
                "usage_hint": "sev1 TITLE | list | resolve",
                "should_escape": True,
            },
            {
                "command": "/oncall",
                "description": "Who is on call",
                "usage_hint": "now",
                "should_escape": True,
            },
        ],
        "shortcuts": [
            {
                "name": "Declare incident",
                "callback_id": "declare",
                "type": "message",
                "description": "Declare an incident from this message",
            }
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "channels:history",
                "channels:join",
                "channels:manage",
                "channels:read",
                "chat:write",
                "commands",
                "im:write",
                "pins:write",
                "reactions:read",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "reaction_added"]}},
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": "42", **more}


SURE: Json = {
    "title": plain("Resolve INC-42?"),
    "text": marked("Everybody in the room is *told*."),
    "confirm": plain("Resolve"),
    "deny": plain("Not yet"),
}


def card(
    title: str, declarer: str, acknowledged_by: str | None, status: str, severity: str = "sev1"
) -> list[Json]:
    """The incident as the room sees it."""
    severities = [{"text": plain(word.upper()), "value": word} for word in ("sev1", "sev2", "sev3")]
    controls = [
        button("Post update", "update"),
        {
            "type": "static_select",
            "action_id": "severity",
            "placeholder": plain("Severity"),
            "options": severities,
            "initial_option": next(one for one in severities if one["value"] == severity),
        },
        {"type": "users_select", "action_id": "page", "placeholder": plain("Page someone")},
        button("Resolve", "resolve", style="danger", confirm=SURE),
    ]
    if acknowledged_by is None:
        controls.insert(0, button("Acknowledge", "acknowledge", style="primary"))
    commander = f"<@{acknowledged_by}>" if acknowledged_by else "Nobody yet"
    return [
        {"type": "header", "text": plain(f":rotating_light: INC-42 {title}")},
        {
            "type": "section",
            "fields": [
                marked(f"*Severity*\n{severity.upper()} — production down"),
                marked(f"*Status*\n{status}"),
                marked(f"*Commander*\n{commander}"),
                marked(f"*Declared by*\n<@{declarer}>"),
            ],
        },
        {"type": "actions", "elements": controls} if status != "Resolved" else {"type": "divider"},
        {"type": "context", "elements": [marked("Next update due in *5 minutes* · runbook: `error-spike`")]},
    ]


def update_modal(channel: str) -> Json:
    def field_of(label: str, block_id: str, element: Json, **more: Any) -> Json:
        return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}

    words = [
        {"text": plain(word), "value": word.lower()} for word in ("Investigating", "Mitigating", "Monitoring")
    ]
    extras = [{"text": plain("Tell the status page too"), "value": "status"}]
    return {
        "type": "modal",
        "callback_id": "update",
        "private_metadata": channel,
        "title": plain("Post update"),
        "submit": plain("Post"),
        "close": plain("Cancel"),
        "blocks": [
            field_of(
                "What is happening?",
                "what",
                {"type": "plain_text_input", "action_id": "text", "multiline": True},
                hint=plain("What people see, what is being done, what comes next"),
            ),
            field_of("Status", "status", {"type": "static_select", "action_id": "word", "options": words}),
            {"type": "actions", "block_id": "help", "elements": [button("Which one?", "explain")]},
            field_of(
                "Also", "also", {"type": "checkboxes", "action_id": "boxes", "options": extras}, optional=True
            ),
        ],
    }


def explanation() -> Json:
    return {
        "type": "modal",
        "callback_id": "explanation",
        "title": plain("Statuses"),
        "submit": plain("I see"),
        "blocks": [
            {
                "type": "section",
                "text": marked("*Mitigating* is when the harm stops, *Monitoring* is after."),
            },
            {
                "type": "input",
                "block_id": "why",
                "optional": True,
                "label": plain("Still unclear?"),
                "element": {"type": "plain_text_input", "action_id": "text"},
            },
        ],
    }


def home_view(user: str) -> Json:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Open incidents")},
            {"type": "section", "text": marked(f"*None.* A quiet day, <@{user}>.")},
            {"type": "divider"},
            {"type": "header", "text": plain("On call now")},
            {"type": "section", "text": marked("*primary* <@U02BO>\n*secondary* <@U03CHEN>")},
        ],
    }


@dataclass
class Duty:
    """What the app remembers: one incident."""

    client: AsyncWebClient
    title: str = ""
    declarer: str = ""
    room: str = ""
    card_ts: str = ""
    acknowledged_by: str | None = None
    status: str = "Investigating"
    severity: str = "sev1"
    actions: list[Json] = field(default_factory=list)

    async def declare(self, title: str, by: str) -> None:
        self.title, self.declarer = title, by
        made = await self.client.conversations_create(name="inc-42-" + title.lower().replace(" ", "-"))
        self.room = made["channel"]["id"]
        await self.client.conversations_setTopic(channel=self.room, topic="SEV1 · investigating")
        await self.client.conversations_invite(channel=self.room, users=[by, "U02BO", "U03CHEN"])
        posted = await self.client.chat_postMessage(channel=self.room, text=title, blocks=self.blocks())
        self.card_ts = posted["ts"]
        await self.client.pins_add(channel=self.room, timestamp=self.card_ts)
        asked: list[Json] = [
            {"type": "section", "text": marked(f":pager: *You are on call: {title}*\n<#{self.room}>")},
            {"type": "actions", "elements": [button("Acknowledge", "acknowledge", style="primary")]},
        ]
        await self.client.chat_postMessage(channel="U02BO", text=f"You are on call: {title}", blocks=asked)

    def blocks(self) -> list[Json]:
        return card(self.title, self.declarer, self.acknowledged_by, self.status, self.severity)

    async def show(self) -> None:
        """The card again, with what is known now."""
        await self.client.chat_update(
            channel=self.room, ts=self.card_ts, text=self.title, blocks=self.blocks()
        )

    # What people do

    async def incident(self, ack: AsyncAck, command: Json) -> None:
        text = command.get("text", "")
        if text == "silence":
            return
        if not text:
            await ack()
            await self.ask(command["trigger_id"], command["channel_id"])
            return
        title = text.removeprefix("sev1 ")
        await ack(text=f"*INC-42* {title} is declared. Its room is on the way.")
        await self.declare(title, command["user_id"])

    async def acknowledge(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        self.acknowledged_by = body["user"]["id"]
        await self.show()
        where, ts = body["channel"]["id"], body["message"]["ts"]
        if where != self.room:
            await self.client.chat_update(channel=where, ts=ts, text="Acknowledged by you", blocks=[])

    async def update(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        await self.ask(body["trigger_id"], body["channel"]["id"])

    async def explain(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        await self.client.views_push(trigger_id=body["trigger_id"], view=explanation())

    async def explained(self, ack: AsyncAck) -> None:
        await ack()

    async def ask(self, trigger_id: str, channel: str) -> None:
        await self.client.views_open(trigger_id=trigger_id, view=update_modal(channel))

    async def updated(self, ack: AsyncAck, view: Json) -> None:
        text = view["state"]["values"]["what"]["text"]["value"]
        if len(text) < 10:
            await ack(response_action="errors", errors={"what": "Say a little more, at least ten letters"})
            return
        await ack()
        await self.client.chat_postMessage(channel=view["private_metadata"], text=f"*Update:* {text}")

    async def change_severity(self, ack: AsyncAck, action: Json) -> None:
        await ack()
        self.actions.append(action)
        self.severity = action["selected_option"]["value"]
        await self.show()

    async def services(self, ack: AsyncAck, payload: Json) -> None:
        found = [one for one in SERVICES if one.startswith(payload["value"])]
        await ack(options=[{"text": plain(one), "value": one} for one in found])

    async def service(self, ack: AsyncAck, action: Json) -> None:
        await ack()
        self.actions.append(action)

    async def page(self, ack: AsyncAck, action: Json) -> None:
        await ack()
        await self.client.chat_postMessage(
            channel=action["selected_user"], text=f"You are needed: {self.title}"
        )

    async def resolve(self, ack: AsyncAck) -> None:
        await ack()
        self.status = "Resolved"
        await self.client.conversations_setTopic(channel=self.room, topic="SEV1 · resolved")
        await self.show()

    async def home(self, event: Json) -> None:
        await self.client.views_publish(user_id=event["user"], view=home_view(event["user"]))

    async def reaction(self, event: Json) -> None:
        self.actions.append(event)


def duty_app(sim: Simulator) -> tuple[AsyncApp, Duty]:
    """The app and what it remembers; it still has to be connected."""
    env = sim.bot_env()
    client = AsyncWebClient(token=env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=env["SLACK_SIGNING_SECRET"])
    duty = Duty(client)
    app.command("/incident")(duty.incident)
    app.action("acknowledge")(duty.acknowledge)
    app.action("update")(duty.update)
    app.action("explain")(duty.explain)
    app.view("explanation")(duty.explained)
    app.action("severity")(duty.change_severity)
    app.options("service")(duty.services)
    app.action("service")(duty.service)
    app.action("page")(duty.page)
    app.action("resolve")(duty.resolve)
    app.view("update")(duty.updated)
    app.shortcut("declare")(duty.update)
    app.event("app_home_opened")(duty.home)
    app.event("reaction_added")(duty.reaction)
    return app, duty


async def connect(app: AsyncApp, sim: Simulator) -> AsyncSocketModeHandler:
    """Open the app's socket and wait until the workspace sees it."""
    web_client = AsyncWebClient(base_url=sim.api_url)
    handler = AsyncSocketModeHandler(app, sim.bot_env()["SLACK_APP_TOKEN"], web_client=web_client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await sim.until(lambda: sim.bot_connected, why="the app's socket")
    return handler
