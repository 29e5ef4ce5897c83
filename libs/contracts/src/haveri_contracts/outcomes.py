"""What a command is answered with."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from haveri_contracts.plain import Refusal
from haveri_contracts.types import Frozen


class OutcomeStatus(StrEnum):
    """Accepted and done, or rejected for a named reason."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Problem(Frozen):
    """Why something was refused: a stable name, one short sentence, and what to do about it."""

    type: str
    title: str
    detail: str
    errors: list[dict[str, Any]] = Field(default_factory=list)

    @classmethod
    def of(cls, refusal: Refusal) -> Problem:
        """The problem that a refusal is shown as."""
        return cls(type=refusal.type, title=refusal.title, detail=refusal.detail, errors=list(refusal.errors))


class Outcome(Frozen):
    """The answer to one command; the same command id always gets the same one."""

    command_id: UUID
    status: OutcomeStatus
    result: dict[str, Any] | None = None
    problem: Problem | None = None

    @classmethod
    def accepted(cls, command_id: UUID, result: dict[str, Any] | None = None) -> Outcome:
        """The command took effect; `result` is JSON-ready."""
        return cls(command_id=command_id, status=OutcomeStatus.ACCEPTED, result=result)

    @classmethod
    def rejected(cls, command_id: UUID, problem: Problem) -> Outcome:
        """The command had no effect, for this reason."""
        return cls(command_id=command_id, status=OutcomeStatus.REJECTED, problem=problem)


class QueryReply(Frozen):
    """The answer to one query: a result, or the problem that kept it from being answered."""

    result: Any = None
    problem: Problem | None = None
