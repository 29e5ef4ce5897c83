"""What a person wrote, taken out of what Teams makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from haveri_teams_gateway.adapters.json_fields import Json, block, blocks, text
from haveri_teams_gateway.domain.activities import Mentioned

_AT = re.compile(r'<at(?:\s+id="(?P<index>\d+)")?[^<>]*>(?P<name>.*?)</at>', re.DOTALL)
# A hard space, as a character or as an entity, is what Teams leaves where a mention ends.
_EDGES = re.compile(r"^(?:\s|&nbsp;)+|(?:\s|&nbsp;)+$")
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text without the bot's mention; the others stand in it as `@Name`."""

    text: str
    mentions: tuple[Mentioned, ...]
    addressed: bool


def read_words(activity: Json, bot_id: str) -> Words:
    """Read a message's text by its mention entities; an `<at>` without one was typed by hand and stays."""
    entities = [entity for entity in blocks(activity, "entities") if text(entity, "type") == "mention"]
    unused = list(range(len(entities)))
    mentions: list[Mentioned] = []
    pieces: list[str] = []
    addressed = False
    end = 0
    source = text(activity, "text")
    for match in _AT.finditer(source):
        index = _entity_of(match, entities, unused)
        if index is None:
            continue
        unused.remove(index)
        mentioned = block(entities[index], "mentioned")
        before = source[end : match.start()]
        end = match.end()
        if text(mentioned, "id") == bot_id:
            addressed = True
            pieces.append(before)
            end = _skip_space(source, end)
            continue
        name = text(mentioned, "name") or match["name"]
        mentions.append(Mentioned(f"@{name}", text(mentioned, "id"), name))
        pieces += (before, f"@{name}")
    pieces.append(source[end:])
    return Words(_EDGES.sub("", "".join(pieces)), tuple(mentions), addressed)


def _entity_of(match: re.Match[str], entities: list[Json], unused: list[int]) -> int | None:
    if match["index"] is not None and int(match["index"]) in unused:
        return int(match["index"])
    for index in unused:
        known = (text(entities[index], "text"), text(block(entities[index], "mentioned"), "name"))
        if match[0] == known[0] or match["name"].strip() == known[1]:
            return index
    return None


def _skip_space(source: str, start: int) -> int:
    found = re.compile(r"(?:[ \t\u00a0]|&nbsp;)+").match(source, start)
    return found.end() if found else start


def may_hide_files(activity: Json) -> bool:
    """True when a channel message's HTML shows that files were attached, which the activity itself leaves out.

    Teams writes `<attachment id=…>` there, or takes the file away and leaves a line break before a closing tag.
    """
    for attachment in blocks(activity, "attachments"):
        html = text(attachment, "content")
        if text(attachment, "contentType") == "text/html" and ("<attachment" in html or re.search(r"\n\s*</", html)):
            return True
    return False


def plain_text(html: str) -> str:
    """The words of a message's HTML, a line for each block."""
    reader = _Words()
    reader.feed(html.replace("\x00", ""))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).replace("\u00a0", " ").split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
