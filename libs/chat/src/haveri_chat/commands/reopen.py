"""`/reopen <why>`: take it up again."""

from __future__ import annotations

from haveri_chat.commands.base import OVER, Context, TextRequest
from haveri_chat.decisions import Decision, SendCommand
from haveri_contracts.incident.commands import ReopenIncident


class Reopen(TextRequest):
    """Take a resolved or closed incident up again."""

    word = "reopen"
    usage = "/reopen <why>"
    offered = OVER

    def decide(self, context: Context) -> Decision:
        """A form is sent even when it is open by now: sent in twice it gets its first outcome from the owner."""
        if context.incident.status.is_open:
            return context.answer("refusal.incident-still-open")
        return super().decide(context)

    def send(self, context: Context) -> SendCommand:
        return SendCommand(ReopenIncident(incident_id=context.incident.id, reason=self.text))
