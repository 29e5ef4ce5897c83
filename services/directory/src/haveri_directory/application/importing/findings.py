"""What is wrong with a document: everything at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from haveri_directory.domain.nearest import Nearest
from haveri_directory.domain.refusals import ImportInvalid

MOST_SHOWN = 1000
"""More findings than this are only counted, so that the answer fits into one message."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a document; both count from 1. CSV cells have no column number."""

    line: int
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, in words for the person who wrote the document."""

    place: Place
    problem: str
    field: str | None = None


class Findings:
    """Collects faults while a document is read."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._nearest = Nearest()

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, place: Place, problem: str, field: str | None = None) -> None:
        """Note a fault."""
        self._found.append(Finding(place, problem, field))

    def unknown(self, place: Place, said: str, what: str, known: Iterable[str], field: str | None = None) -> None:
        """Note a word that is not among the known ones, with the nearest of them."""
        self.add(place, f"{short(said)} is not {what}.{self._nearest.to(said, known)}", field)

    def raise_if_any(self) -> None:
        """Raise ImportInvalid with every finding, in the order of lines."""
        if self._found:
            found = sorted(self._found, key=lambda finding: (finding.place.line, finding.place.column or 0))
            raise ImportInvalid(_summary(found), [_shown(finding) for finding in found[:MOST_SHOWN]])


def a(kind: str) -> str:
    """A kind of thing with its article."""
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def short(text: str) -> str:
    """A word of the document in quotes, cut where it is long."""
    return repr(text if len(text) <= 60 else f"{text[:57]}…")


def _shown(finding: Finding) -> dict[str, Any]:
    shown: dict[str, Any] = {"line": finding.place.line, "problem": finding.problem}
    if finding.place.column is not None:
        shown["column"] = finding.place.column
    if finding.field is not None:
        shown["field"] = finding.field
    return shown


def _summary(found: list[Finding]) -> str:
    first = found[0]
    count = "One fault" if len(found) == 1 else f"{len(found)} faults"
    more = f" Only the first {MOST_SHOWN} are listed." if len(found) > MOST_SHOWN else ""
    return f"{count}; the first, in line {first.place.line}: {first.problem}{more}"
