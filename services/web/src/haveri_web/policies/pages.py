"""Escalation policies: the list of every facility's, each as a sentence, their versions, and their removal."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.models import Facility
from haveri_contracts.escalation.commands import RemovePolicy
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.escalation.queries import ListPolicyVersions
from haveri_contracts.plain import Severity
from haveri_contracts.refusals import PolicyUnknown
from haveri_web.bus.queries import ask_all
from haveri_web.domain.access import TO_MANAGE
from haveri_web.policies.queries import policies_of
from haveri_web.policies.simulation import words_of
from haveri_web.policies.words import PolicyWords
from haveri_web.rendering.pages import ManagersForm, PageDep

router = APIRouter(include_in_schema=False)
LIST = "/escalation/policies"
_DONE = {"saved": "policies.done.saved", "removed": "policies.done.removed", "later": "escalation.later"}


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy as the list shows it."""

    id: UUID
    name: str
    severities: list[str]
    sentence: str
    priority: int
    is_default: bool
    version: int


@dataclass(frozen=True, slots=True)
class FacilityView:
    """A facility's policies. `without_default` says who is called then, when there is no default."""

    facility: Facility
    policies: list[PolicyView]
    without_default: str


@router.get(LIST)
async def policies(page: PageDep, done: str = "") -> Response:
    """Every policy, by facility."""
    known = await policies_of(page.web.queries, page.caller)
    words = await words_of(page)
    return page.render(
        "policies/policies.html",
        here="escalation",
        done=page.t(_DONE[done]) if done in _DONE else "",
        manager=page.caller.may(TO_MANAGE),
        facilities=[_facility(facility, known, words) for facility in page.own_first()],
    )


@router.get(f"{LIST}/{{id}}/versions")
async def versions(page: PageDep, id: UUID) -> Response:
    """Every version of a policy, newest first."""
    known: list[EscalationPolicy] = await ask_all(page.web.queries, page.caller, ListPolicyVersions(policy_id=id))
    if not known:
        raise PolicyUnknown(f"There is no escalation policy {id} in your organisation.")
    words = await words_of(page)
    return page.render(
        "policies/policy_versions.html",
        here="escalation",
        name=known[0].name,
        policies=[_policy(policy, words) for policy in known],
    )


@router.post(f"{LIST}/{{id}}/remove")
async def remove(page: ManagersForm, id: UUID) -> Response:
    """Remove a policy."""
    outcome = await page.send(RemovePolicy(policy_id=id))
    return RedirectResponse(f"{LIST}?done={'later' if outcome is None else 'removed'}", 303)


def _facility(facility: Facility, known: list[EscalationPolicy], words: PolicyWords) -> FacilityView:
    own = sorted((policy for policy in known if policy.facility_id == facility.id), key=_worst_first)
    has_default = any(policy.is_default for policy in own)
    return FacilityView(
        facility=facility,
        policies=[_policy(policy, words) for policy in own],
        without_default="" if has_default else words.last_resort(facility.id),
    )


def _worst_first(policy: EscalationPolicy) -> tuple[bool, int, str]:
    order = list(Severity)
    return (policy.is_default, min(map(order.index, policy.conditions.severity)), policy.name.casefold())


def _policy(policy: EscalationPolicy, words: PolicyWords) -> PolicyView:
    return PolicyView(
        id=policy.id,
        name=policy.name,
        severities=[severity.value for severity in Severity if severity in policy.conditions.severity],
        sentence=words.policy(policy),
        priority=policy.priority,
        is_default=policy.is_default,
        version=policy.version,
    )
