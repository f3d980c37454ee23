"""The ways besides Slack: which are set up, and what is missed without the others."""

from urllib.parse import urlsplit

from bot.checkup.verdict import Verdict, ok, warn
from bot.contacts.model import SLACK
from bot.contacts.service import methods
from bot.delivery.transports.pagerduty import is_pagerduty
from bot.playbook import Playbook
from bot.settings import Settings

LOCAL = ("localhost", "127.0.0.1", "::1")


def doors(settings: Settings, playbook: Playbook | None) -> list[Verdict]:
    """A line for links, and one for each other thing that can be set up."""
    known = {name: methods(playbook, name) for name in playbook.people} if playbook else {}
    addresses = [each.address for found in known.values() for each in found if each.name != SLACK]
    verdicts = [_links(settings, has_contacts=bool(addresses))]
    if any(map(is_pagerduty, addresses)):
        verdicts.append(_pagerduty(settings))
    if settings.heartbeat_url is None:
        verdicts.append(ok("heartbeat", "none: HEARTBEAT_URL would let something outside notice a dead bot"))
    else:
        verdicts.append(ok("heartbeat", "given each minute while all is well"))
    return verdicts


def _links(settings: Settings, *, has_contacts: bool) -> Verdict:
    url, secret = settings.public_url, settings.link_secret
    missing = [name for name, value in (("PUBLIC_URL", url), ("LINK_SECRET", secret)) if value is None]
    if url is not None and secret is not None:
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname not in LOCAL:
            remedy = "Give PUBLIC_URL an address with https://"
            return warn("links", f"{url}: whoever listens on the way can answer pages", remedy)
        return ok("links", f"pages can be acknowledged, and calendars subscribed to, at {url}")
    lacking = f"without {' and '.join(missing)}"
    if len(missing) == 2 and not has_contacts:
        # A team that lives in Slack alone misses nothing but calendars.
        return ok("links", f"none, {lacking}: no calendars to subscribe to, no answer to a page but in Slack")
    said = f"{lacking} a page by e-mail or text message cannot be acknowledged from it, nor a calendar read"
    if secret is None:
        said += ", nor `watchbill ack` ask a running bot"
    return warn("links", said, f"Set {' and '.join(missing)}; docs/operating.md tells how")


def _pagerduty(settings: Settings) -> Verdict:
    if settings.pagerduty_webhook_secret is None:
        said = "pages go there, and what is acknowledged there is not heard of here"
        return warn("PagerDuty", said, "Set PAGERDUTY_WEBHOOK_SECRET; docs/pagerduty.md tells how")
    return ok("PagerDuty", f"pages go to {settings.pagerduty_events_url}, answers come back")
