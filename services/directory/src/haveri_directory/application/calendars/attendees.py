"""Who works an event: its attendees, known by their e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from haveri_contracts.directory.models import Member
from haveri_directory.application.calendars.document import Entry
from haveri_directory.application.calendars.properties import MEMBER
from haveri_directory.application.importing.findings import Findings, short

_MAILTO = "mailto:"
_NOBODY = {"ROOM", "RESOURCE"}


class Attendees:
    """The members whom events may name."""

    def __init__(self, members: Iterable[Member]) -> None:
        known = list(members)
        self.names = {member.id: member.name for member in known}
        self._by_address = {member.email.casefold(): member.id for member in known}

    def of(self, entry: Entry, findings: Findings) -> list[UUID]:
        """The members who work an event, each once; rooms and those who only get a copy do not.

        An event that Haveri exported has no attendees but says whose it is. What is wrong is among the findings.
        """
        said = entry.event.get("ATTENDEE", [])
        people = [person for person in (said if isinstance(said, list) else [said]) if _works(person)]
        found = [self._member(entry, person, findings) for person in people]
        if not people:
            found = [self._own(entry, findings)]
        return list(dict.fromkeys(member_id for member_id in found if member_id is not None))

    def _member(self, entry: Entry, person: Any, findings: Findings) -> UUID | None:
        address = _address(person)
        member_id = self._by_address.get(address.casefold())
        if member_id is None:
            what = f"the address of any member, but {entry.name} names it"
            findings.unknown(entry.place, address, what, self._by_address, "ATTENDEE")
        elif _parameter(person, "PARTSTAT") == "DECLINED":
            problem = f"{self.names[member_id]} has declined {entry.name}. Name somebody else, or take the event out."
            findings.add(entry.place, problem, "ATTENDEE")
        return member_id

    def _own(self, entry: Entry, findings: Findings) -> UUID | None:
        said = entry.event.get(MEMBER)
        if said is None:
            problem = f"{entry.name} names nobody. Add whoever works then as an attendee."
            findings.add(entry.place, problem, "ATTENDEE")
            return None
        member_id = next((known for known in self.names if str(known) == str(said).strip().lower()), None)
        if member_id is None:
            findings.add(entry.place, f"{entry.name} is of a member who is not here: {short(str(said))}.", MEMBER)
        return member_id


def _works(person: Any) -> bool:
    return _parameter(person, "CUTYPE") not in _NOBODY and _parameter(person, "ROLE") != "NON-PARTICIPANT"


def _address(person: Any) -> str:
    """The e-mail address: of a `mailto:`, or beside an address that is none (`invalid:nomail`)."""
    said = str(person).strip()
    if said.casefold().startswith(_MAILTO):
        return said[len(_MAILTO) :].strip()
    return str(person.params.get("EMAIL", said)).strip()


def _parameter(person: Any, name: str) -> str:
    return str(person.params.get(name, "")).upper()
