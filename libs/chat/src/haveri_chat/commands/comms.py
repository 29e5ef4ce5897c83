"""`/comms @who`: who keeps others informed."""

from __future__ import annotations

from uuid import UUID

from haveri_chat.cards import Button
from haveri_chat.commands.lead import NameLead
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident


class NameCommsLead(NameLead):
    """Name the communications lead, as the lead is named."""

    word = "comms"
    usage = "/comms @who"
    other_words = "viestintä viestijä kommunikation"

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """While it is open."""
        return (cls.form_button(incident, locale),) if incident.status.is_open else ()

    @staticmethod
    def holder(incident: Incident) -> UUID | None:
        """Who has the role now."""
        return incident.comms_lead

    @staticmethod
    def command(incident: Incident, member_id: UUID) -> commands.IncidentCommand:
        """Gives the role to a member."""
        return commands.AssignCommsLead(incident_id=incident.id, member_id=member_id)
