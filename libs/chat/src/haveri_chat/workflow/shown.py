"""What a posted card shows, so that it is updated when that changed and left alone when it did not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from haveri_chat.ports import Posted
from haveri_contracts.incident.models import Incident

_NOT_SHOWN = {"version", "updated_at", "chat_channel_ref", "global_channel_ref", "global_message_ref"}


def visible_state(incident: Incident) -> str:
    """A fingerprint of everything about an incident that cards may show."""
    return hashlib.sha256(incident.model_dump_json(exclude=_NOT_SHOWN).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class ShownCard:
    """A posted card and the fingerprint of what it shows; empty when unknown."""

    posted: Posted
    state: str = ""

    def encode(self) -> str:
        """As one string, for the store."""
        return json.dumps([self.posted.encode(), self.state])

    @classmethod
    def decode(cls, text: str) -> ShownCard:
        """Back from the string."""
        posted, state = json.loads(text)
        return cls(Posted.decode(posted), state)
