"""Escalation policies, their versions, and what they would do."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from haveri_chassis.bus import OwnerUnavailable
from haveri_contracts.escalation.commands import (
    PutPolicy,
    RemovePolicy,
)
from haveri_contracts.escalation.models import EscalationPolicy, Simulation
from haveri_contracts.escalation.queries import (
    ListPolicies,
    ListPolicyVersions,
    PolicyList,
    Simulate,
)
from haveri_contracts.refusals import PolicyUnknown
from haveri_web.bus.callers import Caller
from haveri_web.bus.queries import ask_raw, valid
from haveri_web.domain.refusals import PolicyExists
from haveri_web.http.answers import answers, is_empty_list, json_response, raw
from haveri_web.http.bodies import changes_in, values_of
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import Manager, Reader
from haveri_web.http.putting import address, in_the_body, put, take_away
from haveri_web.http.requests import Cursor, Limit, OnceDep, moment_or_now, page_of
from haveri_web.policies.bodies import (
    ChangedPolicy,
    NewPolicy,
    Question,
)
from haveri_web.policies.queries import (
    policy_changed,
    policy_with_id,
)
from haveri_web.policies.reasons import said

router = APIRouter(tags=["escalation"])
_POLICIES = "/escalation-policies"


@router.get(_POLICIES, responses=answers(PolicyList))
async def list_policies(
    web: WebDep, caller: Reader, facility_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 200
) -> Response:
    """The escalation policies of one facility or of all, by name."""
    query = ListPolicies(facility_id=facility_id, page=page_of(cursor, limit))
    return raw(await ask_raw(web.queries, caller, query))


@router.post(_POLICIES, status_code=201, responses=answers(EscalationPolicy, 201, 400, 404, 409, later=True))
async def add_policy(web: WebDep, caller: Manager, body: NewPolicy, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Add an escalation policy. The most specific one that fits an incident is carried out."""
    values = values_of(body)
    policy = valid(EscalationPolicy, {**values, "id": values["id"] or once.thing_id, "version": 1})
    if values["id"] is not None and (present := await _policy_there(web, caller, policy.id)) is not None:
        if present.model_copy(update={"version": 1}) == policy:
            return json_response(present, 201, {"Location": address(_POLICIES, present.id)})
        raise PolicyExists(f"“{present.name}” has this id. PATCH it, or choose another id.")
    where = address(_POLICIES, policy.id)
    return await put(web, caller, PutPolicy(policy=policy), once, policy, where=where, status=201)


@router.post(f"{_POLICIES}/simulate", responses=answers(Simulation, 200, 400, 404, 409))
async def simulate(web: WebDep, caller: Reader, body: Question) -> Response:  # type: ignore[valid-type]
    """What would happen if an incident were declared: which policy and why, and who is called when. Changes nothing."""
    values = values_of(body)
    draft = values["draft"]
    if draft:
        draft = {**draft, "id": draft["id"] or web.ids.new(), "version": draft["version"] or 1}
    query = valid(Simulate, {**values, "at": moment_or_now(web, values["at"]), "draft": draft})
    with in_the_body() if draft else nullcontext():
        return await said(web, caller, await ask_raw(web.queries, caller, query))


@router.get(f"{_POLICIES}/{{id}}", responses=answers(EscalationPolicy, 200, 404))
async def get_policy(web: WebDep, caller: Reader, id: UUID) -> Response:
    """One escalation policy."""
    return json_response(await policy_with_id(web.queries, caller, id))


@router.patch(f"{_POLICIES}/{{id}}", responses=answers(EscalationPolicy, 200, 400, 404, 409, later=True))
async def change_policy(web: WebDep, caller: Manager, id: UUID, body: ChangedPolicy, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Change some fields of a policy. Escalations that have begun keep the version that they began with."""
    changes = changes_in(body)
    policy = policy_changed(await policy_with_id(web.queries, caller, id), changes)
    return await put(web, caller, PutPolicy(policy=policy), once, policy, where=address(_POLICIES, id))


@router.delete(f"{_POLICIES}/{{id}}", status_code=204, responses=answers(None, 204, 404, 409, later=True))
async def remove_policy(web: WebDep, caller: Manager, id: UUID, once: OnceDep) -> Response:
    """Remove a policy; escalations that have begun go on."""
    return await take_away(web, caller, RemovePolicy(policy_id=id), once, address(_POLICIES, id))


@router.get(f"{_POLICIES}/{{id}}/versions", responses=answers(PolicyList, 200, 404))
async def list_policy_versions(
    web: WebDep, caller: Reader, id: UUID, cursor: Cursor = None, limit: Limit = 200
) -> Response:
    """Every version of a policy, newest first; those of a removed one stay."""
    body = await ask_raw(web.queries, caller, ListPolicyVersions(policy_id=id, page=page_of(cursor, limit)))
    if cursor is None and is_empty_list(body):
        raise PolicyUnknown(f"There has been no escalation policy {id} in your organisation.")
    return raw(body)


async def _policy_there(web: Web, caller: Caller, policy_id: UUID) -> EscalationPolicy | None:
    """The policy with this id; None also while that cannot be known, since its owner will know."""
    try:
        return await policy_with_id(web.queries, caller, policy_id)
    except (PolicyUnknown, OwnerUnavailable):
        return None
