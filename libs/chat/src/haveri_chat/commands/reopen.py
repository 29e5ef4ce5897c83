"""`/reopen <why>`: take it up again."""

from __future__ import annotations

from collections.abc import Callable

from haveri_chat.cards import Button
from haveri_chat.commands.base import Context, WordsRequest
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms import Form
from haveri_chat.forms.filled import Filled
from haveri_chat.tidying import LONG
from haveri_contracts.incident.commands import ReopenIncident
from haveri_contracts.incident.models import Incident


class Reopen(WordsRequest):
    """Take a resolved or closed incident up again; `text` is why, none asks for the form."""

    word = "reopen"
    usage = "/reopen <why>"
    other_words = "avaa wiedereröffnen"

    def decide(self, context: Context) -> Decision:
        """Only what is over."""
        if context.incident.status.is_open:
            return context.answer("refusal.incident-still-open")
        if not self.text:
            return OpenForm(self.form(context))
        return SendCommand(ReopenIncident(incident_id=context.incident.id, reason=self.text))

    @classmethod
    def form(cls, context: Context) -> Form:
        """Why."""
        return context.forms.form(cls.word, context.incident, context.forms.long("reopen_text", required=True))

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Callable[[], Decision]:
        """Sent even when it is open by now: a form sent in twice gets its first outcome from the owner."""
        reason = filled.text("reopen_text", LONG, required=True)
        return lambda: SendCommand(ReopenIncident(incident_id=context.incident.id, reason=reason))

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """When it is over."""
        return () if incident.status.is_open else (cls.form_button(incident, locale),)
