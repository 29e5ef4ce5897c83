"""Everything Haveri says in chat, in every language it speaks."""

from __future__ import annotations

from collections.abc import Mapping

from haveri_chat.texts.de import TEXTS as GERMAN
from haveri_chat.texts.en import TEXTS as ENGLISH
from haveri_chat.texts.escalation_de import TEXTS as GERMAN_CALLS
from haveri_chat.texts.escalation_en import TEXTS as ENGLISH_CALLS
from haveri_chat.texts.escalation_fi import TEXTS as FINNISH_CALLS
from haveri_chat.texts.fi import TEXTS as FINNISH

_ENGLISH = ENGLISH | ENGLISH_CALLS
TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": _ENGLISH,
    "fi": FINNISH | FINNISH_CALLS,
    "de": GERMAN | GERMAN_CALLS,
}


def say(locale: str, key: str, **values: object) -> str:
    """The text of this key with its values put in; English for a language that is not spoken here."""
    return TEXTS.get(locale, _ENGLISH)[key].format(**values)


def known(key: str) -> bool:
    """True when there is such a text."""
    return key in _ENGLISH
