"""Facilities, areas and assets of a document, put together with those of the directory."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.ids import Ids
from haveri_contracts.directory.models import Area, Asset, Facility
from haveri_contracts.plain import name_key
from haveri_directory.application.importing.entries import Document, Entry
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.names import Names, Register, given, resolve
from haveri_directory.store.snapshot import Snapshot


class Places:
    """The described facilities, areas and assets as they would be, by id."""

    def __init__(self, document: Document, before: Snapshot, ids: Ids, findings: Findings) -> None:
        self._before = before
        self._findings = findings
        self._ids = ids
        self.facilities: dict[UUID, Facility] = {}
        self.areas: dict[UUID, Area] = {}
        self.assets: dict[UUID, Asset] = {}
        self.facility_names = Names()
        self._area_names = Names()
        self._names: dict[UUID, str] = {}
        self._id_of: dict[Entry, UUID | None] = {}
        self._read_facilities(document)
        self._read_areas(document)
        self._read_assets(document)

    def facility_of(self, entry: Entry) -> UUID | None:
        """The facility an entry belongs to: the one around it, the one it names, or the only one there is."""
        if entry.parent is not None:
            return self._id_of.get(entry.parent)
        if "facility" in entry.broken:
            return None
        if "facility" in entry.values:
            return self.facility_named(entry)
        if len(self._names) == 1:
            return next(iter(self._names))
        self._findings.add(entry.place, f"The {entry.kind} needs 'facility'.", "facility")
        return None

    def id_of(self, entry: Entry) -> UUID | None:
        """The facility or area that an entry describes."""
        return self._id_of.get(entry)

    def facility_named(self, entry: Entry) -> UUID | None:
        """The facility in an entry's column `facility`."""
        name, place = entry.values["facility"], entry.place_of("facility")
        found = self.facility_names.find(name)
        if not found:
            self._findings.unknown(place, name, "a facility here", self.facility_names.all(), "facility")
        return found[0] if found else None

    def name_of(self, id: UUID) -> str:
        """How a facility is called."""
        return self._names[id]

    def _read_facilities(self, document: Document) -> None:
        known = {(name_key(thing.name),): thing.id for thing in self._before.facilities.values()}
        register = Register("facility", known, self._ids, self._findings)
        for thing in self._before.facilities.values():
            self.facility_names.add(thing.name, thing.id)
            self._names[thing.id] = thing.name
        for entry in document.of("facility"):
            name = given(entry, "name", None, self._findings)
            id = register.claim((name_key(name),), entry.place, name) if name else None
            self._id_of[entry] = id
            if name is None or id is None:
                continue
            self.facility_names.add(name, id)
            self._names[id] = name
            self._build_facility(entry, id, name)

    def _build_facility(self, entry: Entry, id: UUID, name: str) -> None:
        before = self._before.facilities.get(id)
        timezone = given(entry, "timezone", before.timezone if before else None, self._findings)
        metadata = entry.values.get("metadata", before.metadata if before else {})
        if timezone is not None:
            self.facilities[id] = Facility(id=id, name=name, timezone=timezone, metadata=metadata)

    def _read_areas(self, document: Document) -> None:
        known = {(thing.facility_id, name_key(thing.name)): thing.id for thing in self._before.areas.values()}
        register = Register("area", known, self._ids, self._findings)
        for thing in self._before.areas.values():
            self._area_names.add(thing.name, thing.id, self._names[thing.facility_id])
        for entry in document.of("area"):
            name = given(entry, "name", None, self._findings)
            facility_id = self.facility_of(entry)
            if name is None or facility_id is None:
                continue
            id = register.claim((facility_id, name_key(name)), entry.place, name)
            self._id_of[entry] = id
            if id is not None:
                self._area_names.add(name, id, self._names[facility_id])
                self.areas[id] = Area(id=id, name=name, facility_id=facility_id)

    def _read_assets(self, document: Document) -> None:
        known = {(thing.area_id, name_key(thing.name)): thing.id for thing in self._before.assets.values()}
        register = Register("asset", known, self._ids, self._findings)
        for entry in document.of("asset"):
            name = given(entry, "name", None, self._findings)
            area_id = self._area_of(entry)
            if name is None or area_id is None:
                continue
            id = register.claim((area_id, name_key(name)), entry.place, name)
            if id is not None:
                self._build_asset(entry, id, name, area_id)

    def _build_asset(self, entry: Entry, id: UUID, name: str, area_id: UUID) -> None:
        before = self._before.assets.get(id)
        asset_type = given(entry, "type", before.asset_type if before else None, self._findings)
        metadata = entry.values.get("metadata", before.metadata if before else {})
        if asset_type is not None:
            self.assets[id] = Asset(id=id, name=name, area_id=area_id, asset_type=asset_type, metadata=metadata)

    def _area_of(self, entry: Entry) -> UUID | None:
        if entry.parent is not None:
            return self._id_of.get(entry.parent)
        name = given(entry, "area", None, self._findings)
        facility = self.facility_named(entry) if "facility" in entry.values else None
        if name is None or "facility" in entry.broken or ("facility" in entry.values and facility is None):
            return None
        place = entry.place_of("area")
        return resolve(
            name,
            self._area_names,
            self._names[facility] if facility else None,
            "area",
            lambda problem: self._findings.add(place, problem, "area"),
            lambda: self._findings.unknown(place, name, "an area there", self._area_names.all(), "area"),
        )
