"""A step is one worker's at a time, and nobody's as soon as its worker has let go of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from haveri_chassis.database import Database
from haveri_chat.workflow.store import StepBusy, StepState
from haveri_teams_gateway.store.workflow_steps import InHand, WorkflowSteps

NOW = datetime(2026, 3, 14, 5, 42, tzinfo=UTC)
LEASE = {"at": NOW, "until": NOW + timedelta(seconds=30)}
STEP = "invite:lead"


class GoneForAWhile:
    """A database that is away while `away` is set; `after_commit` loses the answer only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.away = self.after_commit = False

    @asynccontextmanager
    async def transaction(self, organization: str) -> AsyncIterator[Any]:
        if self.away:
            raise ConnectionRefusedError
        async with self._database.transaction(organization) as connection:
            yield connection
        if self.after_commit:
            raise ConnectionResetError


@pytest.fixture
async def database(house: Any) -> AsyncIterator[GoneForAWhile]:
    found = house.database("teams-gateway")
    await found.start()
    yield GoneForAWhile(found)
    await found.stop()


def steps(database: Any, organization: str, in_hand: InHand | None = None, owner: int = 7) -> WorkflowSteps:
    return WorkflowSteps(database, organization, owner, "group", set() if in_hand is None else in_hand)


async def test_a_step_that_is_being_worked_on_is_busy_also_for_the_same_replica(database, fresh_organization) -> None:
    organization, in_hand, incident = fresh_organization(), set(), uuid4()
    await steps(database, organization, in_hand).claim(incident, STEP, **LEASE)
    for other in (steps(database, organization, in_hand), steps(database, organization, in_hand)):
        with pytest.raises(StepBusy):
            await other.claim(incident, STEP, **LEASE)


async def test_a_step_whose_end_could_not_be_stored_is_taken_up_again_at_once(database, fresh_organization) -> None:
    organization, in_hand, incident = fresh_organization(), set(), uuid4()
    store = steps(database, organization, in_hand)
    await store.claim(incident, STEP, **LEASE)
    database.away = True
    with pytest.raises(ConnectionRefusedError):
        await store.finish(incident, STEP, reference="ref", version=1)
    with pytest.raises(ConnectionRefusedError):
        await store.release(incident, STEP)
    database.away = False
    again = await store.claim(incident, STEP, **LEASE)
    assert again.state is StepState.ATTEMPTING
    await store.finish(incident, STEP, reference="ref", version=1)
    assert (await store.steps(incident))[STEP].state is StepState.DONE


async def test_a_claim_whose_answer_was_lost_is_taken_up_again_at_once(database, fresh_organization) -> None:
    organization, incident = fresh_organization(), uuid4()
    store = steps(database, organization)
    database.after_commit = True
    with pytest.raises(ConnectionResetError):
        await store.claim(incident, STEP, **LEASE)
    database.after_commit = False
    assert (await store.claim(incident, STEP, **LEASE)).state is StepState.ATTEMPTING
