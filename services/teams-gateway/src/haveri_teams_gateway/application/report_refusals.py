"""What Teams will never show goes onto the incident's timeline."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.messages import Sender
from haveri_contracts.chat.events import Author, NotificationFailed
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.reasons import Reason
from haveri_teams_gateway.application.capture_message import PLATFORM
from haveri_teams_gateway.application.neighbours import GATEWAY
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.channels import Channels


class ReportRefusals:
    """Makes the event for every step that Teams refused for good."""

    def __init__(self, channels: Channels, sender: Sender, app_id: str) -> None:
        self._channels = channels
        self._sender = sender
        self._app_id = app_id

    async def report(self, tenant: Tenant, incident_id: UUID, refused: dict[str, Reason]) -> None:
        """Report each of them once."""
        envelopes = {step: self._envelope(tenant, incident_id, step, reason) for step, reason in refused.items()}
        texts = {step: text_of(reason) for step, reason in refused.items()}
        await self._channels.refused(tenant.organization, incident_id, texts, envelopes)

    def _envelope(self, tenant: Tenant, incident_id: UUID, step: str, reason: Reason) -> Envelope:
        return self._sender.event(
            failure(
                tenant.global_channel or tenant.group_id, step, incident_id, step, reason, self._sender, self._app_id
            ),
            organization=tenant.organization,
            actor=GATEWAY,
            cause=None,
        )


def text_of(reason: Reason) -> str:
    """For readers from before there were reasons."""
    return str(reason.params.get("detail") or reason)


def failure(
    channel: str, message: str, incident_id: UUID, what: str, reason: Reason, sender: Sender, app_id: str
) -> NotificationFailed:
    """Something that did not get through after every try."""
    return NotificationFailed(
        incident_id=incident_id,
        platform=PLATFORM,
        channel_ref=channel,
        message_ref=message,
        author=Author(display_name="Haveri", platform_user_id=app_id),
        what=what[:200],
        reason=text_of(reason)[:200],
        cause=reason,
        failed_at=sender.clock.now(),
    )
