"""What calling members and telling channels needs of the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from haveri_chat.calls.values import ChatCall, Ending, Shows
from haveri_contracts.escalation.commands import ReportNotification
from haveri_contracts.escalation.events import EscalationEvent, EscalationStarted, EscalationUnacked

Outcome = Literal["delivered", "failed", "unneeded"]


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call as it is remembered. `outcome` is empty until it was sent or given up; `to_show` is for its card."""

    call: ChatCall
    requested_at: datetime
    outcome: Outcome | Literal[""]
    ending: Ending | None
    to_show: Shows


@dataclass(frozen=True, slots=True)
class News:
    """News of an escalation with its envelope's id, place in the incident's history and time."""

    id: UUID
    sequence: int
    event: EscalationEvent
    occurred_at: datetime


KeptNotice = News


class CallBook(Protocol):
    """Where calls are remembered. What leaves something to do makes the incident this replica's work."""

    async def put(self, organization: str, call: ChatCall, requested_at: datetime) -> None:
        """A member is to be called."""
        ...

    async def end(self, organization: str, incident_id: UUID, call_ids: Sequence[UUID], ending: Ending) -> bool:
        """These calls are over; False when none of them was open."""
        ...

    async def end_all(self, organization: str, incident_id: UUID, ending: Ending) -> bool:
        """Every call of the incident that was asked for before is over; those to join go on when it is only taken."""
        ...

    async def link(self, organization: str, incident_id: UUID) -> bool:
        """The incident has a channel by now, to which its cards are to lead."""
        ...

    async def open(self, organization: str, incident_id: UUID) -> list[ChatCall]:
        """The calls with something left to do."""
        ...

    async def find(self, organization: str, call: ChatCall) -> KeptCall | None:
        """A call with something left to do as it is now."""
        ...

    async def settle(self, organization: str, call: ChatCall, outcome: Outcome, shows: Shows) -> None:
        """What became of the call."""
        ...

    async def shown(self, organization: str, call: ChatCall, shows: Shows) -> None:
        """The card shows this by now."""
        ...


class NoticeBook(Protocol):
    """Where news for incidents' channels is kept."""

    async def put(self, organization: str, news: News, *, to_tell: bool) -> None:
        """Keep news, to be told or only to be looked up."""
        ...

    async def untold(self, organization: str, incident_id: UUID) -> list[KeptNotice]:
        """What is left to tell, in order."""
        ...

    async def told(self, organization: str, notice: UUID) -> None:
        """It stands in the channel, or never will."""
        ...

    async def before(
        self, organization: str, run_id: UUID, sequence: int
    ) -> tuple[EscalationStarted | None, EscalationUnacked | None]:
        """How a run began, and the last "nobody answered" in it since the step before."""
        ...


class DueTellings(Protocol):
    """Whose calls and notices are not all done."""

    async def settle(self, organization: str, incident_id: UUID, wait: timedelta, longest: timedelta) -> None:
        """Done, or again after `wait`, doubled each time in a row up to `longest`."""
        ...

    async def waits(self, organization: str, incident_id: UUID) -> bool:
        """True when something of the incident is undone; then this replica is at it from now on."""
        ...

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """Those whose work is due or abandoned."""
        ...

    async def claim(self, organization: str, now: datetime, in_hand: Sequence[UUID]) -> list[UUID]:
        """Take a few of what is due and not in hand here."""
        ...


class Reports(Protocol):
    """How the escalation service learns what became of a notification."""

    async def report(self, organization: str, command: ReportNotification, command_id: UUID) -> None:
        """Hand the report over durably, without waiting for its outcome; raises BusUnavailable."""
        ...
