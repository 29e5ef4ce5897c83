"""Laws of the engine: whatever happens in whatever order, no call is lost, doubled, or made for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import orjson
from engine_rig import (
    ADMIN,
    ANNA,
    BEN,
    CARLA,
    DIRK,
    EVA,
    INCIDENT,
    MINUTE,
    Rig,
    policy,
    step,
    window,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from haveri_contracts.escalation.events import EscalationEnded, EscalationExhausted
from haveri_contracts.escalation.models import (
    Chain,
    LastResort,
    MitigationClock,
    Notify,
    Purpose,
    Repeat,
    RunState,
    Trigger,
)
from haveri_contracts.plain import Severity, Status
from haveri_escalation.adapters.translation_events import from_stored, stored_type, to_published, to_stored
from haveri_escalation.domain import events, facts
from haveri_escalation.domain.evolution import fold
from haveri_escalation.domain.timers import wanted_timers

people = st.sampled_from((ANNA, BEN, CARLA, DIRK, EVA))
steps = st.builds(
    lambda after, members, conditional: step(after, *members, only_if_unacknowledged=conditional),
    st.sampled_from((0, 0, 5, 15)),
    st.lists(people, max_size=3),
    st.booleans(),
)
chains = st.builds(
    Chain,
    steps=st.lists(steps, min_size=1, max_size=3),
    repeat=st.none() | st.just(Repeat(times=1, every_minutes=20)),
    acknowledgement_expires_minutes=st.none() | st.just(30),
    mitigation=st.none() | st.just(MitigationClock(within_minutes=45, notify=Notify(member_ids=[EVA]))),
    last_resort=st.none() | st.builds(LastResort, notify=st.none() | st.just(Notify(member_ids=[DIRK]))),
)


class EveryHistory(RuleBasedStateMachine):
    """Everything that may happen to an incident, in any order."""

    @initialize(
        chosen=st.lists(chains, min_size=3, max_size=3),
        missing=st.booleans(),
        unreachable=st.frozensets(people, max_size=2),
        severity=st.sampled_from(Severity),
    )
    def begin(self, chosen: list[Chain], missing: bool, unreachable: frozenset[UUID], severity: Severity) -> None:
        policies = [policy(n, kind, chain) for n, (kind, chain) in enumerate(zip(Severity, chosen, strict=True))]
        self.rig = Rig(policies[1:] if missing else policies)
        everybody = dict(self.rig.people.people)
        for member in unreachable:
            everybody[member] = replace(everybody[member], ways=())
        self.rig.people = replace(self.rig.people, people=everybody)
        self.rig.declare(severity)

    @rule(member=people)
    def take(self, member: UUID) -> None:
        self.rig.take(member)

    @rule(severity=st.sampled_from(Severity))
    def change_severity(self, severity: Severity) -> None:
        self.rig.change_severity(severity)

    @rule(status=st.sampled_from((Status.INVESTIGATING, Status.MITIGATED)))
    def update_status(self, status: Status) -> None:
        self.rig.update_status(status)

    @rule()
    def resolve(self) -> None:
        self.rig.resolve()

    @rule()
    def reopen(self) -> None:
        self.rig.reopen()

    @precondition(lambda self: self.rig.known.incident.is_taken)
    @rule()
    def expire(self) -> None:
        self.rig.expire()

    @rule(members=st.lists(people, max_size=2), number=st.none() | st.integers(700, 703))
    def wish_for_more(self, members: list[UUID], number: int | None) -> None:
        self.rig.wish(*members, policy_id=UUID(int=number) if number else None)

    @rule(number=st.integers(1, 2), minutes=st.sampled_from((5, 20)))
    def maintain(self, number: int, minutes: int) -> None:
        self.rig.maintain(window(number, self.rig.now, self.rig.now + minutes * MINUTE))

    @rule()
    def finish_maintenance(self) -> None:
        self.rig.maintain()

    @precondition(lambda self: self.rig.calls())
    @rule(
        data=st.data(),
        via=st.sampled_from(("chat", "email")),
        outcome=st.sampled_from(("sent", "delivered", "failed", "unneeded")),
    )
    def report(self, data: st.DataObject, via: str, outcome: str) -> None:
        self.rig.report(data.draw(st.sampled_from(self.rig.calls())), via, outcome)

    @rule(minutes=st.sampled_from((0.5, 1, 5, 16, 40)))
    def time_passes(self, minutes: float) -> None:
        self.rig.move(timedelta(minutes=minutes))

    @precondition(lambda self: self.rig.taken_back)
    @rule(data=st.data())
    def a_timer_comes_that_was_taken_back(self, data: st.DataObject) -> None:
        stale = data.draw(st.sampled_from(self.rig.taken_back))
        run = self.rig.known.the(stale.run_id)
        before = (self.rig.known.runs, self.rig.known.incident)
        happened = self.rig.fire(stale)
        if stale.generation != run.generation:
            assert [type(event) for event in happened] == [facts.TimerRefused]
            assert (self.rig.known.runs, self.rig.known.incident) == before

    @invariant()
    def the_events_alone_give_the_state(self) -> None:
        assert fold(INCIDENT, self.rig.events) == self.rig.known

    @invariant()
    def no_step_fires_twice_and_none_after_its_run_ended(self) -> None:
        fired, ended = set(), set()
        for event in self.rig.events:
            if isinstance(event, EscalationEnded):
                assert event.run_id not in ended
                ended.add(event.run_id)
            elif isinstance(event, events.StepFired):
                assert event.run_id not in ended
                assert (event.run_id, event.round, event.step) not in fired
                fired.add((event.run_id, event.round, event.step))

    @invariant()
    def nobody_is_called_twice_for_one_cause_but_by_a_repetition_or_a_last_resort_with_nobody_new(self) -> None:
        called: set[UUID] = set()
        for event in self.rig.events:
            if isinstance(event, facts.TakingNoted | facts.ReleaseNoted):
                called = set()
            elif isinstance(event, events.StepFired):
                now = [call.member_id for call in event.calls]
                assert len(now) == len(set(now))
                if event.round == 1 and not (event.step == 0 and set(now) <= called):
                    assert not called & set(now)
                called |= set(now)

    @invariant()
    def a_taken_or_finished_incident_calls_nobody_to_take_it(self) -> None:
        incident = self.rig.known.incident
        waiting = [call for call in self.rig.calls() if call.state.is_open]
        if incident.is_taken:
            assert all(call.purpose is Purpose.JOIN for call in waiting)
        if not incident.status.is_open:
            assert not waiting
            assert not self.rig.known.live()
            assert not wanted_timers(self.rig.known)

    @invariant()
    def for_an_open_incident_that_nobody_has_something_is_always_to_come_or_everybody_was_called(self) -> None:
        incident = self.rig.known.incident
        if incident.is_taken or not incident.status.is_open:
            return
        run = next(run for run in reversed(self.rig.known.runs) if run.trigger.follows_the_incident)
        mine = [timer for timer in wanted_timers(self.rig.known).values() if timer.run_id == run.id]
        assert run.state is RunState.SILENCED or run.exhausted or [t for t in mine if t.kind in ("step", "exhaustion")]

    @invariant()
    def while_work_is_done_nobody_is_called_but_by_hand(self) -> None:
        silent = False
        by_hand = set()
        for event in self.rig.events:
            if isinstance(event, events.Started) and event.trigger is Trigger.BY_HAND:
                by_hand.add(event.run_id)
            elif isinstance(event, events.Silenced):
                silent = True
            elif isinstance(event, events.Resumed | EscalationEnded):
                # Whether another run is still held is for the invariant on the state below.
                silent = False
            elif isinstance(event, events.StepFired | events.NotificationRequested) and silent:
                assert event.run_id in by_hand
        for run in self.rig.known.runs:
            if self.rig.known.is_silent(run):
                assert not [timer for timer in self.rig.timers.values() if timer.run_id == run.id and timer.call_id]

    @invariant()
    def what_is_stored_reads_back_and_what_is_told_fits_the_contract(self) -> None:
        for event in self.rig.events[-3:]:
            assert from_stored(INCIDENT, stored_type(event), orjson.loads(to_stored(event))) == event
            if (published := to_published(event)) is not None:
                type(published).model_validate_json(published.model_dump_json())

    @invariant()
    def what_is_due_has_happened(self) -> None:
        for run in self.rig.known.runs:
            if run.state is RunState.RUNNING:
                assert all(left.due_at > self.rig.now for left in run.pending())

    @invariant()
    def whoever_escalates_by_hand_is_not_silenced(self) -> None:
        for run in self.rig.known.runs:
            assert run.state is not RunState.SILENCED or run.trigger is not Trigger.BY_HAND

    @invariant()
    def a_last_resort_is_called_when_all_else_was_in_vain(self) -> None:
        for event in self.rig.only(EscalationExhausted):
            run = self.rig.known.the(event.run_id)
            assert not event.last_resort or any(done.step == 0 for done in run.steps)
            assert ADMIN not in [c.member_id for c in run.calls if run.chain.last_resort is None and c.step == 0]


EveryHistory.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
test_laws_of_every_history = EveryHistory.TestCase
