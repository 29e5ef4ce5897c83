"""Finding things by name, in the document and in the directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from haveri_chassis.ids import Ids
from haveri_contracts.plain import name_key
from haveri_directory.application.importing.entries import Entry
from haveri_directory.application.importing.findings import Findings, Place

Key = tuple[Any, ...]


class Register:
    """The ids of one kind of thing by key, of the directory and of the document; the same key is the same thing."""

    def __init__(self, kind: str, known: Mapping[Any, UUID], ids: Ids, findings: Findings) -> None:
        self.kind = kind
        self._ids_by_key: dict[Key, UUID] = dict(known)
        self._lines: dict[Key, int] = {}
        self._ids = ids
        self._findings = findings

    def claim(self, key: Key, place: Place, said: str) -> UUID | None:
        """The id of a thing that the document describes; None, with a finding, when it did so before."""
        if key in self._lines:
            problem = f"The {self.kind} {said!r} is described twice; first in line {self._lines[key]}."
            self._findings.add(place, problem)
            return None
        self._lines[key] = place.line
        return self._ids_by_key.setdefault(key, self._ids.new())


class Names:
    """What names mean. A name may stand for several things in different places; then the place has to be said."""

    def __init__(self) -> None:
        self._things: dict[str, dict[UUID, str]] = {}
        self._spelled: dict[str, str] = {}

    def add(self, name: str, id: UUID, where: str = "") -> None:
        """A thing of this name, in a place of that name."""
        self._things.setdefault(name_key(name), {})[id] = where
        self._spelled[name_key(name)] = name

    def find(self, name: str, where: str | None = None) -> list[UUID]:
        """The things of this name, in this place or anywhere."""
        found = self._things.get(name_key(name), {})
        return [id for id, place in found.items() if where is None or name_key(place) == name_key(where)]

    def places_of(self, name: str) -> list[str]:
        """The places in which there is a thing of this name."""
        return sorted(self._things.get(name_key(name), {}).values())

    def all(self) -> list[str]:
        """Every name as it is written."""
        return list(self._spelled.values())


def given(entry: Entry, field: str, default: Any, findings: Findings) -> Any:
    """What the entry says of a field, else the default; None with a finding when neither says anything."""
    if field in entry.values:
        return entry.values[field]
    if field in entry.broken:
        return None
    if default is None:
        findings.add(entry.place, f"The {entry.kind} needs {field!r}.", field)
    return default


def resolve(
    name: str, names: Names, where: str | None, what: str, note: Callable[[str], Any], unknown: Callable[[], Any]
) -> UUID | None:
    """The one thing that a name means; notes why it is none or one of several."""
    found = names.find(name, where)
    if len(found) == 1:
        return found[0]
    if not found:
        unknown()
    else:
        note(f"There are several {what}s called {name!r}: in {', '.join(names.places_of(name))}. Say which.")
    return None
