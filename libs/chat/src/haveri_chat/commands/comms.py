"""`/comms @who`: who keeps others informed."""

from __future__ import annotations

from haveri_chat.cards import Button
from haveri_chat.commands.lead import NameLead
from haveri_contracts.incident.commands import AssignCommsLead
from haveri_contracts.incident.models import Incident


class NameCommsLead(NameLead):
    """Name the communications lead, as the lead is named."""

    word = "comms"
    usage = "/comms @who"
    command = AssignCommsLead
    role = "comms_lead"

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        return (cls.form_button(incident, locale),) if incident.status in cls.offered else ()
