"""Which events the app gets: those it subscribed to, in conversations its bot is in."""

from simulator.delivery import payloads
from simulator.delivery.route import Delivered, Route
from simulator.errors import Json
from simulator.workspace.model import Channel
from simulator.workspace.workspace import Workspace

_MESSAGE = {
    "channel": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}

# Events about the whole workspace, or about channels that everybody may see, need no membership.
_ANYWHERE = frozenset(
    {"channel_created", "channel_rename", "channel_archive", "channel_unarchive", "app_home_opened"}
)

# docs.slack.dev: 30,000 deliveries an hour for a workspace and an app.
EVENTS_AN_HOUR = 30_000
HOUR, MINUTE = 3600, 60


class Events:
    """Turns the workspace's events into deliveries. `subscribed` None: all of them."""

    def __init__(self, workspace: Workspace, route: Route, subscribed: frozenset[str] | None) -> None:
        self._workspace = workspace
        self._route = route
        self._subscribed = subscribed
        self.last: Delivered | None = None
        self._hour, self._told, self._limited = 0, 0, 0

    def _over(self) -> bool:
        """Whether this hour's events are used up; the app is told once a minute."""
        now = self._workspace.now()
        if now // HOUR != self._hour:
            self._hour, self._told = now // HOUR, 0
        self._told += 1
        if self._told <= EVENTS_AN_HOUR:
            return False
        if now // MINUTE != self._limited:
            self._limited = now // MINUTE
            self._route.tell(payloads.rate_limited(self._workspace, self._limited * MINUTE))
        return True

    def tell(self, body: Json, channel: Channel | None) -> None:
        """Deliver this event if the app is to get it."""
        kind = str(body["type"])
        name = _MESSAGE[channel.kind] if kind == "message" and channel is not None else kind
        if self._subscribed is not None and name not in self._subscribed:
            return
        inside = channel is None or self._workspace.is_bot_in(channel)
        if not inside and (kind not in _ANYWHERE or (channel is not None and channel.is_private)):
            return
        if self._over():
            return
        self.last = payloads.event(self._workspace, body)
        self._route.tell(self.last)

    def tell_again(self) -> None:
        """Deliver the last event once more, with the same event_id."""
        if self.last is not None:
            self._route.tell(Delivered(self.last.type, self.last.payload, 1, "timeout"))
