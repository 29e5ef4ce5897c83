"""How the cells of shifts, roles, rotations and holidays are read."""

from __future__ import annotations

import re
from datetime import date

from haveri_directory.application.importing.entries import Cell
from haveri_directory.application.importing.findings import short
from haveri_directory.application.importing.readers import Field, Named, read_items

DAY_OFF = "off"
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_OFFSET = re.compile(r"[0-9]{1,3}")
_MOST_OFFSET = 365
_MOST_DAYS = 366


def read_flag(cell: Cell, field: Field) -> bool | None:
    """Yes or no."""
    text = field.text(cell)
    if text is None:
        return None
    flag = _FLAGS.get(text.strip().lower())
    if flag is None:
        field.wrong(cell.place, f"{short(text)} is neither true nor false.")
    return flag


def read_date(cell: Cell, field: Field) -> date | None:
    """A day of the calendar."""
    text = field.text(cell)
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        field.wrong(cell.place, f"{short(text)} is not a date such as 2026-12-06.")
        return None


def read_offset(cell: Cell, field: Field) -> int | None:
    """How many days into its pattern a crew begins."""
    text = field.text(cell)
    if text is None:
        return None
    if _OFFSET.fullmatch(text.strip()) is None or int(text) > _MOST_OFFSET:
        field.wrong(cell.place, f"{short(text)} is not a number of days from 0 to {_MOST_OFFSET}.")
        return None
    return int(text)


def read_pattern(cell: Cell, field: Field) -> list[str | None] | None:
    """The slot of each day of a cycle; `off` or nothing is a day off."""
    items = read_items(cell, field)
    if items is None:
        return None
    if len(items) > _MOST_DAYS:
        field.wrong(cell.place, f"A pattern has at most {_MOST_DAYS} days.")
        return None
    days = [None if item.says_nothing else field.text(item) for item in items]
    if any(day is None and not item.says_nothing for day, item in zip(days, items, strict=True)):
        return None
    return [None if day is None or day.strip().casefold() == DAY_OFF else day.strip() for day in days]


def read_team(cell: Cell, field: Field) -> Named | None:
    """A team's name and where it stands."""
    text = field.text(cell)
    return None if text is None else (text.strip(), cell.place)
