"""Overrides, swaps, absences and assignments: who may, who has to agree, and what is refused."""

from __future__ import annotations

import asyncio

import pytest
from directory_office import as_member
from shift_stories import Works, returned, wall

from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import DutyOrigin
from haveri_contracts.directory.schedules import ChangeKind
from haveri_contracts.types import Page

OVERRIDE, SWAP, ABSENCE, ASSIGNMENT = ChangeKind.OVERRIDE, ChangeKind.SWAP, ChangeKind.ABSENCE, ChangeKind.ASSIGNMENT
FRIDAY = "2040-06-01"


@pytest.fixture
async def works(office) -> Works:
    """A plant with two crews."""
    return await Works(office).open()


async def test_whoever_stands_in_is_on_shift_instead_and_everybody_sees_why(works):
    change = await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari))
    assert (change.accepted, change.proposed_by) == (True, works.mikko.id)
    assert await works.office.ask(queries.GetShiftChange(id=change.id)) == change
    assert await works.names_on_shift(FRIDAY, "07:00") == ["Henna", "Jari"]
    (duty,) = [duty for duty in await works.on_shift(FRIDAY, "07:00") if duty.member_id == works.jari.id]
    assert (duty.team_id, duty.shift, duty.origin) == (works.crew_a.id, "Morning", DutyOrigin.OVERRIDE)
    assert (duty.starts_at, duty.ends_at) == (wall(FRIDAY, "06:00"), wall(FRIDAY, "14:00"))
    assert (await works.office.published())[-1] == ("shift_change_put", {"change": change.model_dump(mode="json")})


async def test_take_my_friday_counts_only_when_the_other_one_says_yes(works):
    asked = works.change(
        SWAP, member=works.eero, substitute=works.jari, return_stretch=returned("2040-06-02", "14:00", "22:00")
    )
    proposed = await works.put(asked, by=works.eero)
    assert (proposed.accepted, proposed.proposed_by) == (False, works.eero.id)
    assert await works.names_on_shift(FRIDAY, "07:00") == ["Eero", "Henna"]
    for somebody in (works.eero, works.henna, works.pekka):
        order = commands.AcceptShiftChange(change_id=asked.id)
        assert await works.office.refusal(order, actor=as_member(somebody)) == "role-not-sufficient"
    assert (await works.accept(asked, by=works.jari)).accepted
    assert await works.names_on_shift(FRIDAY, "07:00") == ["Henna", "Jari"]
    assert await works.names_on_shift("2040-06-02", "15:00") == ["Eero", "Liisa"]
    again = commands.AcceptShiftChange(change_id=asked.id)
    assert await works.office.refusal(again, actor=as_member(works.jari)) == "already-accepted"


async def test_whoever_offers_to_take_a_shift_waits_for_its_owner(works):
    offer = await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari), by=works.jari)
    assert not offer.accepted
    order = commands.AcceptShiftChange(change_id=offer.id)
    assert await works.office.refusal(order, actor=as_member(works.jari)) == "role-not-sufficient"
    assert (await works.accept(offer, by=works.eero)).accepted


async def test_manager_may_accept_for_the_other_one(works):
    offer = await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari), by=works.jari)
    assert (await works.accept(offer, by=works.mikko)).accepted


async def test_asking_again_for_what_was_accepted_takes_nothing_back(works):
    asked = works.change(OVERRIDE, member=works.eero, substitute=works.jari)
    await works.put(asked, by=works.eero)
    await works.accept(asked, by=works.jari)
    published = await works.office.published()
    assert (await works.put(asked, by=works.eero)).accepted
    assert await works.office.published() == published


async def test_changed_proposal_has_to_be_accepted_anew(works):
    asked = works.change(OVERRIDE, member=works.eero, substitute=works.jari)
    await works.put(asked, by=works.eero)
    await works.accept(asked, by=works.jari)
    longer = asked.model_copy(update={"ends_at": wall("2040-06-09")})
    assert not (await works.put(longer, by=works.eero)).accepted
    assert await works.names_on_shift(FRIDAY, "07:00") == ["Eero", "Henna"]


async def test_own_absence_counts_at_once_and_is_nobody_elses_business(works):
    ill = works.change(ABSENCE, member=works.eero)
    assert await works.refused(ill, by=works.henna) == "role-not-sufficient"
    assert (await works.put(ill, by=works.eero)).accepted
    assert await works.names_on_shift(FRIDAY, "07:00") == ["Henna"]


async def test_nobody_changes_what_somebody_else_put(works):
    put = await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari))
    other = put.model_copy(update={"substitute_id": works.eero.id, "member_id": works.jari.id})
    assert await works.refused(other, by=works.jari) == "role-not-sufficient"
    absence = works.change(ABSENCE, member=works.jari, id=put.id)
    assert await works.refused(absence, by=works.jari) == "role-not-sufficient"


@pytest.mark.parametrize("who", ["proposer", "asked", "manager"])
async def test_proposal_is_taken_back_by_those_whom_it_concerns(works, who):
    asked = await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari), by=works.eero)
    cancel = commands.CancelShiftChange(change_id=asked.id)
    for somebody in (works.henna, works.pekka):
        assert await works.office.refusal(cancel, actor=as_member(somebody)) == "role-not-sufficient"
    actor = {"proposer": works.eero, "asked": works.jari, "manager": works.mikko}[who]
    await works.office.do(cancel, actor=as_member(actor))
    assert (await works.office.published())[-1] == ("shift_change_cancelled", {"change_id": str(asked.id)})
    assert await works.changes() == []
    assert await works.office.refusal(cancel, actor=as_member(actor)) == "shift-change-unknown"
    accept = commands.AcceptShiftChange(change_id=asked.id)
    assert await works.office.refusal(accept, actor=as_member(works.jari)) == "shift-change-unknown"


async def test_roles_decide_whose_shifts_one_may_change(works):
    others = [
        works.change(OVERRIDE, member=works.henna, substitute=works.jari),
        works.change(OVERRIDE, substitute=works.eero),
        works.change(ABSENCE, member=works.henna),
        works.change(ASSIGNMENT, member=works.eero, shift="Extra", starts_at=wall(FRIDAY, "20:00"), hours=2),
    ]
    for change in others:
        assert await works.refused(change, by=works.eero) == "role-not-sufficient"
    for change in (*others, works.change(ABSENCE, member=works.pekka)):
        assert await works.refused(change, by=works.pekka) == "role-not-sufficient"
    own = commands.PutShiftChange(change=works.change(ABSENCE, member=works.eero))
    assert await works.office.refusal(own, actor="signal:plc-7") == "role-not-sufficient"
    for change in others:
        # One after the other: not all of them could stand together.
        await works.put(change, by=works.mikko)
        await works.office.do(commands.CancelShiftChange(change_id=change.id))


async def test_changes_that_cannot_be_are_refused_by_name(works):
    stranger = await works.office.member("Maria Lindqvist")
    night = {"starts_at": wall(FRIDAY, "22:00"), "hours": 8, "shift": "Night"}
    for change, name in (
        (works.change(OVERRIDE, member=works.eero, substitute=works.jari, hours=0), "shift-ends-before-it-starts"),
        (works.change(OVERRIDE, member=works.eero, substitute=works.jari, hours=-1), "shift-ends-before-it-starts"),
        (works.change(ABSENCE, member=works.eero, hours=24 * 366 + 1), "stretch-too-long"),
        (works.change(ABSENCE, "0001-01-02", member=works.eero), "shift-change-unclear"),
        (works.change(ABSENCE, "9999-12-30", member=works.eero), "shift-change-unclear"),
        (works.change(SWAP, member=works.eero), "shift-change-unclear"),
        (works.change(OVERRIDE, member=works.eero), "shift-change-unclear"),
        (works.change(OVERRIDE, member=works.eero, substitute=works.eero), "shift-change-unclear"),
        (works.change(ABSENCE), "shift-change-unclear"),
        (works.change(ABSENCE, member=works.eero, substitute=works.jari), "shift-change-unclear"),
        (works.change(ABSENCE, member=works.jari), "member-not-in-team"),
        (works.change(OVERRIDE, member=works.eero, substitute=stranger), "member-not-in-team"),
        (works.change(ABSENCE, member_id=works.office.ids.new()), "member-unknown"),
        (works.change(ABSENCE, member=works.eero, team_id=works.office.ids.new()), "team-unknown"),
        (works.change(ASSIGNMENT, member=works.eero, shift="Extra"), "shifts-overlap"),
        (
            works.change(
                OVERRIDE, member=works.eero, substitute=works.jari, return_stretch=returned(FRIDAY, "14:00", "22:00")
            ),
            "shift-change-unclear",
        ),
        (
            works.change(
                SWAP, member=works.eero, substitute=works.jari, return_stretch=returned(FRIDAY, "22:00", "14:00")
            ),
            "shift-ends-before-it-starts",
        ),
    ):
        assert await works.refused(change) == name, change
    assert await works.changes() == []
    assert (await works.put(works.change(ASSIGNMENT, member=stranger, **night))).shift == "Night"


async def test_substitute_who_is_absent_then_is_refused(works):
    await works.put(works.change(ABSENCE, member=works.jari, team=works.crew_b))
    outcome = await works.office.send(
        commands.PutShiftChange(change=works.change(OVERRIDE, member=works.eero, substitute=works.jari))
    )
    assert outcome.problem.type == "substitute-absent"
    assert "Jari Heikkinen is absent from 2040-06-01 00:00 to 2040-06-02 00:00" in outcome.problem.detail
    back = works.change(
        SWAP, "2040-06-03", member=works.liisa, substitute=works.henna, team=works.crew_b,
        return_stretch=returned(FRIDAY, "06:00", "14:00"),
    )  # fmt: skip
    await works.put(works.change(ABSENCE, member=works.liisa, team=works.crew_b))
    assert await works.refused(back) == "substitute-absent"
    await works.put(works.change(OVERRIDE, "2040-06-02", member=works.eero, substitute=works.jari))


async def test_absence_reported_meanwhile_keeps_a_proposal_from_being_accepted(works):
    asked = await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari), by=works.eero)
    await works.put(works.change(ABSENCE, member=works.jari, team=works.crew_b), by=works.jari)
    order = commands.AcceptShiftChange(change_id=asked.id)
    assert await works.office.refusal(order, actor=as_member(works.jari)) == "substitute-absent"


async def test_swaps_that_go_round_in_a_circle_are_refused(works):
    await works.put(works.change(SWAP, member=works.eero, substitute=works.jari))
    await works.put(works.change(SWAP, member=works.jari, substitute=works.liisa))
    round_again = works.change(SWAP, member=works.liisa, substitute=works.eero)
    outcome = await works.office.send(commands.PutShiftChange(change=round_again))
    assert outcome.problem.type == "swap-cycle"
    for name in ("Eero Laine", "Jari Heikkinen", "Liisa Järvinen"):
        assert name in outcome.problem.detail
    await works.put(works.change(SWAP, "2040-06-02", member=works.liisa, substitute=works.eero))


async def test_substitute_may_fall_ill_in_the_team_where_he_stands_in(works):
    await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari))
    await works.put(works.change(ABSENCE, member=works.jari), by=works.jari)
    assert await works.names_on_shift(FRIDAY, "07:00") == ["Henna"]


async def test_same_command_twice_changes_shifts_once(works):
    order = commands.PutShiftChange(change=works.change(OVERRIDE, member=works.eero, substitute=works.jari))
    command_id = works.office.ids.new()
    first = await works.office.send(order, command_id=command_id)
    await works.office.do(commands.CancelShiftChange(change_id=order.change.id))
    assert await works.office.send(order, command_id=command_id) == first
    assert await works.changes() == []


async def test_of_two_who_accept_at_the_same_moment_one_does(works):
    asked = await works.put(works.change(OVERRIDE, member=works.eero, substitute=works.jari), by=works.eero)
    order = commands.AcceptShiftChange(change_id=asked.id)
    outcomes = await asyncio.gather(
        *(works.office.send(order, actor=as_member(one)) for one in (works.jari, works.mikko))
    )
    assert sorted(outcome.problem.type if outcome.problem else "" for outcome in outcomes) == ["", "already-accepted"]


async def test_changes_are_listed_by_time_place_and_person_page_by_page(works):
    later = await works.put(works.change(ABSENCE, "2040-06-05", member=works.eero))
    first = await works.put(works.change(ABSENCE, "2040-06-01", member=works.henna))
    swap = works.change(
        SWAP, "2040-06-03", member=works.jari, substitute=works.liisa, team=works.crew_b,
        return_stretch=returned("2040-07-01", "14:00", "22:00"),
    )  # fmt: skip
    swap = await works.put(swap)
    assert await works.changes() == [first, swap, later]
    assert await works.changes(team_id=works.crew_a.id) == [first, later]
    assert await works.changes(member_id=works.liisa.id) == [swap]
    assert await works.changes(facility_id=works.facility.id, starts_at=wall("2040-06-04")) == [swap, later]
    assert await works.changes(starts_at=wall("2040-07-01", "21:00"), ends_at=wall("2040-07-02")) == [swap]
    assert await works.changes(ends_at=wall("2040-06-01")) == []
    assert await works.changes(facility_id=works.office.ids.new()) == []
    seen, cursor = [], None
    for _ in range(3):
        page = await works.office.ask(queries.ListShiftChanges(page=Page(limit=1, cursor=cursor)))
        seen += page.items
        cursor = page.next_cursor
    assert (seen, cursor) == ([first, swap, later], None)
