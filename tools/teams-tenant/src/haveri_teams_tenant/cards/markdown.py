"""The Markdown that Teams shows in cards and messages: bold, italic, code, links, lists. Everything else is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

from markupsafe import Markup, escape

from haveri_teams_tenant.cards.links import link

_LABEL = "\x00label\x00"
_DATE = re.compile(r"\{\{(DATE|TIME)\(([0-9TZ:.+-]+)(?:,\s*(COMPACT|SHORT|LONG))?\)\}\}")
_LINK = re.compile(r"\[([^\]\n]+)\]\(((?:https?://|mailto:)[^\s()<>\x00]+)\)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_ITALIC_UNDERSCORE = re.compile(r"(?<![\w\\])_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)")
_ITALIC_STAR = re.compile(r"(?<![\w*\\])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_STRIKE = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
# In one pass from the left: an escaped backtick opens no code, and in code a backslash is a backslash.
_ESCAPED_OR_CODE = re.compile(r"\\(?P<escaped>[\\`*_{}\[\]()#+\-.!~]|&gt;)|`(?P<code>[^`\n]+)`")
_BULLET = re.compile(r"^\s*[-*+]\s+(.*)$")
_NUMBER = re.compile(r"^\s*\d{1,9}[.)]\s+(.*)$")


def _date_text(match: re.Match[str]) -> str:
    kind, moment, length = match.groups()
    try:
        parsed = datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return match.group(0)
    if kind == "TIME":
        return f"{parsed:%H:%M} UTC"
    return f"{parsed:%-d %B %Y}" if length in ("SHORT", "LONG") else f"{parsed:%Y-%m-%d}"


def _link_tags(escaped_url: str) -> list[str]:
    """The opening and the closing tag."""
    return str(link(unescape(escaped_url), _LABEL)).split(_LABEL)


def inline(text: str) -> Markup:
    """One line of Markdown as safe HTML."""
    html = str(escape(_DATE.sub(_date_text, text)))
    kept: list[str] = []

    def keep(markup: str) -> str:
        kept.append(markup)
        return f"\x00{len(kept) - 1}\x00"

    html = html.replace("\x00", "")
    html = _ESCAPED_OR_CODE.sub(lambda m: keep(m["escaped"] or f"<code>{m['code']}</code>"), html)
    html = _LINK.sub(lambda m: m.group(1).join(map(keep, _link_tags(m.group(2)))), html)
    html = _BOLD.sub(r"<strong>\1</strong>", html)
    html = _STRIKE.sub(r"<s>\1</s>", html)
    html = _ITALIC_UNDERSCORE.sub(r"<em>\1</em>", html)
    html = _ITALIC_STAR.sub(r"<em>\1</em>", html)
    html = re.sub("\x00(\\d+)\x00", lambda m: kept[int(m.group(1))], html)
    return Markup(html)  # noqa: S704 - the text was escaped first; only the tags above were added


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    kind, lines = "", list[str]()
    for line in text.replace("\r\n", "\n").split("\n"):
        bullet, number = _BULLET.match(line), _NUMBER.match(line)
        here = "ul" if bullet else "ol" if number else "p" if line.strip() else ""
        if here != kind and lines:
            yield kind, lines
            lines = []
        kind = here
        if here:
            found = bullet or number
            lines.append(found.group(1) if found else line)
    if lines:
        yield kind, lines


def blocks(text: str) -> Markup:
    """Lines, paragraphs and lists of Markdown as safe HTML."""
    html = Markup()
    for kind, lines in _blocks(text):
        if kind == "p":
            html += Markup("<p>{}</p>").format(Markup("<br>").join(inline(line) for line in lines))
        else:
            items = Markup().join(Markup("<li>{}</li>").format(inline(line)) for line in lines)
            opening = Markup("<ul>") if kind == "ul" else Markup("<ol>")
            html += opening + items + (Markup("</ul>") if kind == "ul" else Markup("</ol>"))
    return html
