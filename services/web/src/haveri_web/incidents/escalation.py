"""The part of an incident's page that says who was called and lets more people be called."""

from __future__ import annotations

import asyncio
from typing import Any

from haveri_contracts.directory.models import Member
from haveri_contracts.escalation.queries import ListPolicies, ListRuns
from haveri_contracts.incident.models import Incident
from haveri_web.bus.directory import Directory
from haveri_web.domain.access import TO_RESPOND
from haveri_web.escalations.views import RunViews, ask_or_none
from haveri_web.http.context import Web
from haveri_web.security.callers import Caller
from haveri_web.texts import Translate


async def escalation_part(
    web: Web, caller: Caller, directory: Directory, incident: Incident, t: Translate, *, past: bool
) -> dict[str, Any]:
    """What the template needs: runs (None while their owner is away), and what the form offers.

    Runs are known as they are now only, so a page about the `past` has none.
    """
    may_escalate = caller.may(TO_RESPOND) and incident.status.is_open and not past
    runs, policies = await asyncio.gather(
        _nothing() if past else ask_or_none(web, caller, ListRuns(incident_id=incident.id)),
        ask_or_none(web, caller, ListPolicies(facility_id=incident.facility_id)) if may_escalate else _nothing(),
    )
    views = RunViews(directory, t)
    return {
        "runs": [views.run(run) for run in runs.items] if runs else None,
        "may_escalate": may_escalate,
        "policies": policies.items if policies else [],
        "escalate_teams": [team for team in directory.teams.values() if team.facility_id == incident.facility_id],
        "escalate_people": _callable(directory),
    }


async def _nothing() -> None:
    return None


def _callable(directory: Directory) -> list[Member]:
    """Those who may take incidents; nobody else is called."""
    return [member for member in directory.members.values() if member.role.covers(TO_RESPOND.role)]
