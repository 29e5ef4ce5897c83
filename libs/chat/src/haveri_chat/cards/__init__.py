"""Cards as data: what is shown and which buttons there are; a gateway draws them in its platform's way.

Every text in a card is plain text that people may have typed: whoever draws it escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tone(StrEnum):
    """How something should feel."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    DANGER = "danger"


class Style(StrEnum):
    """How a button stands out."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True)
class Heading:
    """The first thing one reads."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Text:
    """A paragraph; line breaks are kept. `subtle` text matters less."""

    text: str
    subtle: bool = False


@dataclass(frozen=True)
class Facts:
    """Label and value, one row each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Note:
    """A sentence that should be noticed."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class ChannelLink:
    """A way to a channel (or thread) of the platform; the gateway makes the address."""

    label: str
    channel: str


@dataclass(frozen=True)
class Button:
    """Something to press. Pressing hands `data` back, which `haveri_chat.conversation.pressed` reads.

    `data` holds `verb`, `incident` (id), `nonce` and, where needed, `value`; all strings. The same button of the same
    card has the same nonce, so that a second press is recognised. `opens_form`: the answer to pressing is a form.
    """

    verb: str
    label: str
    data: Mapping[str, str] = field(default_factory=dict)
    style: Style = Style.PLAIN
    opens_form: bool = False


@dataclass(frozen=True)
class Buttons:
    """Buttons side by side; those after `shown` may be kept behind "more"."""

    buttons: tuple[Button, ...]
    shown: int = 6


Block = Heading | Text | Facts | Note | ChannelLink | Buttons


@dataclass(frozen=True)
class Card:
    """Blocks from top to bottom. `summary` is the line for notifications and for screens that draw no cards."""

    blocks: tuple[Block, ...]
    summary: str

    def buttons(self) -> tuple[Button, ...]:
        """Every button on the card, in order."""
        return tuple(button for block in self.blocks if isinstance(block, Buttons) for button in block.buttons)
