"""`/note <text>`: add a note."""

from __future__ import annotations

from typing import ClassVar

from haveri_chat.cards import Button
from haveri_chat.commands.did import LogAction
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType


class AddNote(LogAction):
    """Add a note; empty text asks for the form."""

    word = "note"
    usage = "/note <text>"
    other_words = "huomio huomautus notiz"
    entry: ClassVar = EntryType.ANNOTATION

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """Always: a note may follow when it is over."""
        return (cls.form_button(incident, locale),)
