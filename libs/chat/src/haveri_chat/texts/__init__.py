"""Everything Haveri says in chat: English here, other languages in `locales`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from haveri_chat.texts.calls import CALLS
from haveri_chat.texts.incidents import INCIDENTS
from haveri_chat.tidying import one_line, tidy
from haveri_texts import Catalogue

CATALOGUE = Catalogue(INCIDENTS | CALLS, Path(__file__).parent.parent)

say = CATALOGUE.say
"""The text of a key in a language (English for one that is not spoken here), with its values put in."""


def words(language: str, key: str) -> list[str]:
    """The words in a language that a comma separates in the text `words.<key>`, tidy, as `str.casefold` leaves them."""
    return [one_line(word).casefold() for word in tidy(say(language, f"words.{key}")).split(",")]


def words_in_every_language(key: str) -> list[str]:
    """The words of every language: people type what they are used to, whatever language is set."""
    return [word for language in CATALOGUE.languages for word in words(language, key)]


def meanings(kind: str, keys: Iterable[str]) -> dict[str, str]:
    """Which of the keys a word means, by the texts `words.<kind>.<key>`."""
    return {word: key for key in keys for word in words_in_every_language(f"{kind}.{key}")}
