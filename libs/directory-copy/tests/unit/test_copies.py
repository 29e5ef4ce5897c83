"""A copy of the directory stays what the directory is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from directory_owner import Bus, Owner

from haveri_chassis.bus import OwnerUnavailable
from haveri_contracts.directory import events
from haveri_contracts.directory.models import Facility, Member
from haveri_contracts.directory.schedules import Holiday, HolidayCalendar
from haveri_contracts.message import catalogue
from haveri_contracts.plain import Role
from haveri_directory_copy.applying import with_events
from haveri_directory_copy.copies import DirectoryCopies


class Office:
    """An owner, a bus and copies on it."""

    def __init__(self, *, schedules: bool = False) -> None:
        self.bus = Bus()
        self.owner = Owner(self.bus)
        self.clock = self.owner.clock
        self.copies = DirectoryCopies(
            self.bus,  # type: ignore[arg-type]
            self.owner,  # type: ignore[arg-type]
            self.clock,
            actor="system:test",
            schedules=schedules,
        )

    async def names(self, organization: str = "demo") -> list[str]:
        """Who is in the copy."""
        return [member.name for member in (await self.copies.get(organization)).members.values()]

    async def join(self, name: str, organization: str = "demo", **values: Any) -> Member:
        """A member who is put and told of."""
        member = self.owner.member(name, **values)
        await self.owner.put(events.MemberPut(member=member), organization)
        return member

    def asked(self) -> list[str]:
        """What the owner was asked since the last time."""
        asked, self.owner.asked = self.owner.asked, []
        return asked


@pytest.fixture
async def office() -> Office:
    """With Anna, and a copy of it."""
    made = Office()
    await made.join("Anna")
    await made.names()
    made.asked()
    return made


async def test_what_changes_is_in_the_copy_and_nothing_is_read_again(office: Office) -> None:
    """Additions, changes and removals."""
    ben = await office.join("Ben")
    assert await office.names() == ["Anna", "Ben"]

    await office.owner.put(events.MemberPut(member=ben.model_copy(update={"role": Role.MANAGER})))
    assert (await office.copies.get("demo")).members[ben.id].role is Role.MANAGER

    await office.owner.put(events.Removed(kind_of_thing="member", id=ben.id))
    assert await office.names() == ["Anna"]
    assert office.asked() == []


async def test_lists_keep_the_order_of_the_directory(office: Office) -> None:
    """By name, also when somebody is called otherwise."""
    eve = await office.join("Eve")
    await office.join("ben")
    assert await office.names() == ["Anna", "ben", "Eve"]

    await office.owner.put(events.MemberPut(member=eve.model_copy(update={"name": "Aada"})))
    assert await office.names() == ["Aada", "Anna", "ben"]


async def test_who_reads_a_directory_keeps_it_as_it_was(office: Office) -> None:
    """Whatever changes while they work."""
    before = await office.copies.get("demo")
    await office.join("Ben")
    after = await office.copies.get("demo")

    assert (len(before.members), len(after.members)) == (1, 2)
    assert await office.copies.get("demo") is after


async def test_a_lost_event_is_noticed_at_the_next_one(office: Office) -> None:
    """Then everything is read."""
    office.bus.cut = True
    await office.join("Ben")
    office.bus.cut = False
    await office.join("Cleo")

    assert await office.names() == ["Anna", "Ben", "Cleo"]
    assert office.asked()


async def test_a_role_that_was_taken_away_is_out_of_force_within_a_minute_though_its_event_was_lost(
    office: Office,
) -> None:
    """Also when nothing else happens."""
    ben = await office.join("Ben", role=Role.MANAGER)
    await office.names()
    office.bus.cut = True
    await office.owner.put(events.MemberPut(member=ben.model_copy(update={"role": Role.VIEWER})))

    office.clock.advance(timedelta(seconds=60))

    assert (await office.copies.get("demo")).members[ben.id].role is Role.VIEWER


async def test_while_nothing_changes_one_query_a_minute_says_so(office: Office) -> None:
    """And the lists are read again after an hour."""
    office.clock.advance(timedelta(seconds=61))
    await office.names()
    await office.names()
    assert office.asked() == ["organization"]

    office.clock.advance(timedelta(hours=1))
    await office.names()
    assert "members" in office.asked()


async def test_after_the_bus_was_away_the_directory_is_asked_at_once(office: Office) -> None:
    """What was told meanwhile was not heard."""
    office.bus.cut = True
    await office.join("Ben")
    office.bus.cut = False
    office.bus.found_again()

    assert await office.names() == ["Anna", "Ben"]


async def test_events_that_overtook_each_other_are_applied_in_their_order(office: Office) -> None:
    """Those of different things come as they come."""
    member = office.owner.member("Ben")
    first = office.owner.change(events.MemberPut(member=member))
    second = office.owner.change(events.Removed(kind_of_thing="member", id=member.id))
    third = office.owner.change(events.MemberPut(member=office.owner.member("Cleo")))
    for envelope in (third, second, first):
        await office.bus.say(envelope)

    assert await office.names() == ["Anna", "Cleo"]
    assert office.asked() == []


async def test_an_old_event_that_is_told_again_changes_nothing(office: Office) -> None:
    """As `haveri replay` does."""
    ben = office.owner.member("Ben", role=Role.ADMINISTRATOR)
    old = await office.owner.put(events.MemberPut(member=ben))
    await office.owner.put(events.MemberPut(member=ben.model_copy(update={"role": Role.VIEWER})))
    await office.names()

    await office.bus.say(old)

    assert (await office.copies.get("demo")).members[ben.id].role is Role.VIEWER
    assert office.asked() == []


async def test_what_is_read_in_pages_while_the_directory_changes_is_never_a_mix_of_two_states() -> None:
    """Heard, it is applied to what was read; not heard, all is read once more."""
    for heard in (True, False):
        office = Office()
        await office.join("Anna")
        await office.join("Ben")
        anna, ben = office.owner.things["demo", "member"].values()

        async def swap(office: Office = office, anna: Member = anna, ben: Member = ben, heard: bool = heard) -> None:
            office.bus.cut = not heard
            for member, role in ((ben, Role.VIEWER), (anna, Role.MANAGER)):
                await office.owner.put(events.MemberPut(member=member.model_copy(update={"role": role})))

        office.owner.during = swap
        members = (await office.copies.get("demo")).members.values()

        assert [member.role for member in members] == [Role.MANAGER, Role.VIEWER]
        assert office.asked().count("teams") == (1 if heard else 2)


async def test_a_change_that_is_told_while_the_copy_is_read_is_not_missed() -> None:
    """Though the page it stands on was read before."""
    office = Office()
    await office.join("Anna")
    office.owner.during = lambda: office.join("Ben")

    assert await office.names() == ["Anna", "Ben"]


async def test_a_directory_that_never_stands_still_is_not_copied_half() -> None:
    """Who asks is told to come again."""
    office = Office()
    office.bus.cut = True

    async def again() -> None:
        await office.join("Somebody")
        office.owner.during = again

    office.owner.during = again
    with pytest.raises(OwnerUnavailable):
        await office.names()


async def test_an_event_that_is_not_known_here_is_read_instead(office: Office) -> None:
    """From a newer directory, or one that this version cannot read."""
    for update in ({"type": "haveri.directory.shrunk.v1"}, {"data": {}}):
        envelope = office.owner.change(events.MemberPut(member=office.owner.member("Ben")))
        await office.bus.say(envelope.model_copy(update=update))
        assert "Ben" in await office.names()
        assert "members" in office.asked()


async def test_a_directory_of_an_older_version_is_read_at_every_event() -> None:
    """It numbers nothing."""
    office = Office()
    office.owner.numbers = False
    await office.join("Anna")
    assert await office.names() == ["Anna"]
    await office.join("Ben")
    assert await office.names() == ["Anna", "Ben"]
    office.asked()
    await office.names()
    assert office.asked() == []

    office.owner.numbers = True
    await office.join("Cleo")
    assert await office.names() == ["Anna", "Ben", "Cleo"]
    await office.join("Dora")
    assert await office.names() == ["Anna", "Ben", "Cleo", "Dora"]


async def test_an_import_is_read_at_once_instead_of_event_by_event(office: Office) -> None:
    """Nor is it kept event by event until somebody asks."""
    office.owner.page = 200
    for number in range(1001):
        await office.join(f"Member{number:04}")

    assert len(await office.names()) == 1002
    assert office.asked().count("teams") == 1


async def test_the_old_copy_serves_while_the_directory_is_away(office: Office) -> None:
    """It is asked again a second later, and at the first use there must have been one."""
    await office.join("Ben")
    office.owner.away = True
    office.clock.advance(timedelta(seconds=61))
    assert await office.names() == ["Anna", "Ben"]
    assert await office.names() == ["Anna", "Ben"]
    assert office.asked() == ["organization"]
    with pytest.raises(OwnerUnavailable):
        await office.names("other")

    office.owner.away = False
    office.bus.cut = True
    await office.join("Cleo")
    office.clock.advance(timedelta(seconds=2))
    assert await office.names() == ["Anna", "Ben", "Cleo"]


async def test_no_organisation_hears_of_another(office: Office) -> None:
    """Their numbers have nothing to do with each other."""
    assert await office.names("other") == []
    await office.join("Olga", "other")
    await office.join("Ben")

    assert await office.names("other") == ["Olga"]
    assert await office.names() == ["Anna", "Ben"]


async def test_a_facilitys_holidays_end_with_it_and_are_kept_only_for_who_wants_schedules() -> None:
    """As everything about who works when."""
    for schedules in (True, False):
        office = Office(schedules=schedules)
        works = Facility(id=office.owner.ids.new(), name="Works", timezone="Europe/Helsinki")
        await office.owner.put(events.FacilityPut(facility=works))
        await office.names()
        days = HolidayCalendar(facility_id=works.id, holidays=[Holiday(date=date(2026, 12, 6), name="Day")])
        await office.owner.put(events.HolidaysChanged(calendar=days))
        assert list((await office.copies.get("demo")).calendars) == ([works.id] if schedules else [])

        await office.owner.put(events.Removed(kind_of_thing="facility", id=works.id))
        assert not (await office.copies.get("demo")).calendars


async def test_every_event_of_the_directory_is_applied(office: Office) -> None:
    """One that a copy does not know would be lost in it without a word."""
    known = {
        "organization_created",
        *("facility_put", "area_put", "asset_put", "team_put", "member_put", "removed"),
        *("rotation_put", "rotation_removed", "shift_change_put", "shift_change_cancelled", "holidays_changed"),
        "chat_settings_changed",  # of no copy's concern
    }
    await office.names()
    told = {event.name for event in catalogue() if issubclass(event, events.DirectoryEvent)}
    assert told == known
    directory = await office.copies.get("demo")
    named = events.OrganizationCreated(organization=directory.organization.model_copy(update={"name": "New"}))
    assert with_events(directory, [named], schedules=True).organization.name == "New"
