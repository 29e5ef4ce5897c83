"""Facilities, areas, assets, teams and members: put, listed, refused, removed."""

from __future__ import annotations

import asyncio

import pytest
from directory_office import as_member

from haveri_chassis.bus import Bus, QueryRefused
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import ChatIdentity, Facility, Shift, ShiftInfo
from haveri_contracts.plain import Role
from haveri_contracts.subjects import Kind, everything_of
from haveri_contracts.types import Page
from haveri_devservers.testing.waiting import eventually


def removal(kind, thing):
    return commands.Remove(kind_of_thing=kind, id=thing.id)


async def test_what_was_put_is_listed_as_it_was_put_and_told_once(office):
    facility = await office.facility(metadata={"ä": [1, 2.5, None, {"deep": True}]})
    area = await office.area(facility)
    asset = await office.asset(area)
    await office.do(commands.PutAsset(asset=asset))
    assert await office.everything() == [[facility], [area], [asset], [], [office.administrator], []]
    assert [name for name, _ in await office.published()][2:] == ["facility_put", "area_put", "asset_put"]


async def test_one_thing_is_answered_by_its_id_and_no_other(office):
    facility = await office.facility()
    area = await office.area(facility)
    asset = await office.asset(area)
    member = await office.member("Sanna Virtanen")
    team = await office.team(facility, member_ids=[member.id])
    for getting, thing in (
        (queries.GetFacility, facility),
        (queries.GetArea, area),
        (queries.GetAsset, asset),
        (queries.GetTeam, team),
        (queries.GetMember, member.model_copy(update={"team_ids": [team.id]})),
    ):
        assert await office.ask(getting(id=thing.id)) == thing
        with pytest.raises(QueryRefused) as refusal:
            await office.ask(getting(id=office.ids.new()))
        assert refusal.value.type == f"{getting.name}-unknown"


async def test_same_command_twice_has_one_effect_and_one_answer(office):
    facility = await office.facility()
    area = await office.area(facility)
    renamed = commands.PutArea(area=area.model_copy(update={"name": "Line 2"}))
    command_id = office.ids.new()
    first = await office.send(renamed, command_id=command_id)
    await office.do(commands.PutArea(area=area))
    second = await office.send(renamed, command_id=command_id)
    assert first == second
    assert (await office.ask(queries.ListAreas())).items == [area]


async def test_names_are_unique_where_they_stand_whatever_the_case(office):
    tampere, leipzig = await office.facility(), await office.facility("Leipzig Works")
    line = await office.area(tampere)
    filler = await office.asset(line)
    crew = await office.team(tampere)
    other = {"id": office.ids.new()}
    for order in (
        commands.PutFacility(facility=tampere.model_copy(update={**other, "name": "TAMPERE  works"})),
        commands.PutArea(area=line.model_copy(update={**other, "name": "line 1"})),
        commands.PutAsset(asset=filler.model_copy(update={**other, "name": "FILLER 2"})),
        commands.PutTeam(team=crew.model_copy(update={**other, "name": "crew a"})),
    ):
        assert await office.refusal(order) == "name-taken"
    await office.area(leipzig)
    await office.do(commands.PutArea(area=line.model_copy(update={"name": "LINE 1"})))


async def test_things_need_the_things_they_stand_in(office):
    facility = await office.facility()
    area = await office.area(facility)
    asset = await office.asset(area)
    crew = await office.team(facility)
    nowhere = office.ids.new()
    for order, name in (
        (commands.PutArea(area=area.model_copy(update={"facility_id": nowhere})), "facility-unknown"),
        (commands.PutAsset(asset=asset.model_copy(update={"area_id": nowhere})), "area-unknown"),
        (commands.PutTeam(team=crew.model_copy(update={"facility_id": nowhere})), "facility-unknown"),
        (commands.PutTeam(team=crew.model_copy(update={"member_ids": [nowhere]})), "member-unknown"),
        (
            commands.PutMember(member=office.administrator.model_copy(update={"team_ids": [nowhere]})),
            "team-unknown",
        ),
    ):
        assert await office.refusal(order) == name


async def test_what_something_stands_on_is_not_removed(office):
    facility = await office.facility()
    area = await office.area(facility)
    asset = await office.asset(area)
    member = await office.member("Eero Laine")
    night = Shift(name="Night", start="22:00", end="06:00", member_ids=[member.id])
    crew = await office.team(facility, member_ids=[member.id], shift_info=ShiftInfo(shifts=[night]))
    assert await office.refusal(removal("facility", facility)) == "facility-in-use"
    assert await office.refusal(removal("area", area)) == "area-in-use"
    assert await office.refusal(removal("team", crew)) == "team-in-use"
    assert await office.refusal(removal("member", member)) == "member-in-use"
    await office.do(commands.PutTeam(team=crew.model_copy(update={"shift_info": ShiftInfo()})))
    for kind, thing in (("asset", asset), ("area", area), ("member", member), ("team", crew), ("facility", facility)):
        await office.do(removal(kind, thing))
        assert await office.refusal(removal(kind, thing)) == f"{kind}-unknown"
    assert await office.everything() == [[], [], [], [], [office.administrator], []]
    assert (await office.published())[-1] == ("removed", {"kind_of_thing": "facility", "id": str(facility.id)})


async def test_membership_is_one_thing_seen_from_two_sides(office):
    facility = await office.facility()
    crew_a, crew_b = await office.team(facility), await office.team(facility, "Crew B")
    eero = await office.member("Eero Laine", team_ids=[crew_b.id, crew_a.id, crew_a.id])
    assert eero.team_ids == sorted([crew_a.id, crew_b.id])
    teams = (await office.ask(queries.ListTeams())).items
    assert [team.member_ids for team in teams] == [[eero.id], [eero.id]]

    published = len(await office.published())
    await office.do(commands.PutTeam(team=crew_a))
    assert (await office.ask(queries.ListMembers())).items[1].team_ids == [crew_b.id]
    events = (await office.published())[published:]
    assert [name for name, _ in events] == ["team_put", "member_put"]
    assert events[1][1]["member"]["team_ids"] == [str(crew_b.id)]

    await office.do(removal("member", eero))
    assert (await office.published())[-1][1]["team"]["member_ids"] == []


async def test_addresses_and_chat_identities_belong_to_one_member(office):
    identity = ChatIdentity(platform="teams", user_id="guid")
    eero = await office.member("Eero Laine", chat_identities=[identity])
    henna = await office.member("Henna Koskinen")
    taken = henna.model_copy(update={"email": eero.email})
    assert await office.refusal(commands.PutMember(member=taken)) == "email-taken"
    taken = henna.model_copy(update={"chat_identities": [identity]})
    assert await office.refusal(commands.PutMember(member=taken)) == "chat-identity-taken"
    await office.do(commands.PutMember(member=eero.model_copy(update={"chat_identities": []})))
    await office.do(commands.PutMember(member=taken))


async def test_phone_number_is_kept_as_it_is_called_and_one_that_is_none_is_refused(office):
    prefs = {"phone": "+358 (0)40 555 0111", "ways": ["sms", {"via": "voice", "after_minutes": 5}], "locker": 12}
    eero = await office.member("Eero Laine", contact_prefs=prefs)
    assert eero.contact_prefs == {
        "phone": "+358405550111",
        "ways": [{"via": "sms", "after_minutes": 0.0}, {"via": "voice", "after_minutes": 5.0}],
        "locker": 12,
    }
    (_, listed) = (await office.ask(queries.ListMembers())).items
    assert listed == eero
    published = await office.published()
    await office.do(commands.PutMember(member=eero.model_copy(update={"contact_prefs": prefs})))
    assert await office.published() == published
    for bad, name in (
        ({"phone": "040 555 0111"}, "phone-unusable"),
        ({"ways": ["pigeon"]}, "contact-unusable"),
    ):
        order = commands.PutMember(member=eero.model_copy(update={"contact_prefs": bad}))
        assert await office.refusal(order) == name


async def test_number_from_before_numbers_were_checked_keeps_nobody_from_changing_something_else(
    office, directory_database
):
    eero = await office.member("Eero Laine")
    async with directory_database.transaction(office.slug) as connection:
        old = {"phone": "ask Henna"}
        await connection.execute("UPDATE members SET contact_prefs = $1 WHERE id = $2", old, eero.id)
    renamed = eero.model_copy(update={"name": "Eero Salmi", "contact_prefs": old})
    await office.do(commands.PutMember(member=renamed))
    other = renamed.model_copy(update={"contact_prefs": {"phone": "ask Henna or Jari"}})
    assert await office.refusal(commands.PutMember(member=other)) == "phone-unusable"


async def test_last_administrator_can_neither_be_removed_nor_demoted(office):
    demoted = commands.PutMember(member=office.administrator.model_copy(update={"role": Role.MANAGER}))
    assert await office.refusal(demoted) == "last-administrator"
    assert await office.refusal(removal("member", office.administrator)) == "last-administrator"
    await office.member("Juhani Korhonen", Role.ADMINISTRATOR)
    await office.do(demoted)


async def test_two_administrators_who_demote_each_other_at_once_leave_one(office):
    other = await office.member("Juhani Korhonen", Role.ADMINISTRATOR)
    pair = [office.administrator, other]
    outcomes = await asyncio.gather(
        *(office.send(commands.PutMember(member=person.model_copy(update={"role": Role.VIEWER}))) for person in pair)
    )
    assert sorted(outcome.status for outcome in outcomes) == ["accepted", "rejected"]


async def test_roles_decide_who_may_change_what(office):
    facility = await office.facility()
    people = {role: await office.member(f"{role.value.title()} Person", role) for role in Role}
    actor = {role: as_member(person) for role, person in people.items()}
    newcomer = people[Role.VIEWER].model_copy(update={"id": office.ids.new(), "email": "new@haveri.example"})
    put_facility = commands.PutFacility(facility=facility)
    for role in (Role.VIEWER, Role.RESPONDER):
        assert await office.refusal(put_facility, actor=actor[role]) == "role-not-sufficient"
    manager = actor[Role.MANAGER]
    await office.do(put_facility, actor=manager)
    await office.do(commands.PutMember(member=newcomer), actor=manager)
    promoted = newcomer.model_copy(update={"role": Role.MANAGER})
    hijacked = people[Role.ADMINISTRATOR].model_copy(update={"role": Role.VIEWER, "email": "mine@haveri.example"})
    for order in (
        commands.PutMember(member=promoted),
        commands.PutMember(member=hijacked),
        removal("member", people[Role.ADMINISTRATOR]),
        commands.ImportPlant(format="yaml", document="members: []"),
    ):
        assert await office.refusal(order, actor=manager) == "role-not-sufficient"
    await office.do(commands.PutMember(member=promoted), actor=actor[Role.ADMINISTRATOR])
    assert await office.refusal(put_facility, actor="signal:plc-7") == "role-not-sufficient"


async def test_of_twenty_who_put_the_same_name_at_once_one_succeeds(office):
    facility = await office.facility()
    areas = [
        commands.PutArea(area={"id": office.ids.new(), "name": f"Line {9}", "facility_id": facility.id})
        for _ in range(20)
    ]
    outcomes = await asyncio.gather(*(office.send(order) for order in areas))
    assert sorted(outcome.status for outcome in outcomes) == ["accepted"] + ["rejected"] * 19
    assert {outcome.problem.type for outcome in outcomes if outcome.problem} == {"name-taken"}


async def test_lists_come_by_name_page_by_page_and_of_one_place(office):
    facility, other = await office.facility(), await office.facility("Leipzig Works")
    names = ["Ärger", "line 10", "Line 9", "Abfüllung", "x" * 200, "x" * 199 + "ä"]
    for name in names:
        await office.area(facility, name)
    await office.area(other, "Elsewhere")
    seen, cursor = [], None
    while True:
        page = await office.ask(queries.ListAreas(facility_id=facility.id, page=Page(cursor=cursor, limit=2)))
        assert len(page.items) <= 2
        seen += [area.name for area in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(names)
    assert seen[:3] == ["Abfüllung", "line 10", "Line 9"]
    assert seen[-1] == "Ärger"
    for broken in ("nonsense", "AAAA", "ä"):
        with pytest.raises(QueryRefused) as refusal:
            await office.ask(queries.ListAreas(page=Page(cursor=broken)))
        assert refusal.value.type == "cursor-unreadable"


async def test_a_list_ends_early_rather_than_being_too_large_for_the_bus(office):
    sheets = {"data sheet": "x" * 450_000}
    for name in ("Works 1", "Works 2", "Works 3"):
        await office.facility(name, metadata=sheets)
    first = await office.ask(queries.ListFacilities())
    rest = await office.ask(queries.ListFacilities(page=Page(cursor=first.next_cursor)))
    assert [[thing.name for thing in page.items] for page in (first, rest)] == [["Works 1", "Works 2"], ["Works 3"]]
    assert rest.next_cursor is None


async def test_what_would_be_too_large_to_be_told_is_refused(office):
    works = Facility(id=office.ids.new(), name="Works", timezone="UTC", metadata={"data sheet": "x" * 1_000_000})
    assert await office.refusal(commands.PutFacility(facility=works)) == "message-too-large"
    assert (await office.ask(queries.ListFacilities())).items == []


async def test_who_is_on_shift_is_asked_in_the_facilitys_own_time(office):
    facility = await office.facility()
    eero, henna = await office.member("Eero Laine"), await office.member("Henna Koskinen")
    night = Shift(name="Night", start="22:00", end="06:00")
    day = Shift(name="Day", start="06:00", end="22:00", member_ids=[henna.id])
    crew = await office.team(facility, member_ids=[eero.id], shift_info=ShiftInfo(shifts=[night, day]))

    async def on_shift(at):
        return (await office.ask(queries.GetOnShift(facility_id=facility.id, at=at))).items

    (duty,) = await on_shift("2026-06-01T19:30:00Z")
    assert (duty.member_id, duty.team_id, duty.shift) == (eero.id, crew.id, "Night")
    (duty,) = await on_shift("2026-06-01T18:30:00Z")
    assert (duty.member_id, duty.shift) == (henna.id, "Day")


async def test_news_reaches_those_who_listen_on_the_bus(office, directory_house):
    heard = []

    async def hear(envelope):
        heard.append((envelope.type, envelope.actor, envelope.causationid))

    bus = Bus(directory_house.nats_url, service="timeline", clock=SystemClock(), ids=SystemIds())
    bus.on_hint(everything_of(Kind.EVENT, "directory", office.slug), hear)
    await bus.start()
    await bus.wait_ready()
    facility = Facility(id=office.ids.new(), name="Tampere Works", timezone="Europe/Helsinki")
    command_id = office.ids.new()
    await office.send(commands.PutFacility(facility=facility), command_id=command_id)
    await eventually(lambda: heard)
    await bus.stop()
    assert heard == [("haveri.directory.facility_put.v1", "system:haveri", command_id)]
