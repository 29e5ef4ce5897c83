"""How the cell of a field is read, checked by the same rules as every other command to the directory."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from pydantic import TypeAdapter, ValidationError

from haveri_contracts.directory.models import ChatIdentity, TimeZoneName, WallClock, Weekday
from haveri_contracts.types import FreeForm
from haveri_directory.application.contact import usable_contact
from haveri_directory.application.importing.entries import Cell
from haveri_directory.application.importing.findings import Findings, Place, short
from haveri_directory.domain.refusals import ContactUnusable, PhoneUnusable

_HOUR_OF_ONE_DIGIT = re.compile(r"[0-9]:[0-5][0-9]")
# No sign and no leading zero: +358 40 123 and 007 are no numbers.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Named = tuple[str, Place]
"""A name that refers to something, and where it stands."""


class Field:
    """A field being read: where to report what."""

    def __init__(self, name: str, findings: Findings) -> None:
        self.name = name
        self.findings = findings

    def wrong(self, place: Place, problem: str) -> None:
        """Note a fault of the field."""
        self.findings.add(place, problem, self.name)

    def text(self, cell: Cell) -> str | None:
        """The cell's text."""
        if isinstance(cell.value, str):
            return cell.value
        if cell.value is not None:
            self.wrong(cell.place, f"{self.name!r} must be a text.")
        return None

    def checked(self, adapter: TypeAdapter[Any], value: Any, place: Place) -> Any:
        """The value as the adapter makes it."""
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            self.wrong(place, f"{self.name!r} {_in_words(error)}.")
            return None


Reader = Callable[[Cell, Field], Any]
"""Reads a cell into a value; None when it cannot, which has been reported."""


def checked_text(kind: Any) -> Reader:
    """Reads a text of a type."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def read(cell: Cell, field: Field) -> Any:
        text = field.text(cell)
        return None if text is None else field.checked(adapter, text.strip(), cell.place)

    return read


def one_of(words: type[StrEnum], what: str) -> Reader:
    """Reads one of some words, whatever its case."""

    def read(cell: Cell, field: Field) -> Any:
        text = field.text(cell)
        if text is None:
            return None
        found = {word.value.casefold(): word for word in words}.get(text.strip().casefold())
        if found is None:
            known = ", ".join(word.value for word in words)
            field.findings.unknown(cell.place, text, f"{what} ({known})", [word.value for word in words], field.name)
        return found

    return read


def read_zone(cell: Cell, field: Field) -> str | None:
    """A time zone's name."""
    text = field.text(cell)
    if text is None:
        return None
    try:
        zone: str = _ZONE.validate_python(text.strip())
    except ValidationError:
        what = "an IANA time zone such as Europe/Helsinki"
        field.findings.unknown(cell.place, text, what, _zones(), field.name)
        return None
    return zone


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


def read_clock(cell: Cell, field: Field) -> str | None:
    """A time of day."""
    text = field.text(cell)
    if text is None:
        return None
    # Spreadsheets drop the leading zero.
    text = text.strip()
    text = f"0{text}" if _HOUR_OF_ONE_DIGIT.fullmatch(text) else text
    try:
        clock: str = _CLOCK.validate_python(text)
    except ValidationError:
        field.wrong(cell.place, f"{short(text)} is not a time of day from 00:00 to 23:59.")
        return None
    return clock


def read_items(cell: Cell, field: Field) -> list[Cell] | None:
    """The cells of a list; one that stands alone counts as a list of one."""
    if isinstance(cell.value, list):
        return cell.value
    if isinstance(cell.value, str):
        return [cell]
    if cell.value is not None:
        field.wrong(cell.place, f"{field.name!r} must be a list.")
    return None


def read_weekdays(cell: Cell, field: Field) -> list[Weekday] | None:
    """Days of the week, in their order."""
    items = read_items(cell, field)
    if items is None:
        return None
    read = one_of(Weekday, "a weekday")
    days = [read(item, field) for item in items]
    if not days:
        field.wrong(cell.place, "A shift without days never starts; leave 'days' out for every day.")
    return None if None in days or not days else [day for day in Weekday if day in days]


def read_names(cell: Cell, field: Field) -> list[Named] | None:
    """Names, each with its place."""
    items = read_items(cell, field)
    if items is None:
        return None
    texts = [(field.text(item), item.place) for item in items]
    named = [(text.strip(), place) for text, place in texts if text is not None]
    return named if len(named) == len(texts) else None


def read_free_form(cell: Cell, field: Field) -> Any:
    """Fields that are the writer's own business."""
    if not isinstance(cell.value, dict):
        if cell.value is not None:
            field.wrong(cell.place, f"{field.name!r} must have fields of its own.")
        return None
    return field.checked(_FREE_FORM, plain_value(cell), cell.place)


def read_contact(cell: Cell, field: Field) -> dict[str, Any] | None:
    """How a member wants to be reached; what cannot be used is reported where it stands."""
    prefs = read_free_form(cell, field)
    if prefs is None:
        return None
    try:
        usable: dict[str, Any] = usable_contact(prefs)
    except PhoneUnusable as refusal:
        field.wrong(_inside(cell, "phone"), refusal.detail)
        return None
    except ContactUnusable as refusal:
        field.wrong(_inside(cell, "ways", "push"), refusal.detail)
        return None
    return usable


def _inside(cell: Cell, *names: str) -> Place:
    """Where the first of some fields of a cell stands."""
    fields = cell.value if isinstance(cell.value, dict) else {}
    return next((fields[name].place for name in names if name in fields), cell.place)


def plain_value(cell: Cell) -> Any:
    """A cell of free form as JSON: unquoted numbers, true, false and null are what they look like."""
    match cell.value:
        case dict():
            return {key: plain_value(item) for key, item in cell.value.items()}
        case list():
            return [plain_value(item) for item in cell.value]
        case str() if cell.plain:
            return _scalar(cell.value)
        case _:
            return cell.value


def _scalar(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def read_identities(cell: Cell, field: Field) -> list[ChatIdentity] | None:
    """How chat platforms know a member."""
    if not isinstance(cell.value, dict):
        if cell.value is not None:
            field.wrong(cell.place, "'chat' must say the user id for each platform, such as 'teams: …'.")
        return None
    found: list[Any] = []
    for platform, item in cell.value.items():
        text = field.text(item)
        if text is not None:
            value = {"platform": platform.strip(), "user_id": text.strip()}
            found.append(field.checked(_IDENTITY, value, item.place))
        else:
            found.append(None)
    return None if None in found else found


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    match first["type"]:
        case "string_too_short":
            return "is empty"
        case "string_too_long":
            return f"is longer than {first['ctx']['max_length']} characters"
        case "string_pattern_mismatch":
            return "has characters that are not allowed there"
        case _:
            text: str = first["msg"]
            return f"is not right: {text.removeprefix('Value error, ')}"


_ZONE: TypeAdapter[Any] = TypeAdapter(TimeZoneName)
_CLOCK: TypeAdapter[Any] = TypeAdapter(WallClock)
_FREE_FORM: TypeAdapter[Any] = TypeAdapter(FreeForm)
_IDENTITY: TypeAdapter[Any] = TypeAdapter(ChatIdentity)
