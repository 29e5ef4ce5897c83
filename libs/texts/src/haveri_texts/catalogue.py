"""The texts of one package: English stands in the code by key, every other language in a gettext catalogue.

A translator sees the key as the context (`msgctxt`) and the English text as what is to be translated (`msgid`). The
plural forms are those of CLDR. Another language is another `locales/<language>/LC_MESSAGES/messages.po`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TypeAlias, TypeGuard

from haveri_texts.formats import number

SOURCE_LANGUAGE = "en"
_ENGLISH = NullTranslations()

Text: TypeAlias = str | tuple[str, str]
"""An English text with `{name}`s to be filled in, or its form for one and its form for many: `{count}` decides."""


class Catalogue:
    """Everything one package says. `english` is by key; `folder` is the package's folder that holds `locales`."""

    def __init__(self, english: Mapping[str, Text], folder: Path) -> None:
        self.english = english
        self.locales = folder / "locales"
        self._translations = {
            path.parent.name.replace("_", "-"): self._compiled(path / "messages.mo")
            for path in self.locales.glob("*/LC_MESSAGES")
        }
        self.languages = (SOURCE_LANGUAGE, *sorted(self._translations))

    def __contains__(self, key: str) -> bool:
        return key in self.english

    def say(self, language: str, key: str, /, **values: object) -> str:
        """The text of a key, in English where it is not translated; raises KeyError for a key that nobody wrote.

        Numbers among the values are written as the language writes them.
        """
        text = self.english[key]
        translations = self._translations.get(language, _ENGLISH)
        if isinstance(text, str):
            said = translations.pgettext(key, text)
        else:
            count = values["count"]
            # gettext counts whole things: "1.5" is many.
            whole = int(count) if isinstance(count, int | float | Decimal) and count == int(count) else 2
            said = translations.npgettext(key, *text, whole)
        if not values:
            return said
        shown = {name: number(value, language) if _is_number(value) else value for name, value in values.items()}
        return said.format(**shown)

    @staticmethod
    def _compiled(path: Path) -> GNUTranslations:
        try:
            with path.open("rb") as file:
                return GNUTranslations(file)
        except FileNotFoundError:
            raise RuntimeError(f"{path} is missing: compile the texts with `make texts`") from None


def _is_number(value: object) -> TypeGuard[int | float | Decimal]:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
