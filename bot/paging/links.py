"""The link under which a page can be answered without Slack."""

import re
from datetime import timedelta

from bot.links import Links
from bot.paging.model import PageId

PATH = "/p/"
# A link in an old message is a key left under the mat: a week is longer than any page is waited for.
VALID_FOR = timedelta(days=7)
_PURPOSE = "page"
_TOKEN = re.compile(r"([1-9]\d{0,17})-([a-zA-Z0-9]{26})")


def page_link(links: Links, page: PageId) -> str | None:
    """Where the page can be answered by whoever was sent it; None without PUBLIC_URL and LINK_SECRET."""
    proof = links.proof(_PURPOSE, str(page))
    return links.address(f"{PATH}{page}-{proof}") if proof else None


def page_of(links: Links, token: str) -> PageId | None:
    """The page a link's last part stands for; None for one that was not made here."""
    match = _TOKEN.fullmatch(token)
    if match is None or not links.proves(_PURPOSE, match.group(1), match.group(2)):
        return None
    return PageId(int(match.group(1)))
