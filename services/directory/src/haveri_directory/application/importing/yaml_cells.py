"""From YAML text to cells with their places. Nothing in a document is executed, constructed or repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from haveri_directory.application.importing.entries import Cell
from haveri_directory.application.importing.findings import Findings, Place, short

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 12
_TABS = re.compile(r"^ *\t[ \t]*\S")


class _TooDeep(Exception):
    """The document is nested deeper than any plant."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


def read_cells(text: str, findings: Findings) -> Cell | None:
    """The document's one top-level cell; None when it cannot be read at all, which has been noted.

    Texts stay texts (`no`, `06:00` and `1.10` too): what they mean is the field's business.
    """
    events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
    try:
        return _Builder(events, findings).document()
    except _TooDeep as error:
        findings.add(error.place, f"This is nested deeper than {_DEEPEST} levels.")
    except yaml.YAMLError as error:
        _note_syntax(text, error, findings)
    return None


class _Builder:
    def __init__(self, events: Iterator[Any], findings: Findings) -> None:
        self._events = events
        self._findings = findings

    def document(self) -> Cell | None:
        root: Cell | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._findings.add(_place(event), "A second document begins here; a plant is one document.")
                    return root
                root = self._cell(next(self._events), 0)
        if root is None:
            self._findings.add(Place(1, 1), "The document is empty.")
        return root

    def _cell(self, event: Any, depth: int) -> Cell:
        place = _place(event)
        if depth > _DEEPEST:
            raise _TooDeep(place)
        if isinstance(event, yaml.AliasEvent):
            self._findings.add(place, f"'*{event.anchor}' repeats another part; write it out.")
            return Cell(None, place)
        if event.anchor is not None:
            self._findings.add(place, f"'&{event.anchor}' names a part to repeat it; write it out.")
        if event.tag not in (None, "!"):
            self._findings.add(place, f"The tag {short(event.tag)} is not understood; leave it out.")
        if isinstance(event, yaml.SequenceStartEvent):
            return Cell(list(self._items(depth)), place)
        if isinstance(event, yaml.MappingStartEvent):
            return Cell(self._mapping(depth), place)
        return Cell(event.value, place, plain=event.style is None or event.style == "")

    def _items(self, depth: int) -> Iterator[Cell]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._cell(event, depth + 1)

    def _mapping(self, depth: int) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._cell(event, depth + 1)
            value = self._cell(next(self._events), depth + 1)
            if not isinstance(key.value, str):
                if key.value is not None:
                    self._findings.add(key.place, "A field's name must be a single word.")
            elif key.value in cells:
                first = cells[key.value].place.line
                self._findings.add(key.place, f"{short(key.value)} is given twice; first in line {first}.", key.value)
            else:
                cells[key.value] = value
        return cells


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _note_syntax(text: str, error: yaml.YAMLError, findings: Findings) -> None:
    tabs = [number for number, line in enumerate(text.splitlines(), 1) if _TABS.match(line)]
    if tabs:
        for number in tabs:
            findings.add(Place(number, 1), "The line is indented with a tab; YAML wants spaces.")
        return
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    findings.add(place, f"This is not YAML: {problem}. Nothing after it could be read.")
