"""`/amend`: correct the summary."""

from __future__ import annotations

from haveri_chat.commands.base import OVER, Context, IncidentRequest, Reading
from haveri_chat.commands.resolve import fill_summary
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms.sheet import Sheet
from haveri_contracts.incident.commands import AmendSummary


class Amend(IncidentRequest):
    """Ask for the form that corrects the summary of a resolved or closed incident."""

    word = "amend"
    usage = "/amend"
    offered = OVER

    def decide(self, context: Context) -> Decision:
        if context.incident.status.is_open:
            return context.answer("refusal.incident-not-resolved")
        return OpenForm(self.form(context))

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        summary = fill_summary(sheet, context.incident.summary)
        return lambda: SendCommand(AmendSummary(incident_id=context.incident.id, summary=summary()))
