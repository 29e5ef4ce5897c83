"""Somebody wishes for more people, or names another lead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_chassis.bus import Received
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.events import EscalationRequested, LeadAssigned
from haveri_contracts.types import actor_member_id
from haveri_escalation.application.engine_ports import Decision, Worlds
from haveri_escalation.domain.decisions import by_hand, following
from haveri_escalation.domain.decisions.case import Case

_LONGEST_REASON = 300


async def wished_for(worlds: Worlds, received: Received[Any]) -> Decision:
    """The decision for a wish: members and teams by name, a policy, or whoever comes next."""
    wish: EscalationRequested = received.message
    organization, envelope = received.organization, received.envelope
    policy = await worlds.policy(organization, wish.policy_id) if wish.policy_id is not None else None

    def decision(case: Case) -> None:
        if not case.is_known:
            return
        cause = _cause(received.actor, wish.reason)
        if wish.policy_id is not None:
            by_hand.policy_wished_for(case, policy, cause)
        if wish.member_ids or wish.team_ids:
            by_hand.people_wished_for(case, wish.member_ids, wish.team_ids, cause)
        if wish.policy_id is None and not wish.member_ids and not wish.team_ids:
            by_hand.more_people_wished_for(case, cause)
        if actor_member_id(received.actor) is not None:
            following.active(case, min(envelope.time, case.now))

    return decision


def lead_assigned(event: LeadAssigned, actor: str) -> Decision:
    """The decision for another lead, who is called unless he named himself."""

    def decision(case: Case) -> None:
        if actor_member_id(actor) != event.member_id:
            cause = Reason.of(ReasonCode.NAMED_LEAD, **_by(actor), number=case.incident.number)
            by_hand.people_wished_for(case, (event.member_id,), (), cause)

    return decision


def _cause(actor: str, words: str) -> Reason:
    if not words:
        return Reason.of(ReasonCode.ASKED_FOR_MORE, **_by(actor))
    return Reason.of(ReasonCode.ASKED_FOR_MORE_BECAUSE, **_by(actor), words=words[:_LONGEST_REASON])


def _by(actor: str) -> dict[str, UUID]:
    member_id = actor_member_id(actor)
    return {} if member_id is None else {"member_id": member_id}
