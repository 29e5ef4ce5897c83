"""What became of notifications: remembered first, then reported to the engine."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from haveri_chassis.bus import CommandBus
from haveri_chassis.database import Database
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.commands import ReportNotification
from haveri_contracts.escalation.events import NotificationRequested
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.application.notify import Report

_ACTING = "system:escalation"
_NAMESPACE = uuid.UUID("0b6a1f0e-93a5-4c39-8c57-4d1f6a0b9e52")

_FIND = """
SELECT outcome, reason, cause, reported_at IS NOT NULL AS reported FROM notification_reports
WHERE organization_id = $1 AND request_id = $2
"""
_REMEMBER = """
INSERT INTO notification_reports (organization_id, request_id, outcome, cause) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
_REPORTED = """
UPDATE notification_reports SET reported_at = now() WHERE organization_id = $1 AND request_id = $2
"""


class NotificationReports:
    """One for each request; `request` is the envelope of the `NotificationRequested`."""

    def __init__(self, database: Database, commands: CommandBus) -> None:
        self._database = database
        self._commands = commands

    async def known(self, request: Envelope) -> tuple[Report, bool] | None:
        """What became of it earlier and whether the engine knows; None when it was never tried."""
        async with self._database.transaction(request.organization) as connection:
            row = await connection.fetchrow(_FIND, request.organization, request.id)
        return (Report(row["outcome"], _reason(row)), row["reported"]) if row else None

    async def remember(self, request: Envelope, report: Report) -> None:
        """Keep what became of it."""
        cause = asdict(report.reason) if report.reason else None
        async with self._database.transaction(request.organization) as connection:
            await connection.execute(_REMEMBER, request.organization, request.id, report.outcome, cause)

    async def report(self, request: Envelope, wanted: NotificationRequested, report: Report) -> None:
        """Report to the engine, under an id that is the same each time. Raises BusUnavailable."""
        await self._commands.send(
            ReportNotification(
                incident_id=wanted.incident_id,
                call_id=wanted.call_id,
                via=wanted.via,
                outcome=report.outcome,
                cause=report.reason,
            ),
            organization=request.organization,
            actor=_ACTING,
            command_id=uuid.uuid5(_NAMESPACE, f"{wanted.call_id}/{wanted.via.value}/{wanted.attempt}"),
            correlation_id=request.correlationid,
            causation_id=request.id,
            wait=0,
        )
        async with self._database.transaction(request.organization) as connection:
            await connection.execute(_REPORTED, request.organization, request.id)


def _reason(row: Any) -> Reason | None:
    if row["cause"] is not None:
        return Reason.read(row["cause"])
    # From before there were reasons.
    return Reason.of(ReasonCode.PROVIDER_REFUSED, detail=row["reason"]) if row["reason"] else None
