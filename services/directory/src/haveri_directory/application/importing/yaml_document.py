"""A plant in YAML: facilities hold areas, teams, rotations and holidays, areas hold assets, teams hold shifts and
roles; members stand beside.
"""

from __future__ import annotations

from haveri_directory.application.importing.entries import Cell, Document, Entry
from haveri_directory.application.importing.fields import FIELDS
from haveri_directory.application.importing.findings import Findings, a
from haveri_directory.application.importing.yaml_cells import read_cells

LISTS: dict[str | None, dict[str, str]] = {
    None: {"facilities": "facility", "members": "member"},
    "facility": {"areas": "area", "teams": "team", "rotations": "rotation", "holidays": "holiday"},
    "area": {"assets": "asset"},
    "team": {"shifts": "shift", "roles": "role"},
    "rotation": {"slots": "slot", "crews": "crew"},
}
"""Which lists a thing (None: the document) holds, and of what."""

REPLACED = frozenset({"shifts", "roles", "holidays"})
"""Lists that stand for all there is: an empty one takes away what there was."""

ORGANIZATION = "organization"
_ONLY_FIELD = {"crew": "team"}


def read_yaml(text: str, findings: Findings) -> Document:
    """The document's entries; what is wrong with its form goes to the findings."""
    document = Document()
    root = read_cells(text, findings)
    if root is None or root.value is None:
        return document
    if not isinstance(root.value, dict):
        findings.add(root.place, "The document must have the fields 'facilities' and 'members'.")
        return document
    _Reader(document, findings).top(root.value)
    return document


class _Reader:
    def __init__(self, document: Document, findings: Findings) -> None:
        self._document = document
        self._findings = findings

    def top(self, fields: dict[str, Cell]) -> None:
        lists = LISTS[None]
        for name, cell in fields.items():
            if name == ORGANIZATION:
                self._entry(ORGANIZATION, cell, None)
            elif name in lists:
                self._list(lists[name], name, cell, None)
            else:
                self._findings.unknown(cell.place, name, "a part of a plant", [*lists, ORGANIZATION], name)

    def _list(self, kind: str, name: str, cell: Cell, parent: Entry | None) -> None:
        if cell.says_nothing or cell.value is None:
            return
        if not isinstance(cell.value, list):
            self._findings.add(cell.place, f"{name!r} must be a list: a line for each, beginning with '- '.", name)
            return
        for item in cell.value:
            self._entry(kind, item, parent)

    def _entry(self, kind: str, cell: Cell, parent: Entry | None) -> None:
        if cell.value is None:
            return
        if isinstance(cell.value, str) and not cell.says_nothing:
            # `areas: [Line 1, Line 2]`
            self._document.entries.append(Entry(kind, cell.place, {_ONLY_FIELD.get(kind, "name"): cell}, parent))
            return
        if not isinstance(cell.value, dict):
            self._findings.add(cell.place, f"Here must be the fields of one {kind}, beginning with 'name:'.")
            return
        self._fields(kind, cell, cell.value, parent)

    def _fields(self, kind: str, cell: Cell, fields: dict[str, Cell], parent: Entry | None) -> None:
        entry = Entry(kind, cell.place, {}, parent)
        self._document.entries.append(entry)
        lists = LISTS.get(kind, {})
        for name, value in fields.items():
            if name in lists:
                if name in REPLACED and not value.says_nothing:
                    # Remembered on the thing around it: an empty list has no entries of its own.
                    entry.values[name] = True
                self._list(lists[name], name, value, entry)
            elif name not in FIELDS[kind]:
                self._findings.unknown(value.place, name, f"a field of {a(kind)}", [*FIELDS[kind], *lists], name)
            elif not value.says_nothing:
                entry.cells[name] = value
