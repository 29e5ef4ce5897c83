"""Laws that hold for every history: whatever is commanded in whatever order, the log alone gives the state."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.incident.events import IncidentEvent
from haveri_contracts.incident.models import FollowUpDraft, Impact, Incident, Summary
from haveri_contracts.plain import EntryType, Refusal, Severity, Status
from haveri_incident.adapters.event_store import event_of
from haveri_incident.domain import decisions
from haveri_incident.domain.decisions import MAY_FOLLOW
from haveri_incident.domain.state import Fact, evolve, fold

START = datetime(2026, 1, 1, tzinfo=UTC)
INCIDENT = UUID(int=9)
members = st.integers(1, 3).map(lambda n: UUID(int=n))
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and text
)
summaries = st.builds(
    Summary,
    what_happened=texts,
    root_cause=texts,
    impact=st.builds(Impact, duration_minutes=st.none() | st.integers(0, 999)),
)
follow_ups = st.builds(
    FollowUpDraft, id=members, description=texts, assigned_to=st.none() | members, due_date=st.none() | st.dates()
)
commands: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just(decisions.update_status), st.sampled_from(Status), texts),
    st.tuples(st.just(decisions.change_severity), st.sampled_from(Severity), texts),
    st.tuples(st.just(decisions.acknowledge), members, st.just(START), st.just({})),
    st.tuples(st.just(decisions.expire_acknowledgement), st.just(START), st.just(30.0)),
    st.tuples(st.just(decisions.assign_lead), members),
    st.tuples(st.just(decisions.assign_comms_lead), members),
    st.tuples(st.just(decisions.add_event), st.just(EntryType.ACTION_TAKEN), texts, st.none(), st.just(START)),
    st.tuples(st.just(decisions.escalate), st.none(), st.lists(members, max_size=2), st.just([]), texts),
    st.tuples(st.just(decisions.resolve), summaries, st.just(START)),
    st.tuples(st.just(decisions.amend_summary), summaries),
    st.tuples(st.just(decisions.close), st.lists(follow_ups, max_size=2), st.just(START)),
    st.tuples(st.just(decisions.reopen), texts),
    st.tuples(st.just(decisions.link_chat), texts, st.none(), st.none() | texts),
)


def live(steps: list[Any]) -> tuple[list[Fact], list[Incident]]:
    """Carry out what is allowed, as the service would; the facts and the state after each."""
    facts: list[Fact] = []
    states: list[Incident] = []

    def record(event: IncidentEvent) -> None:
        fact = Fact(len(facts) + 1, event, START + timedelta(seconds=len(facts)))
        facts.append(fact)
        states.append(evolve(states[-1] if states else None, fact))

    declaration = DeclareIncident(
        incident_id=INCIDENT, title="Filler 2 jammed", severity=Severity.SEV1, facility_id=UUID(int=5)
    )
    for event in decisions.declare(declaration, number="INC-1", actor="system:x", lead=UUID(int=1), now=START):
        record(event)
    for decide, *arguments in steps:
        try:
            for event in decide(states[-1], *arguments):
                record(event)
        except Refusal:
            continue
    return facts, states


@given(st.lists(commands, max_size=25))
@settings(max_examples=150, deadline=None)
def test_folding_the_log_gives_the_state_after_every_event(steps: list[Any]) -> None:
    facts, states = live(steps)
    for count in range(1, len(facts) + 1):
        assert fold(facts[:count]) == states[count - 1]


@given(st.lists(commands, max_size=25))
@settings(max_examples=150, deadline=None)
def test_what_is_stored_and_published_reads_back_as_the_same_events(steps: list[Any]) -> None:
    facts, states = live(steps)
    reread = []
    for fact in facts:
        payload = orjson.loads(fact.event.model_dump_json())
        reread.append(Fact(fact.version, event_of(fact.event.message_type(), payload), fact.recorded_at))
    assert reread == facts
    assert fold(reread) == states[-1]


def test_what_is_said_at_the_declaration_is_what_everybody_reads() -> None:
    command = DeclareIncident(
        incident_id=INCIDENT,
        title="Filler 2 jammed",
        severity=Severity.SEV1,
        facility_id=UUID(int=5),
        area_id=UUID(int=6),
        asset_ids=[UUID(int=7)],
        description="Bottles on the floor",
        tags=["night"],
    )
    said = {name: value for name, value in command if name != "incident_id"}
    assert set(said) == command.model_fields_set - {"incident_id"}
    events = decisions.declare(command, number="INC-1", actor="system:x", lead=None, now=START)
    state = fold([Fact(1, events[0], START)])
    assert {name: getattr(state, name) for name in said} == said


@given(st.lists(commands, max_size=25))
@settings(max_examples=50, deadline=None)
def test_an_event_kept_before_its_optional_fields_were_invented_is_still_read(steps: list[Any]) -> None:
    for fact in live(steps)[0]:
        public = fact.event
        required = {name for name, field in type(public).model_fields.items() if field.is_required()}
        old = {name: value for name, value in public.model_dump(mode="json").items() if name in required}
        now = type(public).model_validate(old).model_dump(mode="json")
        assert event_of(public.message_type(), old) == event_of(public.message_type(), now)


@given(st.lists(commands, max_size=25))
@settings(max_examples=150, deadline=None)
def test_an_incident_always_has_a_lead_and_a_status_that_may_follow(steps: list[Any]) -> None:
    _, states = live(steps)
    for before, state in itertools.pairwise(states):
        assert state.assigned_to is not None
        if state.status is not before.status:
            assert (
                state.status in MAY_FOLLOW[before.status]
                or (state.status is Status.RESOLVED and before.status.is_open)
                or (state.status is Status.CLOSED and before.status is Status.RESOLVED)
                or (state.status is Status.INVESTIGATING and not before.status.is_open)
            )
