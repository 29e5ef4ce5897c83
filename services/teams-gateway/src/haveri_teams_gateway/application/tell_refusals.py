"""What Teams will never show is news too: it goes onto the incident's timeline."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from haveri_chassis.messages import Sender
from haveri_contracts.chat.events import Author, NotificationFailed
from haveri_contracts.envelope import Envelope
from haveri_teams_gateway.application.capture_message import PLATFORM
from haveri_teams_gateway.application.ports import GATEWAY
from haveri_teams_gateway.domain.tenant import Tenant


class RefusalLog(Protocol):
    """Remembers what was refused, and lets the news out in the same transaction."""

    async def add(
        self, organization: str, incident_id: UUID, refused: dict[str, str], envelopes: dict[str, Envelope]
    ) -> None:
        """Remember what was not known before, by step, and emit its envelope."""
        ...


class TellRefusals:
    """Makes the event for every step that Teams refused for good."""

    def __init__(self, log: RefusalLog, sender: Sender, app_id: str) -> None:
        self._log = log
        self._sender = sender
        self._app_id = app_id

    async def tell(self, tenant: Tenant, incident_id: UUID, refused: dict[str, str]) -> None:
        """Say each of them once."""
        envelopes = {step: self._envelope(tenant, incident_id, step, reason) for step, reason in refused.items()}
        await self._log.add(tenant.organization, incident_id, refused, envelopes)

    def _envelope(self, tenant: Tenant, incident_id: UUID, step: str, reason: str) -> Envelope:
        return self._sender.event(
            failure(
                tenant.global_channel or tenant.group_id, step, incident_id, step, reason, self._sender, self._app_id
            ),
            organization=tenant.organization,
            actor=GATEWAY,
            cause=None,
        )


def failure(
    channel: str, message: str, incident_id: UUID, what: str, reason: str, sender: Sender, app_id: str
) -> NotificationFailed:
    """Something that did not get through after every try."""
    return NotificationFailed(
        incident_id=incident_id,
        platform=PLATFORM,
        channel_ref=channel,
        message_ref=message,
        author=Author(display_name="Haveri", platform_user_id=app_id),
        what=what[:200],
        reason=reason[:200] or "no reason was given",
        failed_at=sender.clock.now(),
    )
