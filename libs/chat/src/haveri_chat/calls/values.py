"""A call of a member in chat, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from haveri_contracts.escalation.models import EndReason, Purpose, Trigger
from haveri_contracts.escalation.reasons import Reason


class EndKind(StrEnum):
    """How a call ended, as its card says it."""

    TAKEN = "taken"
    RESOLVED = "resolved"
    COMING = "coming"
    NOT_NEEDED = "not_needed"


class Shows(IntEnum):
    """What a call's card shows; it only ever goes up."""

    BUTTON = 0
    BUTTON_AND_LINK = 1
    END = 2


@dataclass(frozen=True)
class Ending:
    """How a call ended: by whom, where that matters, and when (UTC)."""

    kind: EndKind
    at: datetime
    by: UUID | None = None

    @classmethod
    def of(cls, reason: EndReason, at: datetime, by: UUID | None) -> Ending:
        """From what the escalation service says; taken without a name is only "not needed any more"."""
        if reason is EndReason.ACKNOWLEDGED and by is not None:
            return cls(EndKind.TAKEN, at, by)
        if reason in (EndReason.RESOLVED, EndReason.CLOSED):
            return cls(EndKind.RESOLVED, at)
        return cls(EndKind.NOT_NEEDED, at)


@dataclass(frozen=True)
class ChatCall:
    """A member who is called in chat. `attempt` counts from 1; `because` says why them, in words before reasons."""

    id: UUID
    attempt: int
    incident_id: UUID
    member_id: UUID
    purpose: Purpose
    because: Reason | str = ""

    @property
    def step(self) -> str:
        """The name under which it is done once, and the marker that its card carries."""
        return f"call:{self.id}:{self.attempt}"


@dataclass(frozen=True)
class Notice:
    """A notice in a channel. `{people}` in the text stands for the mentions of `people`.

    `key` tells it from other notices of the incident where several events say the same; else each event is its own.
    """

    text: str
    people: tuple[UUID, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Before:
    """What happened in a run before a step: why the run began, and how long nobody has answered."""

    trigger: Trigger | None = None
    unanswered_minutes: float | None = None
