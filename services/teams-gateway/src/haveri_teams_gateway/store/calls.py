"""The calls of members in chat: what was asked, what became of it, and what their cards are to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from haveri_chassis.database import Database
from haveri_chat.calls.values import ChatCall, Ending, EndKind, Shows
from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason
from haveri_teams_gateway.store.jobs import Job, Jobs

CALL = "call"
Outcome = Literal["delivered", "failed", "unneeded"]
_OPEN = "(outcome = '' OR (outcome = 'delivered' AND shows < to_show))"
_END = """
UPDATE calls SET ending = $3, ended_at = $4, ended_by = $5, to_show = 2
WHERE organization_id = $1 AND incident_id = $2 AND ending IS NULL
"""


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call as it is remembered. `outcome` is empty until it was sent or given up; `to_show` is for its card."""

    call: ChatCall
    requested_at: datetime
    outcome: Outcome | Literal[""]
    ending: Ending | None
    to_show: Shows


class Calls:
    """Every change that leaves something to do asks for the call's job in the same transaction, and gives it."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

    async def put(self, organization: str, call: ChatCall, requested_at: datetime) -> list[Job]:
        """Remember that a member is to be called; the same call again changes nothing."""
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                INSERT INTO calls (organization_id, call_id, attempt, incident_id, member_id, purpose, because,
                    requested_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
                """,
                organization,
                call.id,
                call.attempt,
                call.incident_id,
                call.member_id,
                call.purpose.value,
                asdict(call.because) if isinstance(call.because, Reason) else call.because,
                requested_at,
            )
            return await self._jobs.put(connection, organization, CALL, [call.id])

    async def end(self, organization: str, incident_id: UUID, call_ids: Sequence[UUID], ending: Ending) -> list[Job]:
        """These calls are over."""
        return await self._change(
            organization, incident_id, f"{_END} AND call_id = ANY ($6::uuid[])", *_said(ending), list(call_ids)
        )

    async def end_all(self, organization: str, incident_id: UUID, ending: Ending) -> list[Job]:
        """Every call of the incident that was asked for before is over; those to join go on when it is only taken."""
        purposes = ["take"] if ending.kind is EndKind.TAKEN else ["take", "join"]
        statement = f"{_END} AND purpose = ANY ($6::text[]) AND requested_at <= $4"
        return await self._change(organization, incident_id, statement, *_said(ending), purposes)

    async def link(self, organization: str, incident_id: UUID) -> list[Job]:
        """The incident has a channel by now, to which its cards are to lead."""
        statement = "UPDATE calls SET to_show = 1 WHERE organization_id = $1 AND incident_id = $2 AND to_show = 0"
        return await self._change(organization, incident_id, statement)

    async def open(self, organization: str, call_id: UUID) -> list[KeptCall]:
        """The attempts of a call that have something left to do, as they are now."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                f"SELECT * FROM calls WHERE organization_id = $1 AND call_id = $2 AND {_OPEN} ORDER BY attempt",  # noqa: S608
                organization,
                call_id,
            )
        return [_kept(row) for row in rows]

    async def settle(self, organization: str, call: ChatCall, outcome: Outcome, shows: Shows) -> None:
        """What became of the call, and what its card shows.

        A card that was sent counts, whatever another replica thought of it meanwhile.
        """
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                UPDATE calls SET outcome = $4, shows = $5
                WHERE organization_id = $1 AND call_id = $2 AND attempt = $3 AND (outcome = '' OR $4 = 'delivered')
                """,
                organization,
                call.id,
                call.attempt,
                outcome,
                int(shows),
            )

    async def shown(self, organization: str, call: ChatCall, shows: Shows) -> None:
        """The card shows this by now."""
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                UPDATE calls SET shows = greatest(shows, $4::smallint)
                WHERE organization_id = $1 AND call_id = $2 AND attempt = $3
                """,
                organization,
                call.id,
                call.attempt,
                int(shows),
            )

    async def _change(self, organization: str, incident_id: UUID, statement: str, *values: Any) -> list[Job]:
        async with self._database.transaction(organization) as connection:
            changed = await connection.fetch(f"{statement} RETURNING call_id", organization, incident_id, *values)
            return await self._jobs.put(connection, organization, CALL, {row["call_id"] for row in changed})


def _said(ending: Ending) -> tuple[str, datetime, UUID | None]:
    return ending.kind.value, ending.at, ending.by


def _kept(row: Any) -> KeptCall:
    because = row["because"]
    call = ChatCall(
        row["call_id"],
        row["attempt"],
        row["incident_id"],
        row["member_id"],
        Purpose(row["purpose"]),
        because if isinstance(because, str) else Reason.read(because),
    )
    ending = Ending(EndKind(row["ending"]), row["ended_at"], row["ended_by"]) if row["ending"] else None
    return KeptCall(call, row["requested_at"], row["outcome"], ending, Shows(row["to_show"]))
