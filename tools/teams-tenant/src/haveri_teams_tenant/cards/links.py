"""Which addresses a card or a message may lead to, and those that lead back into this tenant."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote, urlsplit

from markupsafe import Markup

_INSIDE = re.compile(r"^/l/(?:channel|message)/(19:[^/]+)(?:/(\d+)$)?")
_ALLOWED = ("http://", "https://", "mailto:")


def inside(url: str) -> str:
    """The chat page's address for a Teams deep link to a channel or message; empty when it is none."""
    parts = urlsplit(url)
    if parts.netloc != "teams.microsoft.com":
        return ""
    match = _INSIDE.match(unquote(parts.path))
    tenant = parse_qs(parts.query).get("tenantId", [""])[0]
    if match is None or not re.fullmatch(r"[0-9a-f-]{36}", tenant):
        return ""
    anchor = f"#m{match.group(2)}" if match.group(2) else ""
    return f"/t/{tenant}/c/{quote(match.group(1), safe='')}{anchor}"


def link(url: str, text: str | Markup, css: str = "", test_id: str = "") -> Markup:
    """A link, or only its text where the address may not be followed."""
    if not url.startswith(_ALLOWED):
        return Markup("{}").format(text)
    named = Markup(' class="{}"').format(css) if css else Markup("")
    tested = Markup(' data-testid="{}"').format(test_id) if test_id else Markup("")
    if here := inside(url):
        return Markup('<a href="{}"{}{}>{}</a>').format(here, named, tested, text)
    outside = Markup(' target="_blank" rel="noopener noreferrer"')
    return Markup('<a href="{}"{}{}{}>{}</a>').format(url, outside, named, tested, text)
