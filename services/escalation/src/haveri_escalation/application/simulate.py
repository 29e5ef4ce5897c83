"""What would happen if an incident were declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from haveri_contracts.escalation.models import Simulation
from haveri_contracts.escalation.queries import Simulate
from haveri_escalation.domain import simulation
from haveri_escalation.domain.matching import Place, PolicyBook
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.policy_rules import check_policy, require_facility
from haveri_escalation.domain.refusals import MomentOutOfReach, require_area
from haveri_escalation.domain.world import World

_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9990, 1, 1, tzinfo=UTC)


def simulate(query: Simulate, world: World, now: datetime) -> Simulation:
    """The answer in a world that has the facility's policies; a draft is looked at among them.

    Raises a Refusal for an unknown facility or area, and for a draft that could not be put.
    """
    require_facility(world.roster, query.facility_id)
    if query.area_id is not None:
        require_area(world.roster, query.area_id, query.facility_id, "area_id")
    if not _FIRST <= query.at < _LAST:
        raise MomentOutOfReach("Ask about a moment between 1970 and 9990.").at("at")
    if query.draft is not None:
        check_policy(query.draft, world.roster)
        draft = Policy(**dict(query.draft), created_at=now)
        world = replace(world, book=PolicyBook(_with(draft, world.book.policies)))
    place = Place(
        severity=query.severity,
        facility_id=query.facility_id,
        area_ids=frozenset({query.area_id} if query.area_id is not None else ()),
        asset_types=frozenset({query.asset_type} if query.asset_type is not None else ()),
    )
    return simulation.simulate(world, place, query.at)


def _with(draft: Policy, policies: Sequence[Policy]) -> list[Policy]:
    """The policies with the draft in the place of the one that it changes, which stays as old as it is."""
    before = next((policy for policy in policies if policy.id == draft.id), None)
    others = [policy for policy in policies if policy.id != draft.id]
    return [*others, draft.model_copy(update={"created_at": before.created_at}) if before is not None else draft]
