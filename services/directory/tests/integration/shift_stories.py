"""A plant with crews, and what its people do with their shifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from directory_office import Office, as_member

from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import Member, OnShift, Shift, ShiftInfo, ShiftRole
from haveri_contracts.directory.schedules import ChangeKind, Rotation, RotationCrew, ShiftChange, ShiftSlot, Stretch
from haveri_contracts.plain import Role

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = ShiftSlot(name="Day", start="06:00", end="18:00")
NIGHT = ShiftSlot(name="Night", start="18:00", end="06:00")


def wall(day: str, clock: str = "00:00") -> datetime:
    """A moment by the clock on the wall in Helsinki."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=HELSINKI).astimezone(UTC)


class Works:
    """Crew A in the morning, Crew B in the afternoon, every day; a manager and a viewer."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def open(self) -> Works:
        """Put everything."""
        office = self.office
        self.facility = await office.facility()
        self.eero, self.henna = await office.member("Eero Laine"), await office.member("Henna Koskinen")
        self.jari, self.liisa = await office.member("Jari Heikkinen"), await office.member("Liisa Järvinen")
        self.mikko = await office.member("Mikko Virtanen", Role.MANAGER)
        self.pekka = await office.member("Pekka Ahonen", Role.VIEWER)
        self.crew_a = await self.crew("Crew A", [self.eero, self.henna], "Morning", "06:00", "14:00", lead=self.eero)
        self.crew_b = await self.crew("Crew B", [self.jari, self.liisa], "Afternoon", "14:00", "22:00", lead=self.jari)
        return self

    async def crew(self, name: str, members: list[Member], shift: str, start: str, end: str, lead: Member) -> Any:
        """A team with one shift every day and a lead."""
        info = ShiftInfo(
            shifts=[Shift(name=shift, start=start, end=end)], roles=[ShiftRole(role="lead", member_ids=[lead.id])]
        )
        return await self.office.team(self.facility, name, member_ids=[one.id for one in members], shift_info=info)

    def change(self, kind: ChangeKind, day: str = "2040-06-01", hours: float = 24, **values: Any) -> ShiftChange:
        """A change in Crew A from a midnight on, as `members` say: `member=self.eero`, `substitute=self.jari`."""
        begins = values.pop("starts_at", wall(day))
        for name in ("member", "substitute"):
            person = values.pop(name, None)
            if person is not None:
                values[f"{name}_id"] = person.id
        team = values.pop("team", self.crew_a)
        filled = {"id": self.office.ids.new(), "ends_at": begins + timedelta(hours=hours), "team_id": team.id, **values}
        return ShiftChange(kind=kind, starts_at=begins, **filled)

    async def put(self, change: ShiftChange, by: Member | None = None) -> ShiftChange:
        """Put a change that must be accepted; the manager does, unless somebody else is named."""
        result = await self.office.do(commands.PutShiftChange(change=change), actor=as_member(by or self.mikko))
        return ShiftChange.model_validate(result["change"])

    async def refused(self, change: ShiftChange, by: Member | None = None) -> str:
        """Put a change that must be refused; gives the refusal's name."""
        return await self.office.refusal(commands.PutShiftChange(change=change), actor=as_member(by or self.mikko))

    async def accept(self, change: ShiftChange, by: Member) -> ShiftChange:
        """Accept a change."""
        result = await self.office.do(commands.AcceptShiftChange(change_id=change.id), actor=as_member(by))
        return ShiftChange.model_validate(result["change"])

    async def on_shift(self, day: str, clock: str) -> list[OnShift]:
        """Who is on shift."""
        query = queries.GetOnShift(facility_id=self.facility.id, at=wall(day, clock))
        found: list[OnShift] = (await self.office.ask(query)).items
        return found

    async def names_on_shift(self, day: str, clock: str) -> list[str]:
        """The first names of those on shift."""
        people = (self.eero, self.henna, self.jari, self.liisa, self.mikko, self.pekka)
        names = {one.id: one.name.split()[0] for one in people}
        return sorted(names[duty.member_id] for duty in await self.on_shift(day, clock))

    async def changes(self, **wanted: Any) -> list[ShiftChange]:
        """The changes there are."""
        found: list[ShiftChange] = (await self.office.ask(queries.ListShiftChanges(**wanted))).items
        return found

    def rotation(self, **values: Any) -> Rotation:
        """A rotation of both crews: two on, two off, three on, by day."""
        crews = [RotationCrew(team_id=self.crew_a.id), RotationCrew(team_id=self.crew_b.id)]
        said = {"kind": "2-2-3", "first_day": "2040-01-02", "slots": [DAY], "crews": crews, **values}
        return Rotation(id=self.office.ids.new(), facility_id=self.facility.id, name="Weekends", **said)


def returned(day: str, start: str, end: str) -> Stretch:
    """What is given back in a swap."""
    return Stretch(starts_at=wall(day, start), ends_at=wall(day, end))
