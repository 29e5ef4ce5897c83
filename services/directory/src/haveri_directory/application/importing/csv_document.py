"""A plant in CSV: one line for each thing, the column `kind` says what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from haveri_directory.application.importing.entries import KINDS, Cell, Document, Entry
from haveri_directory.application.importing.fields import FIELDS, LIST_FIELDS, LISTS_INSIDE, MAPPING_FIELDS, REFERENCES
from haveri_directory.application.importing.findings import Findings, Place, a

BETWEEN_ITEMS = "|"
KIND = "kind"
_SEPARATORS = ",;\t"

Row = tuple[int, list[str]]


def read_csv(text: str, findings: Findings) -> Document:
    """The document's entries; what is wrong with its form goes to the findings."""
    document = Document()
    rows = _rows(text, findings)
    header = next(rows, None)
    if header is None:
        findings.add(Place(1), "The document is empty.")
        return document
    columns = _columns(header, findings)
    if KIND not in columns:
        findings.add(Place(header[0]), f"There is no column {KIND!r}, which says what a line is: {', '.join(KINDS)}.")
        return document
    for line, cells in rows:
        entry = _entry(line, cells, columns, findings)
        if entry is not None:
            document.entries.append(entry)
    return document


def _rows(text: str, findings: Findings) -> Iterator[Row]:
    """Lines with something in them, with the number of the line on which each begins."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        findings.add(Place(begins), f"This is not CSV: {error}. Nothing after it could be read.")


def _columns(header: Row, findings: Findings) -> list[str]:
    """The columns' names; one that cannot be used becomes empty and is not looked at again."""
    line, names = header
    known = sorted({name for kind in KINDS for name in [*FIELDS[kind], *REFERENCES.get(kind, ())]} | {KIND})
    columns: list[str] = []
    for name in (raw.lower() for raw in names):
        if name in columns and name:
            findings.add(Place(line), f"The column {name!r} is there twice.", name)
            columns.append("")
        elif (name in known and name not in MAPPING_FIELDS) or _mapping(name):
            columns.append(name)
        else:
            if name:
                plain = [column for column in known if column not in MAPPING_FIELDS]
                findings.unknown(Place(line), name, "a known column", [*plain, "chat.teams", "contact.phone"], name)
            columns.append("")
    return columns


def _mapping(column: str) -> tuple[str, str] | None:
    """`chat.teams` as (`chat`, `teams`)."""
    field, _, key = column.partition(".")
    return (field, key) if field in MAPPING_FIELDS and key else None


def _entry(line: int, cells: list[str], columns: list[str], findings: Findings) -> Entry | None:
    place = Place(line)
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        findings.add(place, f"The line has {len(cells)} cells, the first line only {len(columns)}.")
        return None
    given = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
    kind = given.pop(KIND, "").lower()
    if kind not in KINDS:
        findings.unknown(place, kind, f"a kind: {', '.join(KINDS)}", KINDS, KIND)
        return None
    entry = Entry(kind, place, {})
    allowed = [*FIELDS[kind], *REFERENCES.get(kind, ())]
    for column, text in given.items():
        field, key = _mapping(column) or (column, "")
        if field not in allowed:
            findings.add(place, f"{a(kind).capitalize()} has no {field!r}.", column)
        elif key:
            mapping = entry.cells.setdefault(field, Cell({}, place))
            if isinstance(mapping.value, dict):
                mapping.value[key] = _list(text, place) if column in LISTS_INSIDE else Cell(text, place)
        elif field in LIST_FIELDS:
            entry.cells[field] = _list(text, place)
        else:
            entry.cells[field] = Cell(text, place)
    return entry


def _list(text: str, place: Place) -> Cell:
    items = [item.strip() for item in text.split(BETWEEN_ITEMS)]
    return Cell([Cell(item, place) for item in items if item], place)
