"""A copy that follows the directory's events, beside the directory itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from directory_office import Office, as_member
from shift_stories import Works

from haveri_chassis.bus import Bus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.schedules import ChangeKind, Holiday, HolidayCalendar
from haveri_contracts.message import Query
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.waiting import eventually
from haveri_directory_copy.copies import DirectoryCopies, read_directory

ACTOR = "system:test"
LISTS = ("facilities", "areas", "assets", "teams", "members", "rotations", "changes", "calendars")


class Counted(QueryClient):
    """Counts how often everybody is read."""

    read = 0

    async def ask(self, query: Query, **how: Any) -> Any:
        """As the query client does."""
        self.read += isinstance(query, queries.ListMembers)
        return await super().ask(query, **how)


async def changed(works: Works) -> None:
    """Additions, new names, removals and schedules."""
    office: Office = works.office
    second = await office.facility("Aura Works")
    line = await office.area(second, "Line 9")
    filler, spare = await office.asset(line, "Zeta"), await office.asset(line, "Spare")
    sanna = await office.member("Sanna Virtanen")
    crew = await office.team(second, "Crew Z", member_ids=[sanna.id, works.mikko.id])
    await office.do(commands.PutAsset(asset=filler.model_copy(update={"name": "alpha"})))
    await office.do(commands.Remove(kind_of_thing="asset", id=spare.id))
    await office.do(commands.PutTeam(team=crew.model_copy(update={"member_ids": [works.mikko.id]})))
    await office.do(
        commands.PutMember(member=sanna.model_copy(update={"name": "Aada Virtanen", "team_ids": [crew.id]}))
    )
    await office.do(commands.PutRotation(rotation=works.rotation()), actor=as_member(works.mikko))
    await works.put(works.change(ChangeKind.ABSENCE, member=works.eero))
    days = HolidayCalendar(facility_id=works.facility.id, holidays=[Holiday(date=date(2040, 12, 6), name="Day")])
    await office.do(commands.ChangeHolidays(calendar=days), actor=as_member(works.mikko))
    await office.do(commands.PutTeam(team=crew.model_copy(update={"member_ids": []})))
    await office.do(commands.Remove(kind_of_thing="team", id=crew.id))
    await office.do(commands.Remove(kind_of_thing="member", id=sanna.id))


async def test_a_copy_that_follows_is_what_a_fresh_reading_gives(office: Office, directory_house) -> None:
    works = await Works(office).open()
    bus = Bus(directory_house.nats_url, service="escalation", clock=SystemClock(), ids=SystemIds())
    asking, clock = Counted(bus), ManualClock(SystemClock().now())  # it stands still: no minute passes
    copies = DirectoryCopies(bus, asking, clock, actor=ACTOR, schedules=True)
    await bus.start()
    await bus.wait_ready()
    await bus.connection.client.flush()
    before = await copies.get(office.slug)

    await changed(works)

    about = await office.ask(queries.GetOrganization())
    fresh = await read_directory(QueryClient(bus), about, ACTOR, changes_since=clock.now() - timedelta(days=31))

    async def followed() -> bool:
        copy = await copies.get(office.slug)
        return copy == fresh and all(list(getattr(copy, name)) == list(getattr(fresh, name)) for name in LISTS)

    await eventually(followed)
    assert (fresh != before, asking.read) == (True, 1), "it followed, and was not read again"
    await bus.stop()
