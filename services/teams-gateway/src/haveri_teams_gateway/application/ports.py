"""What the use cases need of Teams and of the directory's copy: where a second platform would stand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from haveri_chat.plant import Plant
from haveri_chat.ports import ChatPlatform
from haveri_contracts.directory.models import Locale
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_teams_gateway.application.reply import Reply
from haveri_teams_gateway.domain.activities import Activity, ExpectedAnswer
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.files import NewFile
from haveri_teams_gateway.store.people import KnownPerson

PlantOf = Callable[[str], Awaitable[Plant]]
"""An organisation's plant; raises OwnerUnavailable when it was never seen and the directory is away."""
PlatformOf = Callable[[Tenant], ChatPlatform]
"""Teams, as an organisation's ChatPlatform."""
FindPerson = Callable[[Tenant, str, str], Awaitable[KnownPerson | None]]
"""Somebody in a conversation, by either of Teams' ids; raises PlatformUnavailable."""
Read = Callable[[dict[str, Any]], Activity]
"""What an activity's JSON means."""


class InvokeAnswers(Protocol):
    """The bodies that answer invokes."""

    async def body(
        self, tenant: Tenant, activity: Activity, expected: ExpectedAnswer, reply: Reply, plant: Plant
    ) -> Any:
        """The answer to what was asked; after a change the pressed card as it is now."""
        ...

    async def again(self, tenant: Tenant, activity: Activity, answer: Any) -> Any:
        """The answer for somebody who asks again; a card is drawn anew, for it may have changed since."""
        ...

    def later(self, activity: Activity, locale: Locale) -> Any:
        """The answer "accepted, will follow", None when nobody waits."""
        ...


class NotTaken(Exception):
    """A file will not be taken, now or later; `reason` is for the timeline."""

    def __init__(self, code: ReasonCode, **params: Any) -> None:
        self.reason = Reason.of(code, **params)
        super().__init__(str(self.reason))


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's bytes and what they are."""

    content: bytes
    content_type: str
    sha256: str


class FileSourceReader(Protocol):
    """Gets at files in Teams. Raises PlatformUnavailable, PlatformRefused or NotTaken."""

    async def attached(self, tenant: Tenant, file: NewFile) -> list[tuple[str, str]]:
        """Name and web address of each file attached to a channel's message."""
        ...

    async def fetch(self, tenant: Tenant, file: NewFile) -> Fetched:
        """The bytes."""
        ...
