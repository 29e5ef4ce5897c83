"""`/did <what>`: log what was done."""

from __future__ import annotations

from typing import ClassVar

from haveri_chat.commands.base import OPEN, Context, TextRequest
from haveri_chat.decisions import SendCommand
from haveri_contracts.incident.commands import AddEvent
from haveri_contracts.plain import EntryType


class LogAction(TextRequest):
    """Log what was done."""

    word = "did"
    usage = "/did <what>"
    offered = OPEN
    entry: ClassVar = EntryType.ACTION_TAKEN

    def send(self, context: Context) -> SendCommand:
        command = AddEvent.model_validate({"incident_id": context.incident.id, "type": self.entry, "text": self.text})
        return SendCommand(command, context.say("done.logged"))
