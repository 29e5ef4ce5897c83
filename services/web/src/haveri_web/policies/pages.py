"""Escalation policies: the list of every facility's, each as a sentence, their versions, and their removal."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.models import Facility
from haveri_contracts.escalation.commands import RemovePolicy
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.escalation.queries import ListPolicyVersions
from haveri_contracts.plain import Severity
from haveri_contracts.refusals import PolicyUnknown
from haveri_web.bus.queries import ask_all
from haveri_web.domain.access import TO_MANAGE
from haveri_web.http.context import WebDep
from haveri_web.policies.choices import managers_form, own_first
from haveri_web.policies.queries import policies_of, settings_of
from haveri_web.policies.words import PolicyWords
from haveri_web.rendering.pages import render, translated
from haveri_web.security.door import SignedIn

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
async def policies(request: Request, web: WebDep, caller: SignedIn, done: str = "") -> Response:
    """Every policy, by facility."""
    _, t = translated(caller)
    directory = await web.directories.get(caller.organization)
    known = await policies_of(web.queries, caller)
    words = PolicyWords(directory, t, await settings_of(web.queries, caller))
    return render(
        request,
        web,
        "policies/policies.html",
        caller=caller,
        directory=directory,
        here="escalation",
        done=t(_DONE[done]) if done in _DONE else "",
        manager=caller.may(TO_MANAGE),
        facilities=[_facility(facility, known, words) for facility in own_first(directory, caller)],
    )


@router.get(f"{LIST}/{{id}}/versions")
async def versions(request: Request, web: WebDep, caller: SignedIn, id: UUID) -> Response:
    """Every version of a policy, newest first."""
    _, t = translated(caller)
    directory = await web.directories.get(caller.organization)
    known: list[EscalationPolicy] = await ask_all(web.queries, caller, ListPolicyVersions(policy_id=id))
    if not known:
        raise PolicyUnknown(f"There is no escalation policy {id} in your organisation.")
    words = PolicyWords(directory, t, await settings_of(web.queries, caller))
    return render(
        request,
        web,
        "policies/policy_versions.html",
        caller=caller,
        directory=directory,
        here="escalation",
        name=known[0].name,
        policies=[_policy(policy, words) for policy in known],
    )


@router.post(f"{LIST}/{{id}}/remove")
async def remove(request: Request, web: WebDep, caller: SignedIn, id: UUID) -> Response:
    """Remove a policy."""
    await managers_form(request, web, caller)
    outcome = await web.sending.send(caller, RemovePolicy(policy_id=id), web.ids.new())
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
