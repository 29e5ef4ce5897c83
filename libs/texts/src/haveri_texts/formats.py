"""Dates, times, numbers and lists as CLDR has them for a language. Moments come with the zone they are shown in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

# English as it is read in Europe's plants: 24 hours, days before months.
_REGIONAL = {"en": "en_150"}


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The moment as a zone's clocks show it; at the calendar's very ends, which a zone may lie beyond, as it is."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def time_of_day(moment: datetime, language: str, *, seconds: bool = False) -> str:
    """Hours and minutes (and seconds) of a moment, in its own zone."""
    return format_time(moment, "medium" if seconds else "short", tzinfo=moment.tzinfo, locale=_cldr(language))


def day(when: date, language: str) -> str:
    """A calendar day, in figures."""
    return format_date(when, _date_pattern(_cldr(language)), _cldr(language))


def day_of_year(when: date, language: str) -> str:
    """A calendar day without its year, as for the head of a week."""
    return format_skeleton("Md", when, locale=_cldr(language))


def number(value: float | Decimal, language: str) -> str:
    """A number with the language's separators and no more decimals than it has."""
    return format_decimal(value, "#,##0.###", _cldr(language))


def listed(items: Iterable[str], language: str, style: Literal["standard", "or"] = "standard") -> str:
    """`A, B and C`, or `A, B or C`."""
    return format_list(list(items), style, _cldr(language))


def base_of(language: str) -> str:
    """The language without its last part: `de` of `de-AT`, `zh-Hant` of `zh-Hant-TW`."""
    return language.rpartition("-")[0] or language


def direction(language: str) -> str:
    """Which way its lines are read: `ltr` or `rtl`."""
    return str(_cldr(language).text_direction)


@cache
def _cldr(language: str) -> Locale:
    try:
        return Locale.parse(_REGIONAL.get(language, language).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        base = base_of(language)
        return _cldr(base if base != language else "en")


@cache
def _date_pattern(locale: Locale) -> str:
    """The short pattern with the whole year: of `24.12.26` nobody knows the century in ten years' records."""
    pattern = str(locale.date_formats["short"].pattern)
    return pattern if "yyyy" in pattern or "y" in pattern.replace("yy", "") else pattern.replace("yy", "y")
