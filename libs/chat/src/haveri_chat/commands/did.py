"""`/did <what>`: log what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from haveri_chat.cards import Button
from haveri_chat.commands.base import Context, WordsRequest
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms import Form
from haveri_chat.forms.filled import Filled
from haveri_chat.tidying import LONG
from haveri_contracts.incident.commands import AddEvent
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType


class LogAction(WordsRequest):
    """Log what was done; empty text asks for the form."""

    word = "did"
    usage = "/did <what>"
    other_words = "done tein tehty getan gemacht erledigt"
    entry: ClassVar = EntryType.ACTION_TAKEN

    def decide(self, context: Context) -> Decision:
        """It goes on the timeline."""
        if not self.text:
            return OpenForm(self.form(context))
        command = AddEvent.model_validate({"incident_id": context.incident.id, "type": self.entry, "text": self.text})
        return SendCommand(command, context.say("done.logged"))

    @classmethod
    def form(cls, context: Context) -> Form:
        """One text."""
        field = context.forms.long(f"{cls.word}_text", required=True)
        return context.forms.form(cls.word, context.incident, field)

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Callable[[], Decision]:
        """As if it had been typed."""
        text = filled.text(f"{cls.word}_text", LONG, required=True)
        return lambda: cls(text).decide(context)

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """While it is open."""
        return (cls.form_button(incident, locale),) if incident.status.is_open else ()
