"""The workflow's steps in PostgreSQL, and with them which channel is which incident's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from haveri_chassis.database import Database
from haveri_chat.workflow.shown import ShownCard
from haveri_chat.workflow.store import StepBusy, StepRecord, StepState
from haveri_teams_gateway.store.liveness import DEAD

CHANNEL_STEP = "create_channel"
CARD_STEP = "post_workflow_card"

_CLAIM = f"""
WITH before AS (
    SELECT state, reference, version,
        claimed_until > $4::timestamptz AND CASE WHEN owner = $6::bigint THEN $7 ELSE NOT {DEAD} END AS busy,
        greatest(extract(epoch FROM claimed_until - $4), 0.1) AS remaining
    FROM steps WHERE organization_id = $1 AND incident_id = $2 AND step = $3 FOR UPDATE
), claimed AS (
    INSERT INTO steps (organization_id, incident_id, step, state, owner, claimed_until)
    SELECT $1, $2, $3, 'attempting', $6, $5 WHERE NOT EXISTS (SELECT FROM before WHERE busy)
    ON CONFLICT (organization_id, incident_id, step) DO UPDATE SET owner = $6, claimed_until = $5
    WHERE steps.claimed_until IS NULL OR EXISTS (SELECT FROM before WHERE NOT busy)
    RETURNING true
)
SELECT (SELECT count(*) FROM claimed) = 1 AS mine, before.* FROM (SELECT) AS one LEFT JOIN before ON true
"""  # noqa: S608


InHand = set[tuple[str, UUID, str]]
"""The steps (organisation, incident, name) that this replica is at right now."""
_FINISH = """
WITH made AS (
    INSERT INTO channels (organization_id, channel, incident_id, group_id)
    SELECT $1, $6::text, $2, $7 WHERE $6::text <> ''
    ON CONFLICT DO NOTHING
)
UPDATE steps SET state = 'done', reference = $4, version = $5, owner = NULL, claimed_until = NULL
WHERE organization_id = $1 AND incident_id = $2 AND step = $3
"""


class WorkflowSteps:
    """The WorkflowStore of one organisation. A claim whose replica is gone is over at once.

    So is one that this replica has let go of and could not give back, because the database was away just then.
    `in_hand` is shared by all organisations of the replica.
    """

    def __init__(
        self,
        database: Database,
        organization: str,
        owner: int,
        group_id: str,
        in_hand: InHand,
    ) -> None:
        self._database = database
        self._organization = organization
        self._owner = owner
        self._group_id = group_id
        self._in_hand = in_hand

    async def steps(self, incident_id: UUID) -> Mapping[str, StepRecord]:
        """Every step that was ever claimed, by name."""
        async with self._database.transaction(self._organization) as connection:
            rows = await connection.fetch(
                "SELECT step, state, reference, version FROM steps WHERE organization_id = $1 AND incident_id = $2",
                self._organization,
                incident_id,
            )
        return {row["step"]: StepRecord(StepState(row["state"]), row["reference"], row["version"]) for row in rows}

    async def claim(self, incident_id: UUID, step: str, *, at: datetime, until: datetime) -> StepRecord:
        """Take the step; raises StepBusy while somebody alive holds it."""
        key = self._organization, incident_id, step
        held = key in self._in_hand
        self._in_hand.add(key)
        mine = False
        try:
            async with self._database.transaction(self._organization) as connection:
                row = await connection.fetchrow(_CLAIM, *key, at, until, self._owner, held)
            mine = row is not None and row["mine"]
        finally:
            if not (mine or held):
                self._in_hand.discard(key)
        if row is None or not mine:
            raise StepBusy(step, float(row["remaining"] or 1.0) if row else 1.0)
        if row["state"] is None:
            return StepRecord()
        return StepRecord(StepState(row["state"]), row["reference"], row["version"])

    async def finish(self, incident_id: UUID, step: str, *, reference: str, version: int) -> None:
        """The step is done. A channel or thread that it made is the incident's from the same moment on."""
        self._in_hand.discard((self._organization, incident_id, step))
        async with self._database.transaction(self._organization) as connection:
            await connection.execute(
                _FINISH,
                self._organization,
                incident_id,
                step,
                reference,
                version,
                _channel_of(step, reference),
                self._group_id,
            )

    async def release(self, incident_id: UUID, step: str) -> None:
        """The claim is over; the state stays."""
        self._in_hand.discard((self._organization, incident_id, step))
        async with self._database.transaction(self._organization) as connection:
            await connection.execute(
                """
                UPDATE steps SET owner = NULL, claimed_until = NULL
                WHERE organization_id = $1 AND incident_id = $2 AND step = $3
                """,
                self._organization,
                incident_id,
                step,
            )


def _channel_of(step: str, reference: str) -> str:
    """The channel reference that a finished step made known: the channel, or the thread that its card opened."""
    if step == CHANNEL_STEP:
        return reference
    if step == CARD_STEP:
        return ShownCard.decode(reference).posted.thread
    return ""
