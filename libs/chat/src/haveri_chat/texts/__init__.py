"""Everything Haveri says in chat: English here, other languages in `locales`."""

from __future__ import annotations

from pathlib import Path

from haveri_chat.texts.calls import CALLS
from haveri_chat.texts.incidents import INCIDENTS
from haveri_texts import Catalogue

CATALOGUE = Catalogue(INCIDENTS | CALLS, Path(__file__).parent.parent)

say = CATALOGUE.say
"""The text of a key in a language (English for one that is not spoken here), with its values put in."""
