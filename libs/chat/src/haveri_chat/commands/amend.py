"""`/amend`: correct the summary."""

from __future__ import annotations

from haveri_chat.commands.base import OVER, Context, IncidentRequest, Reading
from haveri_chat.commands.resolve import filled_summary, summary_fields
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms import Form
from haveri_chat.forms.filled import Filled
from haveri_contracts.incident.commands import AmendSummary


class Amend(IncidentRequest):
    """Ask for the form that corrects the summary of a resolved or closed incident."""

    word = "amend"
    usage = "/amend"
    other_words = "täydennä korrigieren"
    offered = OVER

    def decide(self, context: Context) -> Decision:
        if context.incident.status.is_open:
            return context.answer("refusal.incident-not-resolved")
        return OpenForm(self.form(context))

    @classmethod
    def form(cls, context: Context) -> Form:
        return context.forms.form(cls.word, context.incident, *summary_fields(context))

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Reading:
        summary = filled_summary(filled)
        return lambda: SendCommand(AmendSummary(incident_id=context.incident.id, summary=summary()))
