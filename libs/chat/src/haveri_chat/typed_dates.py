"""Dates as people type them at the end of a sentence."""

from __future__ import annotations

import re
from datetime import date

from haveri_chat.texts import words_in_every_language
from haveri_chat.tidying import trimmed

_BY = "|".join(map(re.escape, words_in_every_language("by")))
_BY_DATE = re.compile(rf"(?:^|\s)(?:{_BY})\s+(\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})\.?$", re.I)


def take_date(words: str) -> tuple[str, date | None, str]:
    """The words without `by <date>` at their end, the date, and what looked like a date but is none."""
    match = _BY_DATE.search(words)
    if match is None:
        return words, None, ""
    typed = match.group(1)
    due = read_date(typed)
    return (words, None, typed) if due is None else (trimmed(words[: match.start()]), due, "")


def read_date(typed: str) -> date | None:
    """A date written as 2026-12-24 or 24.12.2026, None when it is neither or no such day."""
    parts = typed.strip().split("-") if "-" in typed else typed.strip().split(".")[::-1]
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None
