"""Who may change whose shifts, and which rotations cover the whole day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_contracts.plain import Refusal, Role
from haveri_directory.domain.rotations import covers_the_day
from haveri_directory.domain.shift_permissions import Asker, check_may_accept, check_may_cancel, needs_acceptance
from haveri_shifts.plan import Change, ChangeKind, Slot

HELENA, OTTO, ANNA = UUID(int=1), UUID(int=2), UUID(int=3)
BEGINS = datetime(2026, 6, 5, 19, tzinfo=UTC)
MEMBERS = st.none() | st.sampled_from([HELENA, OTTO, ANNA])


def change(kind: ChangeKind, member: UUID | None = None, substitute: UUID | None = None) -> Change:
    ends = BEGINS + timedelta(hours=8)
    return Change(UUID(int=9), UUID(int=8), kind, BEGINS, ends, member_id=member, substitute_id=substitute)


changes = st.builds(change, st.sampled_from(ChangeKind), MEMBERS, MEMBERS)


@given(changes)
def test_responder_never_decides_alone_what_somebody_else_works(asked):
    try:
        waits = needs_acceptance(Asker(HELENA, Role.RESPONDER), asked)
    except Refusal as refusal:
        assert refusal.type == "role-not-sufficient"
        return
    assert HELENA in {asked.member_id, asked.substitute_id}
    assert waits or (asked.kind is ChangeKind.ABSENCE and asked.member_id == HELENA)


@given(changes, st.sampled_from([Role.MANAGER, Role.ADMINISTRATOR]))
def test_managers_word_counts_at_once(asked, role):
    assert not needs_acceptance(Asker(HELENA, role), asked)


@given(changes, st.none() | st.sampled_from([HELENA, OTTO]), st.booleans())
def test_viewer_may_do_nothing_with_shifts(asked, proposed_by, accepted):
    viewer = Asker(HELENA, Role.VIEWER)
    for attempt in (
        lambda: needs_acceptance(viewer, asked),
        lambda: check_may_accept(viewer, asked, accepted, proposed_by),
        lambda: check_may_cancel(viewer, asked, proposed_by),
    ):
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert refusal.value.type == "role-not-sufficient"


@pytest.mark.parametrize("proposer", [HELENA, OTTO])
def test_of_the_two_the_one_who_did_not_propose_accepts(proposer):
    asked = change(ChangeKind.SWAP, HELENA, OTTO)
    other = OTTO if proposer == HELENA else HELENA
    check_may_accept(Asker(other, Role.RESPONDER), asked, False, proposer)
    for somebody in (proposer, ANNA):
        with pytest.raises(Refusal):
            check_may_accept(Asker(somebody, Role.RESPONDER), asked, False, proposer)


def slot(start: str, end: str) -> Slot:
    return Slot(f"{start}-{end}", time.fromisoformat(start), time.fromisoformat(end))


@given(
    st.lists(st.times().map(lambda clock: clock.replace(second=0, microsecond=0)), min_size=1, max_size=6, unique=True)
)
def test_slots_that_follow_each_other_around_the_clock_cover_the_day_and_with_one_less_they_do_not(edges):
    edges.sort()
    slots = [Slot(str(start), start, end) for start, end in zip(edges, [*edges[1:], edges[0]], strict=True)]
    assert covers_the_day(slots)
    assert not covers_the_day(slots[1:])


@pytest.mark.parametrize(
    "slots",
    [
        [slot("06:00", "14:00"), slot("14:00", "22:00")],
        [slot("06:00", "14:00"), slot("13:00", "22:00"), slot("22:00", "06:00")],
        [slot("06:00", "06:00"), slot("06:00", "14:00")],
    ],
    ids=["gap", "overlap", "twice"],
)
def test_slots_with_a_gap_or_an_overlap_do_not_make_a_whole_day(slots):
    assert not covers_the_day(slots)
