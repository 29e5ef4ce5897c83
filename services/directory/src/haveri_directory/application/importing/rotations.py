"""Rotations of a document, put together with those of the directory; each is described whole."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.ids import Ids
from haveri_contracts.directory.schedules import Rotation, RotationCrew, RotationKind, ShiftSlot
from haveri_contracts.plain import Refusal, name_key
from haveri_directory.application.importing.entries import Document, Entry
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.names import Register, given
from haveri_directory.application.importing.people import People
from haveri_directory.application.importing.places import Places
from haveri_directory.application.rotations import fitting
from haveri_directory.store.snapshot import Snapshot

_MOST_PARTS = 20


class Rotations:
    """All rotations as they would be, by id."""

    def __init__(
        self, document: Document, before: Snapshot, places: Places, people: People, ids: Ids, findings: Findings
    ) -> None:
        self._document = document
        self._places = places
        self._people = people
        self._findings = findings
        self.described: set[UUID] = set()
        self.rotations = dict(before.rotations)
        known = {(thing.facility_id, name_key(thing.name)): thing.id for thing in before.rotations.values()}
        register = Register("rotation", known, ids, findings)
        for entry in document.of("rotation"):
            self._read(entry, register)

    def _read(self, entry: Entry, register: Register) -> None:
        name = given(entry, "name", None, self._findings)
        first_day = given(entry, "first_day", None, self._findings)
        facility_id = self._places.facility_of(entry)
        slots = [self._slot(part) for part in self._parts("slot", entry)]
        crews = [self._crew(part, facility_id) for part in self._parts("crew", entry)]
        id = register.claim((facility_id, name_key(name)), entry.place, name) if name and facility_id else None
        if facility_id is None or id is None or first_day is None or entry.broken:
            return
        good_slots = [slot for slot in slots if slot is not None]
        good_crews = [crew for crew in crews if crew is not None]
        if not slots or not crews or len(good_slots) < len(slots) or len(good_crews) < len(crews):
            return
        self.described.add(id)
        rotation = Rotation(
            id=id,
            facility_id=facility_id,
            name=name,
            kind=entry.values.get("kind", RotationKind.CUSTOM),
            first_day=first_day,
            last_day=entry.values.get("last_day"),
            slots=good_slots,
            pattern=entry.values.get("pattern", []),
            crews=good_crews,
            rests_on_holidays=entry.values.get("rests_on_holidays", False),
        )
        self._keep(entry, rotation)

    def _keep(self, entry: Entry, rotation: Rotation) -> None:
        """Keep a rotation with its kind's pattern, if everything in it fits together."""
        crews = [self._people.teams[crew.team_id] for crew in rotation.crews if crew.team_id in self._people.teams]
        elsewhere = next((team for team in crews if team.facility_id != rotation.facility_id), None)
        if elsewhere is not None:
            self._findings.add(entry.place, f"{elsewhere.name} belongs to another facility.", "crews")
            return
        try:
            self.rotations[rotation.id], _ = fitting(rotation, crews)
        except Refusal as refusal:
            self._findings.add(entry.place, f"{refusal.title} {refusal.detail}")

    def _parts(self, kind: str, rotation: Entry) -> list[Entry]:
        parts, field = [entry for entry in self._document.of(kind) if entry.parent is rotation], f"{kind}s"
        if not parts:
            self._findings.add(rotation.place, f"The rotation needs {field!r}.", field)
        if len(parts) > _MOST_PARTS:
            self._findings.add(parts[_MOST_PARTS].place, f"A rotation has at most {_MOST_PARTS} {field}.", field)
            return []
        return parts

    def _slot(self, entry: Entry) -> ShiftSlot | None:
        name, start, end = (given(entry, field, None, self._findings) for field in ("name", "from", "to"))
        return None if name is None or start is None or end is None else ShiftSlot(name=name, start=start, end=end)

    def _crew(self, entry: Entry, facility_id: UUID | None) -> RotationCrew | None:
        named = given(entry, "team", None, self._findings)
        if named is None or facility_id is None or entry.broken:
            return None
        team_id = self._people.team_named(named, "team", self._places.name_of(facility_id))
        if team_id is None:
            return None
        offset, pattern = entry.values.get("offset_days", 0), entry.values.get("pattern", [])
        return RotationCrew(team_id=team_id, offset_days=offset, pattern=pattern)
