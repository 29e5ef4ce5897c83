"""What becomes of the directory's lists: people, with the ways by which they can be reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from haveri_contracts.directory.models import ChatIdentity, Facility, Member, Shift, ShiftInfo, Team
from haveri_contracts.directory.schedules import ChangeKind, Holiday, HolidayCalendar, ShiftChange
from haveri_contracts.plain import Role
from haveri_escalation.adapters.stored_roster import StoredRoster, contact_of, person_of
from haveri_escalation.domain.people import Way
from haveri_escalation.domain.timers import ONLY_AFTER_FAILURE

EVERYTHING = frozenset({"email", "sms", "voice", "push"})
CHAT = [ChatIdentity(platform="teams", user_id="aad-1")]
PLANT, TEAM, AINO = UUID(int=1), UUID(int=2), UUID(int=3)


def member(role: Role = Role.RESPONDER, *, chat: bool = True, **prefs: Any) -> Member:
    return Member(
        id=AINO,
        name="Aino",
        email="aino@haveri.example",
        role=role,
        chat_identities=CHAT if chat else [],
        contact_prefs=prefs,
        locale="fi",
    )


def ways(one: Member, set_up: frozenset[str] = EVERYTHING) -> list[tuple[str, float]]:
    return [(way.via, way.after / timedelta(minutes=1)) for way in person_of(one, set_up).ways]


def via(*names: str) -> list[dict[str, Any]]:
    return [{"via": name, "after_minutes": n + 1} for n, name in enumerate(names)]


def test_chat_comes_first_and_then_what_the_member_prefers() -> None:
    one = member(phone="+358 40 555 0111", push="token", ways=via("push", "sms", "voice", "email"))
    assert ways(one) == [("chat", 0), ("push", 1), ("sms", 2), ("voice", 3), ("email", 4)]


def test_a_way_that_the_house_has_not_set_up_is_left_out() -> None:
    one = member(phone="+358 40 555 0111", ways=via("sms", "email"))
    assert ways(one, frozenset({"email"})) == [("chat", 0), ("email", 2)]
    assert ways(one, frozenset()) == [("chat", 0)]


def test_a_way_without_an_address_is_left_out() -> None:
    assert ways(member(ways=via("sms", "voice", "push", "email"))) == [("chat", 0), ("email", 4)]


def test_chat_is_not_tried_twice_for_those_who_name_it() -> None:
    assert ways(member(ways=via("chat", "email"))) == [("chat", 0), ("email", 2)]


def test_without_preferences_an_e_mail_follows_when_chat_has_failed() -> None:
    assert person_of(member(), EVERYTHING).ways == (Way("chat"), Way("email", ONLY_AFTER_FAILURE))


def test_without_chat_and_preferences_an_e_mail_comes_at_once() -> None:
    assert ways(member(chat=False)) == [("email", 0)]
    assert ways(member(chat=False), frozenset({"sms"})) == []


def test_preferences_that_cannot_be_read_are_none() -> None:
    assert ways(member(ways="by drum", phone=7)) == ways(member())
    assert contact_of(member(ways="by drum", phone=7)).phone is None


@pytest.mark.parametrize(
    ("role", "responds", "manages", "administers"),
    [
        (Role.VIEWER, False, False, False),
        (Role.RESPONDER, True, False, False),
        (Role.MANAGER, True, True, False),
        (Role.ADMINISTRATOR, True, True, True),
    ],
)
def test_roles_say_who_may_take_and_change(role: Role, responds: bool, manages: bool, administers: bool) -> None:
    one = person_of(member(role), EVERYTHING)
    assert (one.may_respond, one.may_manage, one.is_administrator) == (responds, manages, administers)


def test_addresses_do_not_show_when_a_roster_is_printed() -> None:
    contact = contact_of(member(phone="+358 40 555 0111", push="token"))
    assert (contact.email, contact.phone, contact.push, contact.locale) == (
        "aino@haveri.example",
        "+358 40 555 0111",
        "token",
        "fi",
    )
    printed = repr(contact) + repr(stored().roster(EVERYTHING))
    for address in ("aino@", "+358", "token"):
        assert address not in printed


def stored() -> StoredRoster:
    night = Shift.model_validate({"name": "Night", "days": ["MON"], "from": "22:00", "to": "06:00"})
    absence = ShiftChange(
        id=UUID(int=4),
        team_id=TEAM,
        kind=ChangeKind.ABSENCE,
        member_id=AINO,
        starts_at="2026-11-23T20:00:00Z",
        ends_at="2026-11-24T04:00:00Z",
    )
    return StoredRoster(
        members=[member(phone="+358 40 555 0111")],
        facilities=[Facility(id=PLANT, name="Pori", timezone="Europe/Helsinki")],
        areas=[],
        assets=[],
        teams=[Team(id=TEAM, name="Crew", facility_id=PLANT, member_ids=[AINO], shift_info=ShiftInfo(shifts=[night]))],
        rotations=[],
        changes=[absence],
        calendars=[HolidayCalendar(facility_id=PLANT, holidays=[Holiday(date="2026-12-06", name="Independence Day")])],
    )


def test_what_is_kept_reads_back_as_the_same_roster() -> None:
    before = stored()
    after = StoredRoster.model_validate(before.model_dump(mode="json"))
    assert after == before
    assert after.roster(EVERYTHING) == before.roster(EVERYTHING)
    plan = after.roster(EVERYTHING).plans[PLANT]
    assert (len(plan.changes), len(plan.holidays), plan.teams[0].shifts[0].weekdays) == (1, 1, frozenset({0}))
