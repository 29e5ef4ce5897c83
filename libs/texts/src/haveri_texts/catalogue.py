"""The texts of one package: English stands in the code by key, every other language in a gettext catalogue.

A translator sees the key as the context (`msgctxt`) and the English text as what is to be translated (`msgid`). The
plural forms are those of CLDR. Another language is another `locales/<language>/LC_MESSAGES/messages.po`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

from haveri_texts.formats import base_of, number

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
        translations = self._translations.get(language) or self._translations.get(base_of(language)) or _ENGLISH
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
        try:
            return said.format(**shown)
        except (LookupError, ValueError, AttributeError, TypeError):
            # What a translator mistyped costs its readers the language, not the message.
            if language == SOURCE_LANGUAGE:
                raise
            return self.say(SOURCE_LANGUAGE, key, **values)

    def reason(
        self,
        language: str,
        code: object,
        params: Mapping[str, Any],
        values: Callable[[Mapping[str, Any]], Mapping[str, object]],
        /,
    ) -> str:
        """A reason as a sentence, by `values` of its parameters; its code where that is not possible.

        A newer service may have other codes, and other parameters for the same code: neither breaks a reader.
        """
        try:
            keys = (f"reason.{code}.{params.get('role')}", f"reason.{code}")
            filled = {"code": code, **values(params)}  # never empty: a text that asks for nothing stays a template
            return self.say(language, next(key for key in keys if key in self), **filled)
        except Exception:  # noqa: BLE001 - whatever a parameter is, whoever is called must be called
            return str(code).replace("_", " ")

    def speaks(self, language: str) -> bool:
        """Whether there are texts in a language, be it of another region."""
        return language in self.languages or base_of(language) in self.languages

    @staticmethod
    def _compiled(path: Path) -> GNUTranslations:
        try:
            with path.open("rb") as file:
                return GNUTranslations(file)
        except FileNotFoundError:
            raise RuntimeError(f"{path} is missing: compile the texts with `make texts`") from None


def _is_number(value: object) -> TypeGuard[int | float | Decimal]:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
