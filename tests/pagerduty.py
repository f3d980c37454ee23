"""As much of PagerDuty as is documented: events are taken in, incidents kept, webhooks signed and sent.

developer.pagerduty.com: "Send an Alert Event", "Response Codes & Retry Logic", "Webhook Payload",
"Verifying Signatures".
"""

import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
ACTIONS = {"trigger", "acknowledge", "resolve"}
SEVERITIES = {"critical", "error", "warning", "info"}
KNOWN = {"routing_key", "event_action", "dedup_key", "payload", "images", "links", "client", "client_url"}
IN_PAYLOAD = {"summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"}


def mistakes(event: Any) -> list[str]:
    """What the documentation does not allow, in an event."""
    if not isinstance(event, dict):
        return ["not an object"]
    found = [f"'{each}' is unknown" for each in event.keys() - KNOWN]
    if len(str(event.get("routing_key", ""))) != 32:
        found.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    if event.get("event_action") not in ACTIONS:
        found.append("'event_action' is invalid")
    if not 0 < len(event.get("dedup_key", "")) <= 255:
        found.append("'dedup_key' is missing or too long")
    if event.get("event_action") == "trigger":
        payload = event.get("payload", {})
        found += [f"'payload.{each}' is unknown" for each in payload.keys() - IN_PAYLOAD]
        if not 0 < len(payload.get("summary", "")) <= 1024:
            found.append("'payload.summary' is missing or too long")
        if not payload.get("source"):
            found.append("'payload.source' is missing or blank")
        if payload.get("severity") not in SEVERITIES:
            found.append("'payload.severity' is invalid")
        if any(not each.get("href") for each in event.get("links", [])):
            found.append("'links' has one without 'href'")
    return found


@dataclass
class PagerDuty:
    """The far side. `incidents`: (routing key, dedup key) → status; `answer_with`: a status to fail with."""

    secret: str = "webhook-signing-secret"
    events: list[dict[str, Any]] = field(default_factory=list)
    incidents: dict[tuple[str, str], str] = field(default_factory=dict)
    refused: list[list[str]] = field(default_factory=list)
    answer_with: int | None = None
    retry_after: str | None = None
    url: str = ""
    _runner: web.AppRunner | None = None
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)

    async def __aenter__(self) -> "PagerDuty":
        app = web.Application()
        app.router.add_post("/v2/enqueue", self._enqueue)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def of(self, action: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event_action"] == action]

    async def _enqueue(self, request: web.Request) -> web.Response:
        if self.answer_with is not None:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.json_response(
                {"status": "throttle exceeded"}, status=self.answer_with, headers=headers
            )
        assert request.content_type == "application/json"
        try:
            event = await request.json()
        except ValueError:
            event = None
        if found := mistakes(event):
            self.refused.append(found)
            answer = {"status": "invalid event", "message": "Event object is invalid", "errors": found}
            return web.json_response(answer, status=400)
        self.events.append(event)
        self._apply(event)
        answer = {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]}
        return web.json_response(answer, status=202)

    def _apply(self, event: dict[str, Any]) -> None:
        which = (event["routing_key"], event["dedup_key"])
        status = self.incidents.get(which)
        match event["event_action"], status:
            case "trigger", None | "resolved":
                self.incidents[which] = "triggered"
            case "acknowledge", "triggered":
                self.incidents[which] = "acknowledged"
            case "resolve", "triggered" | "acknowledged":
                self.incidents[which] = "resolved"

    def event(self, kind: str, key: str, agent: str | None = "Tenex Engineer") -> dict[str, Any]:
        """A webhook's body; without an `agent` it was the Events API that did it."""
        who = {"id": "PLH1HKV", "type": "user_reference", "summary": agent}
        machine = {
            "id": "PINT",
            "type": "events_api_v2_inbound_integration_reference",
            "summary": "Watchbill",
        }
        return {
            "event": {
                "id": f"01EVENT{next(self._ids):05}",
                "event_type": kind,
                "resource_type": "incident",
                "occurred_at": "2026-11-20T18:45:22.169Z",
                "agent": who if agent is not None else machine,
                "client": None,
                "data": {
                    "id": "PGR0VU2",
                    "type": "incident",
                    "html_url": "https://acme.pagerduty.com/incidents/PGR0VU2",
                    "number": 2,
                    "status": "triggered",
                    "incident_key": key,
                    "title": "A little bump in the road",
                    "assignees": [{"id": "PTUXL6G", "type": "user_reference", "summary": "User 123"}],
                    "urgency": "high",
                },
            }
        }

    def signed(self, body: bytes, *secrets: str) -> str:
        """The signature header, for each of the secrets that are in force."""
        keys = secrets or (self.secret,)
        made = (hmac.new(each.encode(), body, hashlib.sha256).hexdigest() for each in keys)
        return ",".join(f"v1={each}" for each in made)

    async def tells(
        self, url: str, event: dict[str, Any] | bytes, signature: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Deliver a webhook; gives the answer's status and what it says."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        headers = {"Content-Type": "application/json", "X-Webhook-Id": "W1"}
        given = self.signed(body) if signature is None else signature
        if given:
            headers["X-PagerDuty-Signature"] = given
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{url}/pagerduty/webhook", data=body, headers=headers) as answer,
        ):
            said: dict[str, Any] = await answer.json()
            return answer.status, said
