"""What older houses have in their tables is read for good, and what is written they read, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import orjson
import pytest
from policy_plant import named, policy, stretch

from haveri_contracts.escalation.models import LastResort, MitigationClock, Notify, Repeat, Step, Trigger
from haveri_escalation.adapters.translation_events import from_stored, stored_type, to_published, to_stored
from haveri_escalation.domain.events import Started
from haveri_escalation.domain.evolution import fold
from haveri_escalation.domain.facts import EscalationEvent
from haveri_escalation.domain.times import EVERY_DAY, weekdays

INCIDENT = UUID(int=900)
STORED: list[dict[str, Any]] = orjson.loads(Path(__file__).with_name("stored_events.json").read_bytes())
"""One of every kind, as it was stored when the domain's events were classes of their own; a history of one incident."""


def read(row: dict[str, Any]) -> EscalationEvent:
    return from_stored(INCIDENT, row["type"], row["payload"])


def test_there_is_one_of_every_kind() -> None:
    assert {type(read(row)) for row in STORED} == set(get_args(EscalationEvent))
    assert len(STORED) == len(get_args(EscalationEvent))


@pytest.mark.parametrize("row", STORED, ids=[row["type"] for row in STORED])
def test_what_was_stored_reads_back_and_is_written_as_it_was(row: dict[str, Any]) -> None:
    event = read(row)
    assert stored_type(event) == row["type"]
    assert orjson.loads(to_stored(event)) == row["payload"]


def test_an_old_history_gives_its_whole_state() -> None:
    state = fold(INCIDENT, map(read, STORED))
    assert state is not None
    (run,) = state.runs
    assert (run.policy_name, run.end_reason, run.window_id) == ("Nights", "exhausted", None)
    assert [(step.step, step.outcome) for step in run.steps] == [(1, "fired"), (2, "skipped")]
    answered, withdrawn = run.calls
    assert ([way.via for way in answered.ways], answered.state) == (["chat", "email"], "answered")
    assert (withdrawn.state, withdrawn.unneeded) == ("withdrawn", True)
    assert state.version == len(STORED)


def test_delays_that_were_stored_as_durations_are_the_contracts_minutes() -> None:
    (started,) = [event for event in map(read, STORED) if isinstance(event, Started)]
    chain = started.chain
    assert [step.after_minutes for step in chain.steps] == [0, 7.5]
    assert (chain.repeat, chain.acknowledgement_expires_minutes) == (Repeat(times=2, every_minutes=45), 30)
    assert chain.mitigation and chain.mitigation.within_minutes == 45
    assert chain.last_resort and chain.last_resort.after_minutes == 0.25


@pytest.mark.parametrize("row", STORED, ids=[row["type"] for row in STORED])
def test_what_only_the_engine_keeps_is_not_published(row: dict[str, Any]) -> None:
    published = to_published(read(row))
    if published is not None:
        data = published.model_dump(mode="json")
        assert data.keys() == type(published).model_fields.keys()
        assert "ways" not in orjson.dumps(data).decode()
        assert type(published).__module__ == "haveri_contracts.escalation.events"


def test_a_chain_reads_back_as_the_same() -> None:
    followed = policy(
        "P",
        times=[stretch("22:00-06:00")],
        steps=[Step(notify=Notify(shift_roles=["lead"], round_robin=True), after_minutes=0.1)],
        repeat=Repeat(times=2, every_minutes=7.5),
        acknowledgement_expires_minutes=30,
        mitigation=MitigationClock(within_minutes=60, notify=Notify(team_ids=[named("Crew A")])),
        last_resort=LastResort(after_minutes=0.5),
    )
    bare = followed.chain.model_copy(update={"repeat": None, "mitigation": None, "last_resort": None})
    for chain in (followed.chain, bare):
        begun = {"incident_id": INCIDENT, "run_id": INCIDENT, "trigger": Trigger.DECLARED, "steps": []}
        started = Started(**begun, chain=chain, started_at="2026-03-02T12:00:00Z")
        stored = orjson.loads(to_stored(started))
        assert from_stored(INCIDENT, stored_type(started), stored) == started
        assert stored["chain"]["steps"][0]["after"] == "PT6S"
    (night,) = followed.conditions.time_of_day
    assert weekdays(night) == weekdays(night.model_copy(update={"days": []})) == EVERY_DAY
