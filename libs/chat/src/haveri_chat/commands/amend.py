"""`/amend`: correct the summary."""

from __future__ import annotations

from collections.abc import Callable

from haveri_chat.cards import Button
from haveri_chat.commands.base import Context, IncidentRequest
from haveri_chat.commands.resolve import filled_summary, summary_fields
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms import Form
from haveri_chat.forms.filled import Filled
from haveri_contracts.incident.commands import AmendSummary
from haveri_contracts.incident.models import Incident


class Amend(IncidentRequest):
    """Ask for the form that corrects the summary of a resolved or closed incident."""

    word = "amend"
    usage = "/amend"
    other_words = "täydennä korrigieren"

    def decide(self, context: Context) -> Decision:
        """The form, once there is a summary."""
        if context.incident.status.is_open:
            return context.answer("refusal.incident-not-resolved")
        return OpenForm(self.form(context))

    @classmethod
    def form(cls, context: Context) -> Form:
        """The summary as it is."""
        return context.forms.form(cls.word, context.incident, *summary_fields(context))

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Callable[[], Decision]:
        """The summary as it is to be."""
        summary = filled_summary(filled)
        return lambda: SendCommand(AmendSummary(incident_id=context.incident.id, summary=summary()))

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """When it is over."""
        return () if incident.status.is_open else (cls.form_button(incident, locale),)
