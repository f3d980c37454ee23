"""What lies on Slack's side: the tokens, what they may do, channels and people."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.checkup.verdict import Verdict, ok, problem, warn
from bot.clock import Clock
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.playbook import Playbook
from bot.slack.gateway import SIGNED_OUT, Slack
from bot.slack.methods import scopes

REINSTALL = "Paste the output of `watchbill manifest` into the app's page, App Manifest, then reinstall it"
NO_SUCH_PERSON = {"users_not_found", "user_not_found", "user_not_visible"}


class Workspace:
    """Asks Slack, waiting where its limits say so: nobody is in a hurry here."""

    def __init__(self, slack: Slack, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        # Names of the playbook who are not in Slack; None until `people` has found out.
        self.left: frozenset[str] | None = None

    async def bot_token(self) -> list[Verdict]:
        """Whose token it is, and what it may do. The first line is a problem where nothing can be asked."""
        try:
            me = await self._ask("auth.test")
            granted = await self._slack.scopes()
        except (Refused, Away, Unclear) as error:
            return [_unusable("SLACK_BOT_TOKEN", "OAuth & Permissions → Bot User OAuth Token", error)]
        return [ok("bot token", f"@{me['user']} in {me['team']}"), _scopes(granted)]

    async def app_token(self, token: str) -> list[Verdict]:
        """Whether Socket Mode can connect. `self` must have been made with the same token."""
        try:
            await self._ask("apps.connections.open", app_token=token)
        except (Refused, Away, Unclear) as error:
            place = "Basic Information → App-Level Tokens, with the scope connections:write"
            return [_unusable("SLACK_APP_TOKEN", place, error)]
        return [ok("app token", "Socket Mode can connect")]

    async def channels(self, playbook: Playbook) -> list[Verdict]:
        """Whether the playbook's channels are there."""
        try:
            named = _channels_of(playbook)
            seen = await self._seen_channels() if any(each.startswith("#") for each in named) else {}
            return [await self._channel(name, where, seen) for name, where in named.items()]
        except (Refused, Away, Unclear) as error:
            return [problem("channels", f"Slack could not be asked: {error}", _remedy(error))]

    async def people(self, playbook: Playbook) -> list[Verdict]:
        """Whether everybody in the playbook is in Slack."""
        try:
            lines = {name: await self._person(name, each.slack) for name, each in playbook.people.items()}
        except (Refused, Away, Unclear) as error:
            return [problem("people", f"Slack could not be asked: {error}", _remedy(error))]
        missing = {name: line for name, line in lines.items() if line is not None}
        self.left = frozenset(missing)
        if missing or not lines:
            return list(missing.values())
        return [ok("people", f"all {len(lines)} are in Slack")]

    async def _ask(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        while True:
            try:
                return await self._slack.call(method, **arguments)
            except Busy as limit:
                await self._clock.wait_until(limit.retry_at, asyncio.Event())

    async def _seen_channels(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        cursor: dict[str, Any] = {}
        while True:
            answer = await self._ask(
                "conversations.list", types="public_channel,private_channel", limit=1000, **cursor
            )
            found.update((channel["name"], channel) for channel in answer["channels"])
            following = (answer.get("response_metadata") or {}).get("next_cursor")
            if not following:
                return found
            cursor = {"cursor": following}

    async def _channel(self, name: str, where: str, seen: Mapping[str, Mapping[str, Any]]) -> Verdict:
        channel = seen.get(name.removeprefix("#"))
        if not name.startswith("#"):
            try:
                channel = (await self._ask("conversations.info", channel=name))["channel"]
            except Refused as refusal:
                if refusal.error != "channel_not_found":
                    raise
        if channel is None:
            return problem(
                "channel",
                f"{name} ({where}): Watchbill sees no such channel",
                "Create it; if it is private, type /invite @watchbill there",
            )
        if channel.get("is_archived"):
            return problem("channel", f"{name} ({where}) is archived", "Unarchive it, or name another")
        if channel.get("is_member"):
            return ok("channel", f"{name} ({where})")
        return ok("channel", f"{name} ({where}): Watchbill joins it when it first posts there")

    async def _person(self, name: str, slack: str) -> Verdict | None:
        """What is wrong, if anything is."""
        method, arguments = (
            ("users.info", {"user": slack}) if "@" not in slack else ("users.lookupByEmail", {"email": slack})
        )
        try:
            user = (await self._ask(method, **arguments))["user"]
        except Refused as refusal:
            if refusal.error not in NO_SUCH_PERSON:
                raise
            return problem(
                "person",
                f"{name}: nobody in Slack is {slack}",
                f"Correct people.{name}.slack: the address of their Slack account, or their member ID",
            )
        if user.get("deleted"):
            return problem(
                "person", f"{name}: {slack} was deactivated in Slack", "Take them out of the playbook"
            )
        return None


def _channels_of(playbook: Playbook) -> dict[str, str]:
    """Every channel the playbook names, and where it does so first."""
    named = [
        (playbook.channels.incidents, "channels.incidents"),
        (playbook.channels.alerts, "channels.alerts"),
        *((each.announce, f"schedules.{name}.announce") for name, each in playbook.schedules.items()),
        *((each.unheard, f"escalation.{name}.unheard") for name, each in playbook.escalation.items()),
        *((each.channel, f"checklists.{name}.channel") for name, each in playbook.checklists.items()),
        *(
            (channel, f"reports.{name}.channels")
            for name, each in playbook.reports.items()
            for channel in each.channels
        ),
        *(
            (each.feedback.channel, f"reports.{name}.feedback.channel")
            for name, each in playbook.reports.items()
            if each.feedback is not None
        ),
    ]
    found: dict[str, str] = {}
    for channel, where in named:
        if channel is not None:
            found.setdefault(channel, where)
    return found


def _scopes(granted: frozenset[str] | None) -> Verdict:
    if granted is None:
        return warn("scopes", "Slack did not say what the token may do")
    missing = [scope for scope in scopes() if scope not in granted]
    if missing:
        return problem("scopes", f"the app lacks {', '.join(missing)}", REINSTALL)
    return ok("scopes", f"all {len(scopes())} are granted")


def _unusable(variable: str, place: str, error: Exception) -> Verdict:
    about = "bot token" if variable == "SLACK_BOT_TOKEN" else "app token"
    code = str(error).rpartition(": ")[2]
    if isinstance(error, Refused) or code in SIGNED_OUT:
        return problem(about, f"Slack does not take {variable} ({code})", f"Copy it anew: {place}")
    return problem(
        about,
        f"Slack does not answer: {error}",
        "Mind the network, a proxy, SLACK_API_URL; status.slack.com tells of outages",
    )


def _remedy(error: Exception) -> str:
    return REINSTALL if isinstance(error, Refused) and error.error == "missing_scope" else "Try again later"
