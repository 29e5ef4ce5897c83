"""Everything Haveri says in chat, in every language it speaks."""

from __future__ import annotations

from collections.abc import Mapping

from haveri_chat.texts.de import TEXTS as GERMAN
from haveri_chat.texts.en import TEXTS as ENGLISH
from haveri_chat.texts.fi import TEXTS as FINNISH

TEXTS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "fi": FINNISH, "de": GERMAN}


def say(locale: str, key: str, **values: object) -> str:
    """The text of this key with its values put in; English for a language that is not spoken here."""
    return TEXTS.get(locale, ENGLISH)[key].format(**values)


def known(key: str) -> bool:
    """True when there is such a text."""
    return key in ENGLISH
