"""Policies, settings and windows over the bus: who may change them, what is kept, what is published."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from policies_office import IDS, TOOL, Office

from haveri_chassis.bus import QueryRefused
from haveri_chassis.clock import SystemClock
from haveri_chassis.pages import cursor_of
from haveri_contracts.escalation import commands, queries
from haveri_contracts.escalation.models import (
    Conditions,
    FacilitySettings,
    LastResort,
    Notify,
    QuietHours,
    Repeat,
    Step,
    TimeOfDay,
)
from haveri_contracts.plain import Severity
from haveri_contracts.types import Page, member_actor

HOUR = timedelta(hours=1)


async def listed(office: Office, **which) -> list[str]:
    return [policy.name for policy in (await office.query(queries.ListPolicies(**which))).items]


async def test_a_policy_that_was_put_can_be_read_and_is_told(office: Office) -> None:
    policy = office.policy(
        conditions=Conditions(severity=[Severity.SEV2], area_ids=None, asset_types=None, time_of_day=None),
        repeat=Repeat(times=2, every_minutes=12.5),
        last_resort=LastResort(after_minutes=0.25),
    )
    put = await office.put(policy)
    assert put == policy
    assert (await office.query(queries.ListPolicies())).items == [policy]
    assert await office.query(queries.GetEscalationPolicy(id=policy.id)) == policy
    assert await office.published() == [("policy_put", {"policy": policy.model_dump(mode="json")})]


async def test_one_policy_and_one_window_are_answered_by_their_ids(office: Office) -> None:
    window = office.window(HOUR, HOUR)
    await office.do(commands.PutMaintenanceWindow(window=window))
    (listed_window,) = (await office.query(queries.ListMaintenanceWindows(ending_after=window.starts_at))).items
    assert await office.query(queries.GetMaintenanceWindow(id=window.id)) == listed_window
    removed = await office.put(office.policy("One"))
    await office.do(commands.RemovePolicy(policy_id=removed.id))
    for unknown, reason in (
        (queries.GetMaintenanceWindow(id=IDS.new()), "window-unknown"),
        (queries.GetEscalationPolicy(id=removed.id), "policy-unknown"),
    ):
        with pytest.raises(QueryRefused) as refusal:
            await office.query(unknown)
        assert refusal.value.type == reason


async def test_every_version_is_kept_and_only_the_newest_can_be_changed(office: Office) -> None:
    first = await office.put(office.policy("One"))
    second = await office.put(first.model_copy(update={"name": "Two"}))
    assert (first.version, second.version) == (1, 2)
    stale = commands.PutPolicy(policy=first.model_copy(update={"name": "Three"}))
    assert await office.refusal(stale) == "policy-changed-meanwhile"
    versions = await office.query(queries.ListPolicyVersions(policy_id=first.id))
    assert [(one.version, one.name) for one in versions.items] == [(2, "Two"), (1, "One")]


async def test_of_two_who_change_the_same_version_one_is_told(office: Office) -> None:
    policy = await office.put(office.policy())
    changes = [commands.PutPolicy(policy=policy.model_copy(update={"name": name})) for name in ("Mine", "Yours")]
    outcomes = await asyncio.gather(*map(office.command, changes))
    problems = [outcome.problem.type for outcome in outcomes if outcome.problem]
    assert problems == ["policy-changed-meanwhile"]
    assert len((await office.query(queries.ListPolicyVersions(policy_id=policy.id))).items) == 2


async def test_an_order_that_is_sent_twice_is_carried_out_once(office: Office) -> None:
    command_id, command = IDS.new(), commands.PutPolicy(policy=office.policy())
    one = await office.command(command, command_id=command_id)
    other = await office.command(command, command_id=command_id)
    assert one == other
    assert len(await office.published()) == 1


async def test_a_put_that_changes_nothing_makes_no_version(office: Office) -> None:
    policy = await office.put(office.policy())
    assert await office.put(policy) == policy
    assert len(await office.published()) == 1


async def test_a_new_policy_begins_with_version_one(office: Office) -> None:
    assert (await office.put(office.policy(version=7))).version == 1


async def test_a_removed_policy_is_gone_and_its_versions_stay(office: Office) -> None:
    policy = await office.put(office.policy())
    await office.do(commands.RemovePolicy(policy_id=policy.id))
    assert await listed(office) == []
    assert len((await office.query(queries.ListPolicyVersions(policy_id=policy.id))).items) == 1
    assert (await office.published())[-1] == ("policy_removed", {"policy_id": str(policy.id)})
    assert await office.refusal(commands.RemovePolicy(policy_id=policy.id)) == "policy-unknown"
    assert await office.refusal(commands.PutPolicy(policy=policy)) == "policy-unknown"


async def test_policies_are_listed_by_name_page_by_page(office: Office) -> None:
    for name in ("berth", "Ääni", "Anvil", "crane"):
        await office.put(office.policy(name))
    await office.put(
        office.policy(
            "Turku's",
            facility_id=office.works.other_plant.id,
            conditions=Conditions(severity=[Severity.SEV1]),
            steps=[Step(notify=Notify(member_ids=[office.works.aino.id]))],
        )
    )
    assert await listed(office) == ["Anvil", "berth", "crane", "Turku's", "Ääni"]
    assert await listed(office, facility_id=office.works.other_plant.id) == ["Turku's"]
    found, cursor = [], None
    for _ in range(3):
        page = await office.query(queries.ListPolicies(page=Page(limit=2, cursor=cursor)))
        found += [policy.name for policy in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == (["Anvil", "berth", "crane", "Turku's", "Ääni"], None)
    for cursor in ("nonsense", "AAAA"):
        assert await office.refused(queries.ListPolicies(page=Page(cursor=cursor))) == "cursor-unreadable"


async def test_versions_come_page_by_page(office: Office) -> None:
    policy = await office.put(office.policy("0"))
    for name in ("1", "2"):
        policy = await office.put(policy.model_copy(update={"name": name}))
    first = await office.query(queries.ListPolicyVersions(policy_id=policy.id, page=Page(limit=2)))
    rest = await office.query(queries.ListPolicyVersions(policy_id=policy.id, page=Page(cursor=first.next_cursor)))
    assert [one.name for one in (*first.items, *rest.items)] == ["2", "1", "0"]
    assert (await office.query(queries.ListPolicyVersions(policy_id=IDS.new()))).items == []


def everything(office: Office) -> list:
    return [
        commands.PutPolicy(policy=office.policy()),
        commands.RemovePolicy(policy_id=IDS.new()),
        commands.ChangeFacilitySettings(settings=FacilitySettings(facility_id=office.works.plant.id)),
        commands.PutMaintenanceWindow(window=office.window(HOUR, HOUR)),
        commands.EndMaintenanceWindow(window_id=IDS.new()),
    ]


async def test_only_managers_and_above_change_who_is_called(office: Office) -> None:
    works = office.works
    for command in everything(office):
        for actor in (member_actor(works.aino.id), member_actor(works.viewer.id), "signal:plc"):
            assert await office.refusal(command, actor=actor) == "role-not-sufficient"
        assert await office.refusal(command, actor=member_actor(IDS.new())) == "member-unknown"
    for actor in (member_actor(works.administrator.id), member_actor(works.manager.id), TOOL):
        await office.do(commands.PutPolicy(policy=office.policy()), actor=actor)


async def test_organisations_do_not_see_each_other(office: Office, new_office) -> None:
    other: Office = new_office()
    policy = await office.put(office.policy())
    window = office.window(HOUR, HOUR)
    await office.do(commands.PutMaintenanceWindow(window=window))
    assert await other.refusal(commands.PutPolicy(policy=policy)) == "facility-unknown"
    assert await other.refusal(commands.RemovePolicy(policy_id=policy.id)) == "policy-unknown"
    assert await other.refusal(commands.EndMaintenanceWindow(window_id=window.id)) == "window-unknown"
    assert await listed(other) == []
    assert (await other.query(queries.ListPolicyVersions(policy_id=policy.id))).items == []
    everyone = member_actor(office.works.manager.id)
    assert await other.refusal(commands.PutPolicy(policy=other.policy()), actor=everyone) == "member-unknown"
    same_id = other.policy("Theirs", id=policy.id)
    assert (await other.put(same_id)).name == "Theirs"
    assert await listed(office) == ["Line down"]


async def test_a_policy_that_cannot_be_carried_out_is_refused_and_not_kept(office: Office) -> None:
    wrong = {
        "policy-without-steps": office.policy(steps=[]),
        "member-may-not-respond": office.policy(steps=[Step(notify=Notify(member_ids=[office.works.viewer.id]))]),
        "area-elsewhere": office.policy(
            conditions=Conditions(severity=[Severity.SEV1], area_ids=[office.works.yard.id])
        ),
        "delay-negative": office.policy(steps=[Step(notify=Notify(shift_roles=["lead"]), after_minutes=-1)]),
        "time-of-day-incomplete": office.policy(
            conditions=Conditions(severity=[Severity.SEV1], time_of_day=[TimeOfDay(start="22:00")])
        ),
    }
    for reason, policy in wrong.items():
        assert await office.refusal(commands.PutPolicy(policy=policy)) == reason
    assert await listed(office) == []
    assert await office.published() == []


async def test_a_facilitys_settings_are_replaced_as_a_whole(office: Office) -> None:
    plant = office.works.plant.id
    quiet = QuietHours(severity=[Severity.SEV3], time_of_day=[TimeOfDay(start="22:00", end="06:00")])
    first = FacilitySettings(facility_id=plant, quiet_hours=[quiet])
    second = FacilitySettings(facility_id=plant, last_resort=Notify(member_ids=[office.works.aino.id]))
    for settings in (first, second, second):
        await office.do(commands.ChangeFacilitySettings(settings=settings))
    assert (await office.query(queries.ListFacilitySettings())).items == [second]
    assert [name for name, _ in await office.published()] == ["facility_settings_changed"] * 2
    unknown = FacilitySettings(facility_id=IDS.new())
    assert await office.refusal(commands.ChangeFacilitySettings(settings=unknown)) == "facility-unknown"


async def test_a_maintenance_window_is_announced_and_its_edges_will_be_told(office: Office) -> None:
    window = office.window(HOUR, 2 * HOUR)
    await office.do(commands.PutMaintenanceWindow(window=window))
    (kept,) = (await office.query(queries.ListMaintenanceWindows(ending_after=window.starts_at))).items
    assert kept == window.model_copy(update={"created_by": member_actor(office.works.manager.id)})
    assert await office.timers() == {
        f"window:{window.id}:start": window.starts_at,
        f"window:{window.id}:end": window.ends_at,
    }
    assert [name for name, _ in await office.published()] == ["maintenance_window_put"]
    assert (await office.query(queries.ListMaintenanceWindows(ending_after=window.ends_at))).items == []


async def test_a_window_that_is_moved_keeps_who_announced_it(office: Office) -> None:
    window = office.window(HOUR, HOUR)
    await office.do(commands.PutMaintenanceWindow(window=window))
    later = window.model_copy(update={"ends_at": window.ends_at + HOUR})
    result = await office.do(commands.PutMaintenanceWindow(window=later), actor=TOOL)
    assert result["window"]["created_by"] == member_actor(office.works.manager.id)
    assert (await office.timers())[f"window:{window.id}:end"] == later.ends_at


async def test_a_window_stays_at_its_facility(office: Office) -> None:
    window = office.window(HOUR, HOUR)
    await office.do(commands.PutMaintenanceWindow(window=window))
    works = office.works
    moved = window.model_copy(update={"facility_id": works.other_plant.id, "area_ids": [works.yard.id]})
    assert await office.refusal(commands.PutMaintenanceWindow(window=moved)) == "window-elsewhere"


async def test_a_window_that_has_begun_can_be_ended_and_one_to_come_called_off(office: Office) -> None:
    running, coming = office.window(-HOUR, 2 * HOUR), office.window(HOUR, HOUR)
    for window in (running, coming):
        await office.do(commands.PutMaintenanceWindow(window=window))
        result = await office.do(commands.EndMaintenanceWindow(window_id=window.id))
        assert result["window"]["starts_at"] <= result["window"]["ends_at"]
        assert await office.refusal(commands.EndMaintenanceWindow(window_id=window.id)) == "window-is-over"
    open_ones = await office.query(queries.ListMaintenanceWindows(ending_after=SystemClock().now()))
    assert open_ones.items == []
    assert [key for key, due in (await office.timers()).items() if due > SystemClock().now()] == []
    assert await office.refusal(commands.EndMaintenanceWindow(window_id=IDS.new())) == "window-unknown"


@pytest.mark.parametrize(
    ("reason", "begin", "length"),
    [
        ("window-ends-before-it-starts", HOUR, -HOUR),
        ("window-is-over", -2 * HOUR, HOUR),
        ("window-too-long", HOUR, timedelta(days=32)),
        ("window-too-long", datetime(9999, 12, 30, tzinfo=UTC) - SystemClock().now(), HOUR),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused(office: Office, reason, begin, length) -> None:
    assert await office.refusal(commands.PutMaintenanceWindow(window=office.window(begin, length))) == reason
    assert await office.timers() == {}


async def test_windows_come_page_by_page_the_first_to_begin_first(office: Office) -> None:
    windows = [office.window(n * HOUR, HOUR) for n in (3, 1, 2)]
    for window in windows:
        await office.do(commands.PutMaintenanceWindow(window=window))
    now = SystemClock().now()
    first = await office.query(queries.ListMaintenanceWindows(ending_after=now, page=Page(limit=2)))
    rest = await office.query(
        queries.ListMaintenanceWindows(ending_after=now, page=Page(limit=2, cursor=first.next_cursor))
    )
    assert [one.id for one in (*first.items, *rest.items)] == [windows[1].id, windows[2].id, windows[0].id]
    elsewhere = queries.ListMaintenanceWindows(ending_after=now, facility_id=office.works.other_plant.id)
    assert (await office.query(elsewhere)).items == []
    before_all_time, nowhere = cursor_of(f"{IDS.new()}0001-01-01T00:00+23:59"), cursor_of(f"{IDS.new()}2026-01-01")
    for cursor in ("nonsense", "AAAA", before_all_time, nowhere):
        wrong = queries.ListMaintenanceWindows(ending_after=now, page=Page(cursor=cursor))
        assert await office.refused(wrong) == "cursor-unreadable"
