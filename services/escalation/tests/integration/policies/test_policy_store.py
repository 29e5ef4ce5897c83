"""What replicas of the service hold in memory, and the turns that outlive every run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from policies_office import IDS, Office

from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_contracts.escalation import commands
from haveri_contracts.escalation.models import FacilitySettings, Notify, Step
from haveri_devservers.testing.waiting import eventually
from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.domain.matching import PolicyBook
from haveri_escalation.domain.policies import Policy


@pytest.fixture
async def replica(policies_house, policies_database) -> AsyncIterator[PolicyStore]:
    """Another replica's store, on a bus of its own."""
    bus = Bus(policies_house.nats_url, service="escalation", clock=SystemClock(), ids=SystemIds())
    store = PolicyStore(policies_database, bus, SystemClock())
    await bus.start()
    await bus.wait_ready()
    yield store
    await bus.stop()


async def test_another_replica_hears_of_every_change(office: Office, replica: PolicyStore) -> None:
    organization, plant = office.organization, office.works.plant.id
    assert (await replica.book(organization, plant)).policies == ()
    policy = await office.put(office.policy())

    async def known() -> bool:
        found = await replica.policy(organization, policy.id)
        return found is not None and found.version == policy.version

    await eventually(known)
    policy = await office.put(policy.model_copy(update={"name": "Changed"}))
    await eventually(known)
    await office.do(commands.RemovePolicy(policy_id=policy.id))

    async def gone() -> bool:
        return (await replica.book(organization, plant)).policies == ()

    await eventually(gone)
    settings = FacilitySettings(facility_id=plant, last_resort=Notify(member_ids=[office.works.aino.id]))
    await office.do(commands.ChangeFacilitySettings(settings=settings))

    async def settled() -> bool:
        return await replica.settings(organization, plant) is not None

    await eventually(settled)
    await office.do(commands.PutMaintenanceWindow(window=office.window(timedelta(hours=1), timedelta(hours=1))))

    async def announced() -> bool:
        return len(await replica.windows(organization, plant)) == 1

    await eventually(announced)


async def test_a_policy_keeps_its_age_when_it_is_changed(office: Office, replica: PolicyStore) -> None:
    first = await office.put(office.policy("First"))
    second = await office.put(office.policy("Second"))
    await office.put(first.model_copy(update={"name": "First, changed"}))
    book = await replica.book(office.organization, office.works.plant.id)
    assert [policy.name for policy in book.policies] == ["Second", "First, changed"]
    assert second.version == 1


async def test_turns_are_kept_for_each_step_and_go_with_the_policy(
    office: Office, replica: PolicyStore, policies_database
) -> None:
    policy, team = await office.put(office.policy()), IDS.new()
    organization = office.organization

    async def turns(step: int) -> dict:
        async with policies_database.transaction(organization) as connection:
            return await replica.turns(connection, organization, policy.id, step)

    async with policies_database.transaction(organization) as connection:
        await replica.store_turns(connection, organization, policy.id, 1, {team: 1})
        await replica.store_turns(connection, organization, policy.id, 1, {team: 2, office.works.crew.id: 1})
        await replica.store_turns(connection, organization, policy.id, 2, {})
    assert await turns(1) == {team: 2, office.works.crew.id: 1}
    assert await turns(2) == {}
    book = await replica.book(organization, office.works.plant.id)
    assert await replica.turns_of(organization, book) == {}
    in_turn = policy.model_copy(
        update={"steps": [Step(notify=Notify(team_ids=[office.works.crew.id], round_robin=True))]}
    )
    await office.put(in_turn)
    book = PolicyBook([Policy(**dict(in_turn))])
    assert await replica.turns_of(organization, book) == {(policy.id, 1): {team: 2, office.works.crew.id: 1}}
    await office.do(commands.RemovePolicy(policy_id=policy.id))
    assert await turns(1) == {}
