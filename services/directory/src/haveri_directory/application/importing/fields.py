"""What may be written in each field, checked by the same rules as every other order to the directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from pydantic import TypeAdapter, ValidationError

from haveri_contracts.directory.models import ChatIdentity, Email, Locale, TimeZoneName, WallClock, Weekday
from haveri_contracts.plain import Role
from haveri_contracts.types import FreeForm, OrganizationId, ShortText
from haveri_directory.application.importing.entries import Cell, Document, Entry
from haveri_directory.application.importing.findings import Findings, Place, short

_HOUR_OF_ONE_DIGIT = re.compile(r"[0-9]:[0-5][0-9]")
# No sign and no leading zero: +358 40 123 and 007 are no numbers.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Named = tuple[str, Place]
"""A name that refers to something, and where it stands."""


class _Field:
    """A field being read: where to report what."""

    def __init__(self, name: str, findings: Findings) -> None:
        self.name = name
        self.findings = findings

    def wrong(self, place: Place, problem: str) -> None:
        self.findings.add(place, problem, self.name)

    def text(self, cell: Cell) -> str | None:
        if isinstance(cell.value, str):
            return cell.value
        if cell.value is not None:
            self.wrong(cell.place, f"{self.name!r} must be a text.")
        return None

    def checked(self, adapter: TypeAdapter[Any], value: Any, place: Place) -> Any:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            self.wrong(place, f"{self.name!r} {_in_words(error)}.")
            return None


Reader = Callable[[Cell, _Field], Any]
"""Reads a cell into a value; None when it cannot, which has been reported."""


def _checked_text(kind: Any) -> Reader:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def read(cell: Cell, field: _Field) -> Any:
        text = field.text(cell)
        return None if text is None else field.checked(adapter, text.strip(), cell.place)

    return read


def _one_of(words: type[StrEnum], what: str) -> Reader:
    def read(cell: Cell, field: _Field) -> Any:
        text = field.text(cell)
        if text is None:
            return None
        found = {word.value.casefold(): word for word in words}.get(text.strip().casefold())
        if found is None:
            known = ", ".join(word.value for word in words)
            field.findings.unknown(cell.place, text, f"{what} ({known})", [word.value for word in words], field.name)
        return found

    return read


def _zone(cell: Cell, field: _Field) -> str | None:
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


def _clock(cell: Cell, field: _Field) -> str | None:
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


def _items(cell: Cell, field: _Field) -> list[Cell] | None:
    if isinstance(cell.value, list):
        return cell.value
    if isinstance(cell.value, str):
        return [cell]
    if cell.value is not None:
        field.wrong(cell.place, f"{field.name!r} must be a list.")
    return None


def _weekdays(cell: Cell, field: _Field) -> list[Weekday] | None:
    items = _items(cell, field)
    if items is None:
        return None
    read = _one_of(Weekday, "a weekday")
    days = [read(item, field) for item in items]
    if not days:
        field.wrong(cell.place, "A shift without days never starts; leave 'days' out for every day.")
    return None if None in days or not days else [day for day in Weekday if day in days]


def _names(cell: Cell, field: _Field) -> list[Named] | None:
    items = _items(cell, field)
    if items is None:
        return None
    texts = [(field.text(item), item.place) for item in items]
    named = [(text.strip(), place) for text, place in texts if text is not None]
    return named if len(named) == len(texts) else None


def _free_form(cell: Cell, field: _Field) -> Any:
    if not isinstance(cell.value, dict):
        if cell.value is not None:
            field.wrong(cell.place, f"{field.name!r} must have fields of its own.")
        return None
    return field.checked(_FREE_FORM, plain_value(cell), cell.place)


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


def _identities(cell: Cell, field: _Field) -> list[ChatIdentity] | None:
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


_ZONE: TypeAdapter[Any] = TypeAdapter(TimeZoneName)
_CLOCK: TypeAdapter[Any] = TypeAdapter(WallClock)
_FREE_FORM: TypeAdapter[Any] = TypeAdapter(FreeForm)
_IDENTITY: TypeAdapter[Any] = TypeAdapter(ChatIdentity)
_NAME = _checked_text(ShortText)
_LOCALE = _one_of(Locale, "a language of Haveri")

FIELDS: dict[str, dict[str, Reader]] = {
    "organization": {"id": _checked_text(OrganizationId), "name": _NAME, "locale": _LOCALE},
    "facility": {"name": _NAME, "timezone": _zone, "metadata": _free_form},
    "area": {"name": _NAME},
    "asset": {"name": _NAME, "type": _NAME, "metadata": _free_form},
    "team": {"name": _NAME},
    "shift": {"name": _NAME, "days": _weekdays, "from": _clock, "to": _clock, "members": _names},
    "member": {
        "name": _NAME,
        "email": _checked_text(Email),
        "role": _one_of(Role, "a role"),
        "locale": _LOCALE,
        "teams": _names,
        "chat": _identities,
        "contact": _free_form,
    },
}
"""The fields of each kind, in both formats."""

REFERENCES = {
    "area": ("facility",),
    "asset": ("area", "facility"),
    "team": ("facility",),
    "shift": ("team", "facility"),
}
"""In CSV, the columns that say where a thing belongs; in YAML its place in the document says so."""

LIST_FIELDS = frozenset({"days", "members", "teams"})
MAPPING_FIELDS = frozenset({"metadata", "chat", "contact"})


def read_fields(document: Document, findings: Findings) -> None:
    """Read every cell of every entry; what makes no sense goes to the findings."""
    for entry in document.entries:
        readers = {**FIELDS[entry.kind], **dict.fromkeys(REFERENCES.get(entry.kind, ()), _NAME)}
        _read(entry, readers.items(), findings)


def _read(entry: Entry, readers: Iterable[tuple[str, Reader]], findings: Findings) -> None:
    for name, reader in readers:
        if name in entry.cells:
            value = reader(entry.cells[name], _Field(name, findings))
            if value is None:
                entry.broken.add(name)
            else:
                entry.values[name] = value


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
