"""Messages are captured whose channel has become known as an incident's since they arrived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable
from haveri_teams_gateway.application.capture_message import CaptureMessage
from haveri_teams_gateway.application.ports import PlantOf, Read
from haveri_teams_gateway.store.capture import Capture, WaitingMessages

LOOK_EVERY = timedelta(seconds=1)


class CaptureWaiting:
    """Looks for them."""

    def __init__(self, waiting: WaitingMessages, plant_of: PlantOf, capture: CaptureMessage, read: Read) -> None:
        self._waiting = waiting
        self._plant_of = plant_of
        self._capture = capture
        self._read = read

    async def do(self) -> None:
        """One round."""
        for organization in await self._waiting.organizations():
            await self._of(organization)

    async def _of(self, organization: str) -> None:
        """One organisation's; what nobody can be named for yet waits on."""
        try:
            plant = await self._plant_of(organization)
        except OwnerUnavailable:
            return

        def read(body: dict[str, Any], activity_id: UUID) -> tuple[str | None, Capture]:
            activity = self._read(body)
            return activity.arrival.conversation.thread, self._capture.of(organization, activity, activity_id, plant)

        while await self._waiting.capture(organization, read):
            pass
