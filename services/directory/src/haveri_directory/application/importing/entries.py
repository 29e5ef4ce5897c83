"""What both formats are read into: entries of cells, which know where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from haveri_directory.application.importing.findings import Place

MOST_ENTRIES = 20_000
KINDS = ("facility", "area", "asset", "team", "shift", "member")
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as written: text, a list or a mapping; None where it could not be read, which has been noted.

    `plain` says that the text stood without quotes, so that `true` or `5` may mean more than letters.
    """

    value: str | list[Cell] | dict[str, Cell] | None
    place: Place
    plain: bool = False

    @property
    def says_nothing(self) -> bool:
        """True for YAML's ways to leave a value out."""
        return self.plain and isinstance(self.value, str) and self.value in _NOTHING


@dataclass(slots=True, eq=False)
class Entry:
    """One facility, area, asset, team, shift, member or organisation of a document.

    `values` has the fields that were given and make sense, `broken` those that were given and do not.
    """

    kind: str
    place: Place
    cells: dict[str, Cell]
    parent: Entry | None = None
    values: dict[str, Any] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def place_of(self, name: str) -> Place:
        """Where a field stands, or the entry when it was not given."""
        return self.cells[name].place if name in self.cells else self.place


@dataclass(slots=True)
class Document:
    """The entries of a document, in its order."""

    entries: list[Entry] = field(default_factory=list)

    def of(self, kind: str) -> list[Entry]:
        """The entries of one kind."""
        return [entry for entry in self.entries if entry.kind == kind]
