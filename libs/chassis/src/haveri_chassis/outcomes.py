"""What each command was answered with, recorded in the transaction that carried it out."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from haveri_contracts.outcomes import Outcome

_RECORD = """
INSERT INTO command_outcomes (organization_id, command_id, outcome) VALUES ($1, $2, $3::text::jsonb)
ON CONFLICT DO NOTHING
"""
_FIND = "SELECT outcome::text FROM command_outcomes WHERE organization_id = $1 AND command_id = $2"


class OutcomeTaken(Exception):
    """The command was answered before (by a concurrent delivery, say): roll back and give the recorded answer."""

    def __init__(self, command_id: UUID) -> None:
        super().__init__(f"the outcome of command {command_id} has been recorded before")
        self.command_id = command_id


async def record_outcome(connection: asyncpg.Connection, organization_id: str, outcome: Outcome) -> None:
    """Record the answer to a command in the caller's transaction; raises OutcomeTaken when there is one already.

    When two deliveries meet, the second waits here until the first has committed or rolled back.
    """
    status = await connection.execute(_RECORD, organization_id, outcome.command_id, outcome.model_dump_json())
    if status != "INSERT 0 1":
        raise OutcomeTaken(outcome.command_id)


async def find_outcome(connection: asyncpg.Connection, organization_id: str, command_id: UUID) -> Outcome | None:
    """The recorded answer to a command, or None when it has not been answered."""
    recorded = await connection.fetchval(_FIND, organization_id, command_id)
    return None if recorded is None else Outcome.model_validate_json(recorded)
