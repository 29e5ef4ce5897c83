"""What may be written of each kind of thing."""

from __future__ import annotations

from collections.abc import Iterable

from haveri_contracts.directory.models import Email, Locale, ShiftRoleName
from haveri_contracts.directory.schedules import RotationKind
from haveri_contracts.plain import Role
from haveri_contracts.types import OrganizationId, ShortText
from haveri_directory.application.importing.entries import Document, Entry
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.readers import (
    Field,
    Reader,
    checked_text,
    one_of,
    read_clock,
    read_contact,
    read_free_form,
    read_identities,
    read_names,
    read_weekdays,
    read_zone,
)
from haveri_directory.application.importing.schedule_readers import (
    read_date,
    read_flag,
    read_offset,
    read_pattern,
    read_team,
)

_NAME = checked_text(ShortText)
_LOCALE = checked_text(Locale)

FIELDS: dict[str, dict[str, Reader]] = {
    "organization": {"id": checked_text(OrganizationId), "name": _NAME, "locale": _LOCALE},
    "facility": {"name": _NAME, "timezone": read_zone, "metadata": read_free_form},
    "area": {"name": _NAME},
    "asset": {"name": _NAME, "type": _NAME, "metadata": read_free_form},
    "team": {"name": _NAME},
    "shift": {
        "name": _NAME,
        "days": read_weekdays,
        "from": read_clock,
        "to": read_clock,
        "members": read_names,
        "rests_on_holidays": read_flag,
    },
    "role": {"role": checked_text(ShiftRoleName), "members": read_names},
    "rotation": {
        "name": _NAME,
        "kind": one_of(RotationKind, "a kind of rotation"),
        "first_day": read_date,
        "last_day": read_date,
        "pattern": read_pattern,
        "rests_on_holidays": read_flag,
    },
    "slot": {"name": _NAME, "from": read_clock, "to": read_clock},
    "crew": {"team": read_team, "offset_days": read_offset, "pattern": read_pattern},
    "holiday": {"date": read_date, "name": _NAME},
    "member": {
        "name": _NAME,
        "email": checked_text(Email),
        "role": one_of(Role, "a role"),
        "locale": _LOCALE,
        "teams": read_names,
        "chat": read_identities,
        "contact": read_contact,
    },
}
"""The fields of each kind; roles, rotations and holidays are written in YAML only."""

REFERENCES = {
    "area": ("facility",),
    "asset": ("area", "facility"),
    "team": ("facility",),
    "shift": ("team", "facility"),
}
"""In CSV, the columns that say where a thing belongs; in YAML its place in the document says so."""

LIST_FIELDS = frozenset({"days", "members", "teams"})
MAPPING_FIELDS = frozenset({"metadata", "chat", "contact"})
LISTS_INSIDE = frozenset({"contact.ways"})


def read_fields(document: Document, findings: Findings) -> None:
    """Read every cell of every entry; what makes no sense goes to the findings."""
    for entry in document.entries:
        readers = {**FIELDS[entry.kind], **dict.fromkeys(REFERENCES.get(entry.kind, ()), _NAME)}
        _read(entry, readers.items(), findings)


def _read(entry: Entry, readers: Iterable[tuple[str, Reader]], findings: Findings) -> None:
    for name, reader in readers:
        if name in entry.cells:
            value = reader(entry.cells[name], Field(name, findings))
            if value is None:
                entry.broken.add(name)
            else:
                entry.values[name] = value
