"""What an import would make of a directory, decided before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from haveri_chassis.ids import Ids
from haveri_directory.application.importing.entries import Document, Entry
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.holidays import read_holidays
from haveri_directory.application.importing.people import People
from haveri_directory.application.importing.places import Places
from haveri_directory.application.importing.roles import read_roles
from haveri_directory.application.importing.rotations import Rotations
from haveri_directory.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Plan:
    """The directory as it would be, and what of it the document describes."""

    after: Snapshot
    described: set[UUID]


def plan_import(document: Document, before: Snapshot, ids: Ids, findings: Findings) -> Plan:
    """What would come of a document; meaningless when there are findings afterwards."""
    for entry in document.of("organization"):
        _check_organization(entry, before, findings)
    places = Places(document, before, ids, findings)
    people = People(document, before, places, ids, findings)
    read_roles(document, people, findings)
    rotations = Rotations(document, before, places, people, ids, findings)
    calendars = {**before.calendars, **read_holidays(document, places, findings)}
    after = Snapshot(
        organization=before.organization,
        facilities={**before.facilities, **places.facilities},
        areas={**before.areas, **places.areas},
        assets={**before.assets, **places.assets},
        teams=people.teams,
        members=people.members,
        rotations=rotations.rotations,
        calendars={id: calendar for id, calendar in calendars.items() if calendar.holidays},
    )
    described = {*places.facilities, *places.areas, *places.assets, *people.described, *rotations.described}
    return Plan(after, described)


def _check_organization(entry: Entry, before: Snapshot, findings: Findings) -> None:
    """What a document says of the organisation keeps it from being imported into another one."""
    here = before.organization
    for field, actual in (("id", here.id), ("name", here.name), ("locale", here.locale)):
        if field in entry.values and entry.values[field] != actual:
            problem = (
                f"The document is for {str(entry.values[field])!r}, this organisation's {field} is {str(actual)!r}."
            )
            findings.add(entry.place_of(field), problem, field)
