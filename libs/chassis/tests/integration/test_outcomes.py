"""The same command gets the same answer, and has its effect once."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from haveri_chassis.outcomes import OutcomeTaken, find_outcome, record_outcome
from haveri_chassis.sessions import driver_connection
from haveri_contracts.outcomes import Outcome, Problem


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.accepted(uuid4(), {"number": "INC-42", "tags": ["Förderband"], "duration": 1.5, "note": None}),
        Outcome.accepted(uuid4()),
        Outcome.rejected(uuid4(), Problem(type="incident-already-closed", title="It is closed.", detail="Reopen it.")),
    ],
)
async def test_a_recorded_outcome_is_found_as_it_was(sample_database, fresh_organization, outcome):
    organization = fresh_organization()
    async with sample_database.transaction(organization) as connection:
        assert await find_outcome(connection, organization, outcome.command_id) is None
        await record_outcome(connection, organization, outcome)
    async with sample_database.transaction(organization) as connection:
        assert await find_outcome(connection, organization, outcome.command_id) == outcome


async def test_a_second_outcome_of_a_command_is_refused(sample_database, fresh_organization):
    organization, outcome = fresh_organization(), Outcome.accepted(uuid4())
    async with sample_database.transaction(organization) as connection:
        await record_outcome(connection, organization, outcome)
    with pytest.raises(OutcomeTaken) as taken:
        async with sample_database.transaction(organization) as connection:
            await record_outcome(connection, organization, outcome)
    assert taken.value.command_id == outcome.command_id


async def test_of_two_deliveries_at_once_one_takes_effect(sample_database, fresh_organization):
    organization, command_id = fresh_organization(), uuid4()

    async def carry_out(number: int) -> str:
        try:
            async with sample_database.transaction(organization) as connection:
                add = "INSERT INTO notes (organization_id, name) VALUES ($1, $2)"
                await connection.execute(add, organization, f"effect {number}")
                await record_outcome(connection, organization, Outcome.accepted(command_id, {"by": number}))
        except OutcomeTaken:
            return "taken"
        return "done"

    assert sorted(await asyncio.gather(*(carry_out(number) for number in range(6)))) == ["done"] + ["taken"] * 5
    async with sample_database.transaction(organization) as connection:
        assert await connection.fetchval("SELECT count(*) FROM notes") == 1


async def test_an_outcome_can_be_recorded_in_a_sqlalchemy_session(sample_database, fresh_organization):
    organization, outcome = fresh_organization(), Outcome.accepted(uuid4(), {"number": "INC-1"})
    async with sample_database.session(organization) as session:
        connection = await driver_connection(session)
        await record_outcome(connection, organization, outcome)
        assert await find_outcome(connection, organization, outcome.command_id) == outcome


async def test_an_outcome_belongs_to_one_organization_and_never_changes(sample_database, fresh_organization):
    ours, theirs, outcome = fresh_organization(), fresh_organization(), Outcome.accepted(uuid4())
    async with sample_database.transaction(ours) as connection:
        await record_outcome(connection, ours, outcome)
    async with sample_database.transaction(theirs) as connection:
        assert await find_outcome(connection, ours, outcome.command_id) is None
    for statement in ("UPDATE command_outcomes SET outcome = '{}'", "DELETE FROM command_outcomes"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with sample_database.transaction(ours) as connection:
                await connection.execute(statement)
