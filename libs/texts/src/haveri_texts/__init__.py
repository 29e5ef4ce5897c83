"""What people read, in their language: gettext catalogues, and dates, numbers and lists by CLDR."""

from haveri_texts.catalogue import SOURCE_LANGUAGE, Catalogue, Text
from haveri_texts.formats import base_of, day, day_of_year, direction, in_zone, listed, number, time_of_day

__all__ = [
    "SOURCE_LANGUAGE",
    "Catalogue",
    "Text",
    "base_of",
    "day",
    "day_of_year",
    "direction",
    "in_zone",
    "listed",
    "number",
    "time_of_day",
]
