"""The page that says what would happen: who is called when, by which policy, and why by that one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.datastructures import FormData
from starlette.responses import Response

from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.escalation.queries import Simulate
from haveri_contracts.plain import Refusal, Severity
from haveri_web.bus.queries import valid
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.policies.choices import choices
from haveri_web.policies.forms import PolicyForm
from haveri_web.policies.queries import settings_of
from haveri_web.policies.simulation_views import Simulating, SimulationView
from haveri_web.policies.words import PolicyWords
from haveri_web.rendering.fields import one
from haveri_web.rendering.moments import for_input
from haveri_web.rendering.pages import Page, PageDep
from haveri_web.rendering.problems_at import NOTHING_WRONG, ProblemsAt

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the fields of a simulation say, as typed; `at` is the facility's wall clock."""

    severity: str = Severity.SEV2.value
    facility_id: str = ""
    area_id: str = ""
    asset_type: str = ""
    at: str = ""

    @classmethod
    def beginning(cls, form: PolicyForm, now: datetime, zone: ZoneInfo) -> Asked:
        """What is asked of a policy first: its own severity and area, now."""
        return cls(
            severity=form.severity[0] if form.severity else Severity.SEV2.value,
            facility_id=form.facility_id,
            area_id=form.area_ids[0] if form.area_ids else "",
            asset_type=form.asset_types[0] if form.asset_types else "",
            at=for_minute(now, zone),
        )

    @classmethod
    def read(cls, fields: FormData) -> Asked:
        """What a form asks beside its own."""
        return cls(
            severity=one(fields, "try.severity"),
            area_id=one(fields, "try.area_id"),
            asset_type=one(fields, "try.asset_type"),
            at=one(fields, "try.at"),
        )

    def of_draft(self, form: PolicyForm) -> Asked:
        """The same at the facility of a draft."""
        return replace(self, facility_id=form.facility_id)


@router.get("/escalation/simulate")
async def simulation_page(
    page: PageDep,
    severity: Text = "",
    facility: Annotated[UUID | None, Query()] = None,
    area_id: Text = "",
    asset_type: Text = "",
    at: Text = "",
) -> Response:
    """The query, and with a severity the answer."""
    directory, shown = page.directory, page.facility(facility)
    asked = Asked(severity or Severity.SEV2.value, str(shown.id) if shown else "", area_id, asset_type, at)
    if shown and not at:
        asked = replace(asked, at=for_minute(page.web.clock.now(), directory.zone_of(shown.id)))
    found, wrong = None, NOTHING_WRONG
    if shown and severity:
        try:
            found = await simulate(page, asked, None)
        except Refusal as refusal:
            wrong = ProblemsAt.of(refusal, page.t)
    return page.render(
        "policies/simulation.html",
        here="escalation",
        status=wrong.status,
        facility=shown,
        choices=choices(directory, page.t, shown.id, []) if shown else None,
        severities=[value.value for value in Severity],
        asked=asked,
        found=found,
        wrong=wrong,
    )


async def simulate(page: Page, asked: Asked, draft: EscalationPolicy | None) -> SimulationView:
    """The answer in words. Raises InvalidRequest, or what asking raises."""
    zone = page.directory.zone_of(UUID(asked.facility_id))
    query = valid(
        Simulate,
        {
            "severity": asked.severity,
            "facility_id": asked.facility_id,
            "area_id": asked.area_id or None,
            "asset_type": asked.asset_type or None,
            "at": wall_clock(asked.at, zone, "at", "simulate.bad_at"),
            "draft": draft,
        },
    )
    return Simulating(page.directory, page.t, await words_of(page), query).view(await page.ask(query))


async def words_of(page: Page) -> PolicyWords:
    """Says policies as the reader of the page understands them."""
    return PolicyWords(page.directory, page.t, await settings_of(page.web.queries, page.caller))


def wall_clock(text: str, zone: ZoneInfo, name: str, problem: str) -> datetime:
    """The moment at which a facility's clocks show this. Raises InvalidRequest for a field of this name."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidRequest.field(name, problem) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def for_minute(moment: datetime, zone: ZoneInfo) -> str:
    """The moment as a `datetime-local` field of minutes wants it."""
    return for_input(moment, zone)[: len("2026-01-31T08:15")]
