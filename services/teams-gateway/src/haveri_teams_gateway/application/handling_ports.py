"""What handling an activity needs of the world."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from haveri_chat.plant import Plant
from haveri_contracts.directory.models import Locale
from haveri_teams_gateway.application.reply import Reply
from haveri_teams_gateway.domain.activities import Activity, Asked
from haveri_teams_gateway.domain.tenant import Tenant


class Someone(Protocol):
    """Somebody in Teams."""

    @property
    def object_id(self) -> str:
        """The aadObjectId."""
        ...


class WhoIsWho(Protocol):
    """From either of Teams' ids to the person."""

    async def find(self, tenant: Tenant, conversation: str, either_id: str) -> Someone | None:
        """Somebody in a conversation; raises PlatformUnavailable."""
        ...


class ChannelIncidents(Protocol):
    """Which incident a channel or thread is lived in."""

    async def channel_incident(self, organization: str, refs: list[str]) -> UUID | None:
        """The incident of the most particular of the references."""
        ...


class ActivityEnds(Protocol):
    """Where it is recorded how the handling of an activity ended."""

    async def finish(
        self, organization: str, activity: UUID, answer: Any = None, *, may_come_again: bool = False
    ) -> None:
        """Handled, with this answer for whoever asks again; `may_come_again` under another id, as a new act."""
        ...

    async def follow(self, organization: str, activity: UUID, due_at: datetime, answer: Any) -> None:
        """Sent, the outcome follows."""
        ...

    async def later(self, organization: str, activity: UUID, due_at: datetime) -> None:
        """Not handled, again at `due_at`."""
        ...


class InvokeAnswers(Protocol):
    """The bodies that answer invokes."""

    async def body(self, tenant: Tenant, activity: Activity, asked: Asked, reply: Reply, plant: Plant) -> Any:
        """The answer to what was asked; after a change the pressed card as it is now."""
        ...

    async def again(self, tenant: Tenant, activity: Activity, answer: Any) -> Any:
        """The answer for somebody who asks again; a card is drawn anew, for it may have changed since."""
        ...

    def later(self, activity: Activity, locale: Locale) -> Any:
        """The answer "accepted, will follow", None when nobody waits."""
        ...
