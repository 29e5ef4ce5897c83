"""What the directory last said, as far as escalation needs it: what is kept, and the roster that comes of it."""

from __future__ import annotations

from datetime import timedelta

from pydantic import ValidationError

from haveri_contracts.directory.contacts import ContactPreferences, Via
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange
from haveri_contracts.plain import Role
from haveri_contracts.types import Frozen
from haveri_escalation.domain.people import Contact, Person, Roster, Way
from haveri_escalation.domain.timers import ONLY_AFTER_FAILURE
from haveri_shifts.published import plan_of


class StoredRoster(Frozen):
    """The directory's lists, as it published them."""

    members: list[Member]
    facilities: list[Facility]
    areas: list[Area]
    assets: list[Asset]
    teams: list[Team]
    rotations: list[Rotation]
    changes: list[ShiftChange]
    calendars: list[HolidayCalendar]

    def roster(self, ways_set_up: frozenset[str]) -> Roster:
        """The domain's roster in a house that can notify in these ways besides chat."""
        calendars = {calendar.facility_id: calendar for calendar in self.calendars}
        return Roster(
            people={member.id: person_of(member, ways_set_up) for member in self.members},
            plans={
                facility.id: plan_of(facility, self.teams, self.rotations, self.changes, calendars.get(facility.id))
                for facility in self.facilities
            },
            team_names={team.id: team.name for team in self.teams},
            area_names={area.id: area.name for area in self.areas},
            area_of_asset={asset.id: asset.area_id for asset in self.assets},
            type_of_asset={asset.id: asset.asset_type for asset in self.assets},
            facility_names={facility.id: facility.name for facility in self.facilities},
            facility_of_area={area.id: area.facility_id for area in self.areas},
            asset_names={asset.id: asset.name for asset in self.assets},
            contacts={member.id: contact_of(member) for member in self.members},
        )


def person_of(member: Member, ways_set_up: frozenset[str]) -> Person:
    """A member as somebody who can be called in the ways that the house has and the member has an address for."""
    return Person(
        id=member.id,
        name=member.name,
        ways=ways_of(member, ways_set_up),
        is_administrator=member.role is Role.ADMINISTRATOR,
        may_respond=member.role.covers(Role.RESPONDER),
        may_manage=member.role.covers(Role.MANAGER),
    )


def contact_of(member: Member) -> Contact:
    """How to speak to a member."""
    preferences = preferences_of(member)
    return Contact(member.name, member.locale, member.email, preferences.phone, preferences.push)


def ways_of(member: Member, ways_set_up: frozenset[str]) -> tuple[Way, ...]:
    """Chat first, if the member has it, then what they prefer; e-mail when they prefer nothing.

    An e-mail that nobody asked for is tried only when chat has failed: it has no time of its own.
    """
    preferences = preferences_of(member)
    addresses: dict[Via, str | None] = {
        Via.EMAIL: member.email,
        Via.SMS: preferences.phone,
        Via.VOICE: preferences.phone,
        Via.PUSH: preferences.push,
    }
    ways = [Way(Via.CHAT.value)] if member.chat_identities else []
    ways.extend(
        Way(way.via.value, timedelta(minutes=way.after_minutes))
        for way in preferences.ways
        if way.via is not Via.CHAT and way.via.value in ways_set_up and addresses[way.via]
    )
    if not preferences.ways and Via.EMAIL.value in ways_set_up:
        ways.append(Way(Via.EMAIL.value, ONLY_AFTER_FAILURE if ways else timedelta()))
    return tuple(ways)


def preferences_of(member: Member) -> ContactPreferences:
    """How a member wants to be called; nothing when what is noted cannot be read (the directory refuses that)."""
    try:
        return ContactPreferences.model_validate(member.contact_prefs)
    except ValidationError:
        return ContactPreferences()
