"""Holidays of a document; a facility's list stands for all it has."""

from __future__ import annotations

from uuid import UUID

from haveri_contracts.directory.schedules import Holiday, HolidayCalendar
from haveri_directory.application.importing.entries import Document
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.names import given
from haveri_directory.application.importing.places import Places
from haveri_directory.domain.holidays import in_order

_MOST_HOLIDAYS = 1000


def read_holidays(document: Document, places: Places, findings: Findings) -> dict[UUID, HolidayCalendar]:
    """The calendars of the facilities whose holidays the document says, by facility."""
    found: dict[UUID, list[Holiday]] = {}
    for entry in document.of("facility"):
        facility_id = places.id_of(entry)
        if facility_id is not None and "holidays" in entry.values:
            found[facility_id] = []
    for entry in document.of("holiday"):
        day, name = given(entry, "date", None, findings), given(entry, "name", None, findings)
        facility_id = places.facility_of(entry)
        if day is not None and name is not None and facility_id in found:
            found[facility_id].append(Holiday(date=day, name=name))
            if len(found[facility_id]) == _MOST_HOLIDAYS + 1:
                findings.add(entry.place, f"A facility has at most {_MOST_HOLIDAYS} holidays.", "holidays")
    return {
        facility_id: in_order(HolidayCalendar(facility_id=facility_id, holidays=holidays[:_MOST_HOLIDAYS]))
        for facility_id, holidays in found.items()
    }
