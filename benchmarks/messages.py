"""Chat messages as the gateway publishes them, laid into the bus as its relay would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import nats

from haveri_chassis.ids import SystemIds
from haveri_contracts.chat.events import Author, MessagePosted
from haveri_contracts.envelope import Envelope, wrap

_ANNA = UUID(int=1)
_AUTHOR = Author(member_id=_ANNA, display_name="Anna Virtanen", platform_user_id="29:1I9Is_Sx0O")


async def publish_messages(nats_url: str, organization: str, incidents: Sequence[UUID], count: int) -> None:
    """Publish `count` messages, to the incidents in turn."""
    connection = await nats.connect(nats_url)
    stream, ids = connection.jetstream(publish_async_max_pending=2000), SystemIds()
    for n in range(count):
        envelope = _message(ids.new(), organization, incidents[n % len(incidents)], n)
        await stream.publish_async(
            MessagePosted.subject(organization), envelope.encode(), headers={"Nats-Msg-Id": str(envelope.id)}
        )
    await stream.publish_async_completed()
    await connection.close()


def _message(envelope_id: UUID, organization: str, incident_id: UUID, n: int) -> Envelope:
    message = MessagePosted(
        incident_id=incident_id,
        platform="teams",
        channel_ref="19:6d97d816470f481dbcda38244b98689a@thread.tacv2",
        message_ref=str(1481567603816 + n),
        author=_AUTHOR,
        text=f"Message {n}: the infeed sensor of filler 2 has come loose again, tightening it now",
        posted_at=datetime.now(UTC),
    )
    return wrap(
        message,
        id=envelope_id,
        source="teams-gateway",
        organization=organization,
        actor=f"member:{_ANNA}",
        time=message.posted_at,
    )
