"""What somebody is answered, before it is known in which form."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from haveri_chat.cards import Card
from haveri_chat.forms import Form


@dataclass(frozen=True)
class Reply:
    """An answer for one person. Empty: what there is to see, the cards show.

    `refusal` names the reason when nothing was changed; `incident_id` is the incident that was changed; `follows` says
    that the outcome is not known yet.
    """

    text: str = ""
    card: Card | None = None
    form: Form | None = None
    refusal: str = ""
    incident_id: UUID | None = None
    follows: bool = False

    @property
    def content(self) -> str | Card | Form | None:
        """What to show, None when there is nothing."""
        return self.form or self.card or self.text or None
