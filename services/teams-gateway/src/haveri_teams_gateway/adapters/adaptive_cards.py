"""Draws cards as Adaptive Cards 1.5 for Teams: small enough to be posted, and nothing that people typed does anything.

People's words go into RichTextBlocks, which know no Markdown; where only Markdown is possible they are escaped.
`refresh` is left out on purpose: it holds five users at most, and the workflow updates the card for everybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from haveri_chat.cards import Block, Button, Buttons, Card, ChannelLink, Facts, Heading, Note, Style, Text, Tone
from haveri_teams_gateway.adapters.normaliser import OWN_DATA
from haveri_teams_gateway.domain.references import channel_address

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
LARGEST = 28 * 1024
"""Bytes of JSON; Teams cuts off beyond that in places that are not written down."""

Json = dict[str, Any]
_COLORS = {Tone.PLAIN: "default", Tone.GOOD: "good", Tone.WARNING: "warning", Tone.DANGER: "attention"}
_BOXES = {Tone.PLAIN: "emphasis", Tone.GOOD: "good", Tone.WARNING: "warning", Tone.DANGER: "attention"}
_STYLES = {Style.PLAIN: "default", Style.PRIMARY: "positive", Style.DANGER: "destructive"}
_MARKDOWN = re.compile(r"([\\`*_~\[\]#])")
_BULLET = re.compile(r"(?m)^(\s*)([-+])(?=\s)")
_NUMBERED = re.compile(r"(?m)^(\s*\d{1,9})([.)])(?=\s)")
_INVISIBLE = "\u200b"


@dataclass(frozen=True)
class TeamPlace:
    """The team that channel links lead into."""

    tenant_id: str
    group_id: str


def draw_card(card: Card, place: TeamPlace, marker: str = "") -> Json:
    """The card as JSON of at most LARGEST bytes; `marker` stays findable in it. Long texts are shortened to fit."""
    for longest in (4000, 1500, 500, 150, 50):
        drawn = _draw(card, place, marker, longest)
        if len(orjson.dumps(drawn)) <= LARGEST:
            return drawn
    return _shell([plain(card.summary[:500], id=marker or None)], card.summary[:500])


def card_attachment(content: Json) -> Json:
    """A card as an attachment of a message or a dialog."""
    return {"contentType": CONTENT_TYPE, "content": content}


def card_message(content: Json, summary: str) -> Json:
    """The message that carries a card and nothing else: text beside a card would make it two messages."""
    return {"type": "message", "attachments": [card_attachment(content)], "summary": summary[:500]}


def plain(text: str, **properties: Any) -> Json:
    """People's words, shown as they were typed. `id` goes to the block, the rest to the run."""
    identifier = properties.pop("id", None)
    run = {"type": "TextRun", "text": harmless(text) or " ", **{k: v for k, v in properties.items() if v is not None}}
    block: Json = {"type": "RichTextBlock", "inlines": [run]}
    return {**block, "id": identifier} if identifier else block


def harmless(text: str) -> str:
    """Text without what Adaptive Cards would expand (`{{DATE(…)}}`, `${…}`) or Teams take for a mention."""
    return (
        text.replace("{{", "{" + _INVISIBLE + "{")
        .replace("${", "$" + _INVISIBLE + "{")
        .replace("<at", "<" + _INVISIBLE + "at")
    )


def escape_markdown(text: str) -> str:
    """Text that shows as it is where Markdown is read."""
    escaped = _MARKDOWN.sub(r"\\\1", harmless(text))
    return _NUMBERED.sub(r"\1\\\2", _BULLET.sub(r"\1\\\2", escaped))


def cut(text: str, longest: int) -> str:
    """The text, ended by an ellipsis when it has more than `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _draw(card: Card, place: TeamPlace, marker: str, longest: int) -> Json:
    body = [_block(block, place, longest) for block in card.blocks]
    if marker and body:
        body[0] = {**body[0], "id": marker}
    return _shell(body, cut(card.summary, 500))


def _shell(body: list[Json], summary: str) -> Json:
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "fallbackText": summary,
        "msteams": {"width": "Full"},
        "body": body,
    }


def _block(block: Block, place: TeamPlace, longest: int) -> Json:
    match block:
        case Heading(text, tone):
            return plain(cut(text, longest), size="Large", weight="Bolder", color=_COLORS[tone])
        case Text(text, subtle):
            return plain(cut(text, longest), isSubtle=True if subtle else None)
        case Note(text, tone):
            items = [plain(cut(text, longest), weight="Bolder")]
            return {"type": "Container", "style": _BOXES[tone], "items": items, "spacing": "Medium"}
        case Facts(rows):
            facts = [
                {"title": escape_markdown(cut(label, 100)), "value": escape_markdown(cut(value, longest))}
                for label, value in rows
            ]
            return {"type": "FactSet", "facts": facts, "spacing": "Medium"}
        case ChannelLink(label, channel):
            address = channel_address(channel, label, place.group_id, place.tenant_id)
            return {"type": "TextBlock", "text": f"[{escape_markdown(label)}]({address})", "wrap": True}
        case Buttons(buttons, shown):
            actions = [_button(button, hidden=number >= shown) for number, button in enumerate(buttons)]
            return {"type": "ActionSet", "actions": actions, "spacing": "Medium"}


def _button(button: Button, *, hidden: bool) -> Json:
    data: Json = {OWN_DATA: dict(button.data)}
    action: Json = {
        "type": "Action.Execute",
        "verb": button.verb,
        "title": harmless(cut(button.label, 40)),
        "data": data,
    }
    if button.opens_form:
        # Only Action.Submit can ask for a dialog.
        data["msteams"] = {"type": "task/fetch"}
        action = {"type": "Action.Submit", "title": action["title"], "data": data}
    value = button.data.get("value")
    action["id"] = f"{button.verb}-{value}"[:100] if value else button.verb
    if button.style is not Style.PLAIN:
        action["style"] = _STYLES[button.style]
    if hidden:
        action["mode"] = "secondary"
    return action
