"""Every word on the pages: English here, other languages in `locales`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from haveri_contracts.directory.models import ENGLISH, Locale
from haveri_texts import Catalogue, base_of, day, day_of_year, direction, listed, number
from haveri_web.texts.answers import ANSWERS
from haveri_web.texts.escalations import ESCALATIONS
from haveri_web.texts.incidents import INCIDENTS
from haveri_web.texts.pages import PAGES
from haveri_web.texts.policies import POLICIES, SENTENCES
from haveri_web.texts.reasons import REASONS
from haveri_web.texts.settings import SETTINGS
from haveri_web.texts.shifts import SHIFTS
from haveri_web.texts.simulation import MAINTENANCE, SIMULATION

CATALOGUE = Catalogue(
    {
        **PAGES,
        **INCIDENTS,
        **SETTINGS,
        **ANSWERS,
        **ESCALATIONS,
        **SHIFTS,
        **SENTENCES,
        **POLICIES,
        **SIMULATION,
        **MAINTENANCE,
        **REASONS,
    },
    Path(__file__).parent.parent,
)


class Translate:
    """Everything in one language: called, it gives the text of a key with `{name}`s filled in."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.direction = direction(language)
        """Which way a line is read: `ltr` or `rtl`."""

    def __call__(self, key: str, /, **values: object) -> str:
        """A key that the catalogue does not have comes back as it is: an enumeration may have grown."""
        return CATALOGUE.say(self.language, key, **values) if key in CATALOGUE else key.rpartition(".")[2]

    def number(self, value: float | Decimal) -> str:
        """A number as the language writes it."""
        return number(value, self.language)

    def day(self, when: date) -> str:
        """A calendar day."""
        return day(when, self.language)

    def day_of_year(self, when: date) -> str:
        """A calendar day without its year."""
        return day_of_year(when, self.language)

    def listed(self, parts: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
        """`A, B and C`, or `A, B or C`."""
        return listed(parts, self.language, style)


translator = Translate


_ACCEPTED = re.compile(r"(?:^|,)\s*([a-z0-9-]+)(?:\s*;\s*q=([01](?:\.[0-9]+)?))?", re.IGNORECASE)


def language_of(accept_language: str) -> Locale:
    """Of the languages in an Accept-Language header that Haveri speaks the one liked best, or else English."""
    spoken = {language.lower(): language for language in CATALOGUE.languages}
    liked = [(float(weight or 1), tag.lower()) for tag, weight in _ACCEPTED.findall(accept_language)]
    for weight, tag in sorted(liked, key=lambda pair: -pair[0]):
        language = spoken.get(tag) or spoken.get(base_of(tag))
        if weight and language:
            return language
    return ENGLISH
