"""`/note <text>`: add a note, also when it is over."""

from __future__ import annotations

from typing import ClassVar

from haveri_chat.commands.base import OPEN, OVER
from haveri_chat.commands.did import LogAction
from haveri_contracts.plain import EntryType


class AddNote(LogAction):
    """Add a note."""

    word = "note"
    usage = "/note <text>"
    offered = OPEN | OVER
    entry: ClassVar = EntryType.ANNOTATION
