"""Notifying one called member, one way, unless it is not needed any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.application.calling import (
    CallFacts,
    Calls,
    Carrier,
    Directory,
    IncidentNow,
    Incidents,
    Links,
    NotSent,
    Recipient,
)
from haveri_escalation.application.messages import Notice, Text, letter, short_message, spoken, why_you
from haveri_escalation.domain.links import Link

_TEXTS: dict[str, Callable[[Notice, str], Text]] = {
    "email": letter,
    "sms": short_message,
    "push": short_message,
    "voice": spoken,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a notification; `reason` holds no address and no secret."""

    outcome: Literal["sent", "failed", "unneeded"]
    reason: Reason | None = None


class Notify:
    """Looks, writes, sends."""

    def __init__(
        self, calls: Calls, incidents: Incidents, directory: Directory, links: Links, carrier: Carrier
    ) -> None:
        self._calls = calls
        self._incidents = incidents
        self._directory = directory
        self._links = links
        self._carrier = carrier

    async def __call__(self, organization: str, call_id: UUID, via: str, cause: Reason | None = None) -> Report:
        """Notify for this call by this way. Raises OwnerUnavailable when nobody knows how to reach the member yet."""
        call = await self._calls.find(organization, call_id)
        if call is None:
            return Report("failed", Reason.of(ReasonCode.CALL_UNKNOWN))
        if not call.state.is_open:
            return Report("unneeded", Reason.of(ReasonCode.NOT_NEEDED))
        now = await self._incidents.now(organization, call.incident_id)
        # Nobody is called for what is taken. While the owner is away nobody can tell: better one call too many.
        if now is not None and not now.needs(call.purpose):
            over = Reason.of(ReasonCode.RUN_ENDED, end=now.status.value.lower())
            return Report("unneeded", over if now.is_over else Reason.of(ReasonCode.TAKEN))
        recipient = await self._directory.recipient(organization, call.member_id)
        if recipient is None:
            return Report("failed", Reason.of(ReasonCode.MEMBER_GONE))
        address = recipient.addresses.get(via)
        if address is None:
            return Report("failed", Reason.of(ReasonCode.NO_ADDRESS))
        because = await self._because(organization, call, cause, recipient)
        return await self._send(via, address, await self._text(organization, call, now, recipient, via, because))

    async def _send(self, via: str, address: str, text: Text) -> Report:
        try:
            await self._carrier.send(via, address, text)
        except NotSent as problem:
            return Report("failed", problem.reason)
        return Report("sent")

    async def _because(self, organization: str, call: CallFacts, cause: Reason | None, recipient: Recipient) -> str:
        if cause is None:
            return call.because
        try:
            team = await self._directory.team(organization, UUID(str(cause.params.get("team_id"))))
        except ValueError:
            team = None
        return why_you(cause, team, recipient.language)

    async def _text(
        self,
        organization: str,
        call: CallFacts,
        now: IncidentNow | None,
        recipient: Recipient,
        via: str,
        because: str,
    ) -> Text:
        since = now.declared_at if now else call.called_at
        notice = Notice(
            number=call.number,
            title=now.title if now else call.title,
            severity=now.severity if now else call.severity,
            purpose=call.purpose,
            place=await self._directory.place(organization, call.facility_id, call.area_id, call.asset_ids),
            since=await self._directory.wall_clock(organization, call.facility_id, since),
            because=because,
            taken_by=await self._who_has_it(organization, call, now),
            link=self._links.url(organization, Link(call.id, call.incident_id, call.member_id)),
        )
        return _TEXTS[via](notice, recipient.language)

    async def _who_has_it(self, organization: str, call: CallFacts, now: IncidentNow | None) -> str:
        if call.purpose is not Purpose.JOIN or now is None or now.acknowledged_by is None:
            return ""
        member = await self._directory.recipient(organization, now.acknowledged_by)
        return member.name if member else ""
