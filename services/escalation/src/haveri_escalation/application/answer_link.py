"""What the link in a notification leads to, for the page that asks once more."""

from __future__ import annotations

from dataclasses import dataclass

from haveri_escalation.application.calling import CallFacts, Calls, IncidentNow, Incidents, Links
from haveri_escalation.domain.links import LinkNotValid


@dataclass(frozen=True, slots=True)
class Leads:
    """The call, and the incident as it is now (None while its owner is away)."""

    call: CallFacts
    incident: IncidentNow | None


async def answer_link(calls: Calls, incidents: Incidents, links: Links, organization: str, token: str) -> Leads:
    """Where a token leads. Raises LinkNotValid or LinkExpired; changes nothing, so that mail scanners may follow it."""
    link = links.read(organization, token)
    call = await calls.find(organization, link.call_id)
    if call is None or (call.incident_id, call.member_id) != (link.incident_id, link.member_id):
        raise LinkNotValid
    return Leads(call, await incidents.now(organization, call.incident_id))
