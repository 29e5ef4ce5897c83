"""Simulations over the bus, and the copy of the directory that they and the engine stand on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from policies_office import IDS, DirectoryOnTheBus, Office

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_chassis.service import running
from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation import commands, queries
from haveri_contracts.escalation.models import (
    Conditions,
    FacilitySettings,
    Notify,
    QuietHours,
    Repeat,
    Simulation,
    Step,
    TimeOfDay,
)
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity
from haveri_devservers.testing.waiting import eventually
from haveri_escalation.adapters.rosters import Rosters
from haveri_escalation.main import create_app

SATURDAY_NIGHT = datetime(2026, 11, 28, 1, 10, tzinfo=UTC)
"""03:10 in Pori, in the night shift."""


def simulate(office: Office, **changes) -> queries.Simulate:
    values = {"severity": Severity.SEV2, "facility_id": office.works.plant.id, "at": SATURDAY_NIGHT}
    return queries.Simulate(**{**values, "area_id": office.works.presses.id, **changes})


def night_policy(office: Office, **changes):
    steps = [
        Step(notify=Notify(team_ids=[office.works.crew.id])),
        Step(notify=Notify(member_ids=[office.works.manager.id]), after_minutes=15),
    ]
    night = TimeOfDay(start="22:00", end="06:00")
    conditions = Conditions(severity=[Severity.SEV2], area_ids=[office.works.presses.id], time_of_day=[night])
    return office.policy("Presses at night", conditions=conditions, steps=steps, **changes)


def minutes(simulation: Simulation) -> list[tuple[int, int, float]]:
    return [(call.round, call.step, (call.at - SATURDAY_NIGHT) / timedelta(minutes=1)) for call in simulation.calls]


async def test_on_saturday_at_ten_past_three_the_night_shift_is_called_at_once(office: Office) -> None:
    works = office.works
    policy = await office.put(night_policy(office, repeat=Repeat(times=1, every_minutes=30)))
    found: Simulation = await office.query(simulate(office))
    assert (found.policy_id, found.policy_name, found.policy_version) == (policy.id, "Presses at night", 1)
    ((code, said),) = [(reason.code, reason.params) for reason in found.causes]
    assert (code, said["policy"], said["severity"]) == ("policy_fits", "Presses at night", "SEV2")
    assert (said["area_ids"], said["weekday"], said["clock"]) == ([str(office.works.presses.id)], "SAT", "03:10")
    assert [(time["from"], time["to"]) for time in said["times"]] == [("22:00", "06:00")]
    assert minutes(found) == [(1, 1, 0), (1, 2, 15), (2, 1, 30), (2, 2, 45), (2, 0, 55)]
    first, last = found.calls[0], found.calls[-1]
    assert (set(first.member_ids), first.via) == ({works.aino.id, works.antti.id}, [Via.CHAT, Via.CHAT])
    assert first.because_of[str(works.aino.id)] == Reason.of(
        ReasonCode.IN_TEAM_ON_SHIFT, team_id=works.crew.id, shift="Night"
    )
    assert last.because_of == {str(works.administrator.id): Reason.of(ReasonCode.ADMINISTRATOR)}


async def test_nothing_that_fits_is_said_and_calls_the_last_resort(office: Office) -> None:
    found: Simulation = await office.query(simulate(office))
    assert found.policy_id is None
    assert [reason.code for reason in found.causes] == ["no_policy"]
    assert minutes(found) == [(1, 0, 0)]
    settings = FacilitySettings(
        facility_id=office.works.plant.id, last_resort=Notify(member_ids=[office.works.antti.id])
    )
    await office.do(commands.ChangeFacilitySettings(settings=settings))
    assert (await office.query(simulate(office))).calls[0].member_ids == [office.works.antti.id]


async def test_quiet_hours_and_maintenance_are_part_of_the_answer(office: Office) -> None:
    works = office.works
    quiet = QuietHours(severity=[Severity.SEV2], time_of_day=[TimeOfDay(start="22:00", end="06:00")])
    await office.do(
        commands.ChangeFacilitySettings(settings=FacilitySettings(facility_id=works.plant.id, quiet_hours=[quiet]))
    )
    await office.put(night_policy(office))
    found: Simulation = await office.query(simulate(office))
    assert found.calls[1].held_until == {str(works.manager.id): datetime(2026, 11, 28, 4, tzinfo=UTC)}
    now = SystemClock().now()
    window = office.window(timedelta(), timedelta(hours=2))
    await office.do(commands.PutMaintenanceWindow(window=window))
    silenced: Simulation = await office.query(simulate(office, at=now + timedelta(hours=1)))
    assert silenced.silenced_until == window.ends_at
    assert silenced.calls[0].at == window.ends_at


async def test_a_change_counts_from_the_next_question_on(office: Office) -> None:
    assert (await office.query(simulate(office))).policy_id is None
    policy = await office.put(night_policy(office))
    assert (await office.query(simulate(office))).policy_id == policy.id
    await office.do(commands.RemovePolicy(policy_id=policy.id))
    assert (await office.query(simulate(office))).policy_id is None


async def test_a_draft_is_looked_at_among_the_others_and_not_kept(office: Office) -> None:
    policy = await office.put(night_policy(office))
    new: Simulation = await office.query(
        simulate(office, draft=office.policy("Draft", conditions=Conditions(severity=["SEV2"])))
    )
    assert new.policy_id == policy.id
    assert [(one.name, one.matches) for one in new.considered] == [("Presses at night", True), ("Draft", True)]
    changed = policy.model_copy(update={"name": "Changed", "steps": policy.steps[1:]})
    found: Simulation = await office.query(simulate(office, draft=changed))
    assert (found.policy_name, len(found.considered)) == ("Changed", 1)
    assert found.calls[0].member_ids == [office.works.manager.id]
    assert (await office.query(queries.ListPolicies())).items == [policy]


async def test_a_draft_that_could_not_be_put_is_refused_the_same_way(office: Office) -> None:
    assert await office.refused(simulate(office, draft=office.policy(steps=[]))) == "policy-without-steps"


async def test_questions_that_make_no_sense_are_refused(office: Office) -> None:
    assert await office.refused(simulate(office, facility_id=IDS.new())) == "facility-unknown"
    assert await office.refused(simulate(office, area_id=IDS.new())) == "area-unknown"
    assert await office.refused(simulate(office, area_id=office.works.yard.id)) == "area-elsewhere"
    for year in (1, 1969, 9999):
        at = datetime(year, 6, 1, tzinfo=UTC)
        assert await office.refused(simulate(office, at=at)) == "moment-out-of-reach"


async def test_organisations_simulate_their_own_policies_only(office: Office, new_office) -> None:
    other: Office = new_office()
    await office.put(night_policy(office))
    assert (await other.query(simulate(other))).policy_id is None
    assert await other.refused(simulate(office)) == "facility-unknown"


async def test_a_change_in_the_directory_is_noticed(office: Office, directory: DirectoryOnTheBus) -> None:
    works = office.works
    await office.put(night_policy(office))
    assert len((await office.query(simulate(office))).calls[0].member_ids) == 2
    await office.crew_changes(directory, member_ids=[works.antti.id])

    async def noticed() -> bool:
        return (await office.query(simulate(office))).calls[0].member_ids == [works.antti.id]

    await eventually(noticed)


async def test_a_restart_while_the_directory_is_away_still_knows_whom_to_call(
    new_office, directory: DirectoryOnTheBus, settings
) -> None:
    office: Office = new_office()
    async with running(create_app(settings)):
        await office.put(night_policy(office))
        before: Simulation = await office.query(simulate(office))
    await directory.away()
    try:
        async with running(create_app(settings)):
            assert await office.query(simulate(office)) == before
            await office.put(office.policy("Put meanwhile"))
            assert len((await office.query(queries.ListPolicies())).items) == 2
    finally:
        await directory.back()


async def test_who_was_never_seen_is_not_made_up(
    new_office, directory: DirectoryOnTheBus, policies_house, policies_database
) -> None:
    office: Office = new_office()
    bus = Bus(policies_house.nats_url, service="escalation", clock=SystemClock(), ids=SystemIds())
    rosters = Rosters(bus, QueryClient(bus), policies_database, SystemClock(), frozenset({"email", "sms"}))
    await bus.start()
    await bus.wait_ready()
    await directory.away()
    try:
        with pytest.raises(OwnerUnavailable):
            await rosters.get(office.organization)
    finally:
        await directory.back()
    roster = await rosters.get(office.organization)
    assert [way.via for way in roster.people[office.works.antti.id].ways] == ["chat", "email"]
    await bus.stop()


async def test_addresses_of_members_stay_out_of_news_and_answers(office: Office) -> None:
    await office.put(night_policy(office))
    answer = (await office.query(simulate(office))).model_dump_json()
    published = str(await office.published())
    for secret in ("+358 40 555 0111", "antti@haveri.example", "aad-Antti"):
        assert secret not in answer
        assert secret not in published
