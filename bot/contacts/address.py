"""Addresses as people may see them: enough to recognise one, and nothing that opens a door. Pure."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

# Schemes whose host is a server's name. In others the same place holds a token.
_SERVERS = {
    "apprise", "apprises", "form", "forms", "gotify", "gotifys", "http", "https", "json", "jsons", "matrix",
    "matrixs", "mattermost", "mmost", "mmosts", "ntfy", "ntfys", "rocket", "rockets", "xml", "xmls",
}  # fmt: skip
_MAIL = {"mailto", "mailtos"}
_PHONE = re.compile(r"\+?\d{7,15}")


def masked(address: str) -> str:
    """`twilio …0101`, `ntfys ntfy.example.com`, `mailto a…@example.com`: never a path, a user or a key."""
    scheme = address.partition("://")[0].lower()
    shown = _recognisable(scheme, address)
    return f"{scheme} {shown}" if shown else scheme


def _recognisable(scheme: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if scheme in _MAIL:
        return _mailbox(parts.query, unquote(parts.username or ""), host)
    if scheme in _SERVERS:
        return host
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return f"…{last[-4:]}" if _PHONE.fullmatch(last) else ""


def _mailbox(query: str, user: str, host: str) -> str:
    to = parse_qs(query).get("to", [""])[0].split(",")[0].strip()
    name, _, domain = to.rpartition("@") if "@" in to else (user, "", host)
    name = name.rpartition("@")[0] or name
    return f"{name[:1]}…@{domain}" if domain else ""
