"""Organisations are created once, and stay apart."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from directory_office import as_member

from haveri_chassis.bus import QueryRefused
from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import ChatIdentity, ChatSettings
from haveri_contracts.plain import Role


async def test_organization_is_created_with_its_first_administrator(office):
    organization = await office.ask(queries.GetOrganization())
    assert (organization.id, organization.name) == (office.slug, "Pyhäjärvi")
    assert (await office.ask(queries.ListMembers())).items == [office.administrator]
    assert [name for name, _ in await office.published()] == ["organization_created", "member_put"]


async def test_every_event_has_its_place_among_all_of_the_organisation_and_the_answer_says_the_last(
    new_office, directory_database
):
    ours, theirs = new_office(), new_office()
    await ours.found()
    await theirs.found()
    facility = await ours.facility()
    await ours.team(facility, member_ids=[ours.administrator.id])
    assert await ours.refusal(commands.PutFacility(facility=facility.model_copy(update={"id": ours.ids.new()})))

    async with directory_database.transaction(ours.slug) as connection:
        bodies = await connection.fetch("SELECT body FROM event_log ORDER BY position")
    sequences = [orjson.loads(row["body"])["sequence"] for row in bodies]
    assert sequences == list(range(1, len(sequences) + 1))
    assert (await ours.ask(queries.GetOrganization())).version == sequences[-1]
    assert (await theirs.ask(queries.GetOrganization())).version == 2


async def test_creating_it_again_with_the_same_data_is_fine_whatever_changed_since(office):
    await office.do(commands.PutMember(member=office.administrator.model_copy(update={"name": "Aino Virtanen"})))
    published = await office.published()
    again = office.administrator.model_copy(update={"id": office.ids.new()})
    result = await office.do(office.founding(administrator=again))
    assert result["administrator"]["id"] == str(office.administrator.id)
    assert await office.published() == published


async def test_creating_it_again_with_other_data_is_refused(office):
    assert await office.refusal(office.founding(organization_name="Borealis")) == "organization-exists"
    assert await office.refusal(office.founding(locale="fi")) == "organization-exists"


async def test_twenty_who_create_the_same_organization_at_once_create_one(new_office):
    office = new_office()
    outcomes = await asyncio.gather(*(office.send(office.founding()) for _ in range(20)))
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    assert len(await office.published()) == 2


async def test_only_tools_create_organizations_and_only_with_an_administrator(new_office, office):
    unborn = new_office()
    assert await unborn.refusal(unborn.founding(), actor=as_member(office.administrator)) == "role-not-sufficient"
    viewer = unborn.administrator.model_copy(update={"role": Role.VIEWER})
    assert await unborn.refusal(unborn.founding(administrator=viewer)) == "administrator-required"
    with pytest.raises(QueryRefused) as refusal:
        await unborn.ask(queries.GetOrganization())
    assert refusal.value.type == "organization-unknown"
    member = commands.PutMember(member=unborn.administrator)
    assert await unborn.refusal(member) == "organization-unknown"


async def test_organization_cannot_be_called_like_the_house_itself(new_office):
    office = new_office()
    office.slug = "haveri"
    assert await office.refusal(office.founding()) == "slug-reserved"


async def test_two_organizations_never_see_each_other(new_office, directory_database):
    ours, theirs = new_office(), new_office()
    await ours.found()
    await theirs.found()
    facility = await ours.facility()
    area = await ours.area(facility)
    await ours.asset(area)
    identity = ChatIdentity(platform="teams", user_id="somebody")
    member = await ours.member("Eero Laine", Role.ADMINISTRATOR, chat_identities=[identity])
    await ours.team(facility, member_ids=[member.id])

    assert await theirs.everything() == [[], [], [], [], [theirs.administrator], []]
    eeros = as_member(member)
    assert await theirs.refusal(commands.PutFacility(facility=facility), actor=eeros) == "member-unknown"
    their_area = area.model_copy(update={"id": theirs.ids.new()})
    assert await theirs.refusal(commands.PutArea(area=their_area)) == "facility-unknown"
    assert await theirs.refusal(commands.Remove(kind_of_thing="asset", id=area.id)) == "asset-unknown"
    with pytest.raises(QueryRefused):
        await theirs.ask(queries.GetOnShift(facility_id=facility.id, at="2026-06-01T10:00:00Z"))

    # The same ids, names, addresses and identities are no obstacle in another organisation, and change nothing here.
    before = await ours.everything()
    await theirs.do(commands.PutFacility(facility=facility))
    await theirs.do(commands.PutMember(member=member.model_copy(update={"name": "Somebody else"})))
    assert await ours.everything() == before


async def test_chat_tenant_belongs_to_one_organization(new_office):
    ours, theirs = new_office(), new_office()
    await ours.found()
    await theirs.found()
    settings = ChatSettings(tenant_id=ours.slug, team_id="team", global_channel_id="19:x@thread.tacv2")
    order = commands.ChangeChatSettings(settings=settings)
    assert (await ours.ask(queries.GetChatSettings())).settings is None
    assert await ours.do(order) == {"settings": settings.model_dump(mode="json")}
    in_capitals = settings.model_copy(update={"tenant_id": settings.tenant_id.upper()})
    assert await theirs.refusal(order) == "tenant-taken"
    assert await theirs.refusal(commands.ChangeChatSettings(settings=in_capitals)) == "tenant-taken"
    await ours.do(order)
    assert (await ours.ask(queries.GetChatSettings())).settings == settings
    assert (await theirs.ask(queries.GetChatSettings())).settings is None
    assert [name for name, _ in await ours.published()].count("chat_settings_changed") == 1
