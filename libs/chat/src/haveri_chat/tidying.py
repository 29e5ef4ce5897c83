"""Text as people and platforms send it, made safe to read and to store; nothing they meant is changed."""

from __future__ import annotations

import re
import unicodedata

LONG = 8000
"""The longest text that is kept."""
SHORT = 200
"""The longest title or name."""

_SPACES = re.compile("[\u00a0\u2007\u202f\u3000]")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
_ENDS = _INVISIBLE + "".join(char for char in map(chr, range(0x3001)) if char.isspace())
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LOOSE = " ,;:-\u2013\u2014"


def tidy(text: str) -> str:
    """The text with plain spaces and line feeds, without invisible characters at its ends or what no store can hold.

    Some keyboards and clipboards send an accent apart from its letter: afterwards each letter is one character (NFC).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSTORABLE.sub(lambda match: "" if match.group() == "\x00" else "\ufffd", text)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(_ENDS)


def one_line(text: str) -> str:
    """The words of a text with single spaces between them."""
    return " ".join(text.split())


def trimmed(text: str) -> str:
    """One line without the punctuation that is left at its ends when something beside it was taken out."""
    return one_line(text).strip(_LOOSE)


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut at a word where possible, with an ellipsis when cut."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) >= length // 2 else cut).rstrip(_LOOSE) + "\u2026"
