"""What a person typed, cut at its mentions, and written again as each reader wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from haveri_teams_tenant.state.records import Mention, Part

MENTION_MARK = "http://schema.skype.com/Mention"


@dataclass(frozen=True)
class Words:
    """A text with its mentions found."""

    parts: list[Part]
    mentions: list[Mention]


def find_mentions(text: str, people: Sequence[Mention]) -> Words:
    """Cut a text at every `@Name` of someone who can be mentioned; the longest name wins."""
    by_length = sorted(people, key=lambda person: len(person.name), reverse=True)
    parts: list[Part] = []
    mentions: list[Mention] = []
    plain_from = position = 0
    while (position := text.find("@", position)) != -1:
        person = next((p for p in by_length if _stands_at(text, position + 1, p.name)), None)
        if person is None or (position > 0 and text[position - 1].isalnum()):
            position += 1
            continue
        if position > plain_from:
            parts.append(Part(text=text[plain_from:position]))
        parts.append(Part(text=person.name, mention=len(mentions)))
        mentions.append(person)
        position += 1 + len(person.name)
        plain_from = position
    if plain_from < len(text):
        parts.append(Part(text=text[plain_from:]))
    return Words(parts, mentions)


def _stands_at(text: str, position: int, name: str) -> bool:
    end = position + len(name)
    return text[position:end].casefold() == name.casefold() and not text[end : end + 1].isalnum()


def activity_text(parts: Sequence[Part]) -> str:
    """The `text` of an activity: mentions in `<at>`, the rest as typed."""
    return "".join(part.text if part.mention is None else f"<at>{part.text}</at>" for part in parts)


def activity_html(parts: Sequence[Part], files: Sequence[Markup] = ()) -> str:
    """The `text/html` attachment that Teams adds to a person's message."""
    body = Markup()
    after_mention = False
    for part in parts:
        if part.mention is None:
            text = part.text
            # Teams writes the space after a mention as a hard one; bots that strip mentions stumble over it.
            if after_mention and text.startswith(" "):
                body += Markup("&nbsp;")
                text = text[1:]
            body += escape(text).replace("\n", Markup("<br>"))
        else:
            body += Markup('<span itemscope="" itemtype="{}" itemid="{}">{}</span>').format(
                MENTION_MARK, part.mention, part.text
            )
        after_mention = part.mention is not None
    for extra in files:
        body += extra
    return str(Markup("<div>{}</div>").format(body))


def graph_html(parts: Sequence[Part], files: Sequence[Markup] = ()) -> str:
    """The body of a message as Graph returns it: mentions are `<at id="0">`."""
    body = Markup()
    for part in parts:
        if part.mention is None:
            body += escape(part.text).replace("\n", Markup("<br>"))
        else:
            body += Markup('<at id="{}">{}</at>').format(part.mention, part.text)
    for extra in files:
        body += extra
    return str(Markup("<div>{}</div>").format(body))


def page_html(parts: Sequence[Part], my_teams_id: str, mentions: Sequence[Mention]) -> Markup:
    """The message as the chat page shows it."""
    body = Markup()
    for part in parts:
        if part.mention is None:
            body += escape(part.text)
        else:
            me = " mention-me" if mentions[part.mention].id == my_teams_id else ""
            body += Markup('<span class="mention{}">{}</span>').format(me, part.text)
    return body
