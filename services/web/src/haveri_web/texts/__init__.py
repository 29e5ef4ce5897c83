"""Every word on the pages, in each language, in one catalogue."""

from __future__ import annotations

from collections.abc import Callable

from haveri_contracts.directory.models import Locale
from haveri_web.texts.answers import ANSWERS
from haveri_web.texts.escalations import ESCALATIONS
from haveri_web.texts.incidents import INCIDENTS
from haveri_web.texts.pages import PAGES
from haveri_web.texts.policies import POLICIES, SENTENCES
from haveri_web.texts.settings import SETTINGS
from haveri_web.texts.shifts import SHIFTS
from haveri_web.texts.simulation import MAINTENANCE, SIMULATION

LANGUAGES = (Locale.ENGLISH, Locale.FINNISH, Locale.GERMAN)
"""The order in which the catalogue gives them."""

CATALOGUE: dict[str, tuple[str, str, str]] = {
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
}

Translate = Callable[..., str]


def translator(locale: Locale) -> Translate:
    """A function that gives the text of a key in this language, with `{name}`s filled in.

    A key that the catalogue does not have comes back as it is: an enumeration may have grown.
    """
    column = LANGUAGES.index(locale)

    def translate(key: str, **values: object) -> str:
        texts = CATALOGUE.get(key)
        if texts is None:
            return key.rpartition(".")[2]
        return texts[column].format(**values) if values else texts[column]

    return translate


def language_of(accept_language: str) -> Locale:
    """The first language of an Accept-Language header that Haveri speaks; English if there is none."""
    for part in accept_language.split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        for locale in LANGUAGES:
            if tag == locale.value:
                return locale
    return Locale.ENGLISH
