"""When a home tab is drawn."""

from datetime import timedelta

from bot.delivery.model import Effect, Priority
from bot.model import UserId

PUBLISH = "home.publish"
# Whoever has not looked for this long gets a fresh one when they do.
KEPT_FRESH = timedelta(days=7)


def publish(user: UserId, priority: Priority) -> Effect:
    return Effect(PUBLISH, f"home:{user}", priority, {"user": user}, f"home:{user}")
