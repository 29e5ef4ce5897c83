"""Answering a call with "I'm coming". Only a call's card says this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from haveri_chat.commands.base import Context, IncidentRequest, Request, incident_of
from haveri_chat.decisions import Decision, SendCommand
from haveri_contracts.escalation.commands import AnswerCall


@dataclass(frozen=True)
class JoinCall(IncidentRequest):
    """Come to those who have the incident already."""

    word = "join"

    call_id: UUID

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        return cls(UUID(str(data.get("call", ""))), incident=incident_of(data))

    def decide(self, context: Context) -> Decision:
        return SendCommand(AnswerCall(incident_id=context.incident.id, call_id=self.call_id))
