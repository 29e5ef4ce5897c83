"""`/ack`: I have it."""

from __future__ import annotations

from haveri_chat.cards import Button, Style
from haveri_chat.commands.base import Context, IncidentRequest
from haveri_chat.decisions import Decision, SendCommand
from haveri_chat.texts import say
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident


class Acknowledge(IncidentRequest):
    """Say "I have it"."""

    word = "ack"
    usage = "/ack"

    def decide(self, context: Context) -> Decision:
        return SendCommand(commands.Acknowledge(incident_id=context.incident.id))

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        if not incident.status.is_open or incident.acknowledged_at is not None:
            return ()
        return (cls.press_button(incident, say(locale, "button.ack"), style=Style.PRIMARY),)
