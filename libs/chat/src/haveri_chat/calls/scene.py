"""What every notice needs to know: the incident, the plant, the language, and what time it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from haveri_chat.cards.facts import zone
from haveri_chat.moments import clock, stretch
from haveri_chat.plant import Plant
from haveri_chat.texts import say
from haveri_contracts.incident.models import Incident
from haveri_texts import listed


@dataclass(frozen=True)
class Scene:
    """Where a notice is said: `incident` as it is now, in the plant's language and by its wall clock."""

    incident: Incident
    plant: Plant
    now: datetime

    def say(self, key: str, **values: object) -> str:
        """A text in the organisation's language; it always knows the incident's number."""
        return say(self.plant.locale, key, number=self.incident.number, **values)

    def clock(self, moment: datetime) -> str:
        """A moment by the facility's wall clock."""
        return clock(moment, zone(self.incident, self.plant), self.plant.locale, self.now)

    def minutes(self, minutes: float) -> str:
        """A duration; below a minute in seconds."""
        if minutes < 1:
            return say(self.plant.locale, "stretch.seconds", seconds=max(0, round(minutes * 60)))
        return stretch(timedelta(minutes=minutes), self.plant.locale)

    def name(self, member_id: UUID | None) -> str:
        """Somebody's name."""
        member = self.plant.members.get(member_id) if member_id else None
        return member.name if member else say(self.plant.locale, "taken.somebody")

    def names(self, member_ids: Iterable[UUID]) -> str:
        """Several names."""
        return listed((self.name(member_id) for member_id in member_ids), self.plant.locale)
