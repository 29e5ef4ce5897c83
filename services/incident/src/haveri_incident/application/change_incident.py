"""The one way to change an incident: load, decide, append; and again when somebody else was faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from haveri_incident.application.authorization import check_actor
from haveri_incident.application.ports import Change, Context, Directory, Incidents, Plant, VersionConflictError
from haveri_incident.domain.events import IncidentEvent
from haveri_incident.domain.refusals import IncidentUnknown, TooManyConflicts
from haveri_incident.domain.state import Fact, IncidentState, evolve

ATTEMPTS = 20
"""How often a decision is made anew; each loss means that somebody else's change was stored."""

Decide = Callable[[IncidentState], Sequence[IncidentEvent]]
Check = Callable[[Plant], None]


class ChangeIncident:
    """Carries out orders on existing incidents."""

    def __init__(self, incidents: Incidents, directory: Directory) -> None:
        self._incidents = incidents
        self._directory = directory

    async def __call__(
        self,
        context: Context,
        incident_id: UUID,
        decide: Decide,
        *,
        check: Check | None = None,
        occurred_at: datetime | None = None,
        machines_may: bool = False,
    ) -> dict[str, Any]:
        """Decide and store; gives the command's result.

        `check` looks at the people and teams an order names; `occurred_at` is when it happened if that was earlier
        than `context.now`; `machines_may` lets plant systems order it too. Raises a Refusal, of the incident or of who
        may do this.
        """
        plant = await self._directory.plant(context.organization)
        check_actor(context.actor, plant, machines_may=machines_may)
        if check is not None:
            check(plant)
        for _ in range(ATTEMPTS):
            state = await self._incidents.load(context.organization, incident_id)
            if state is None:
                raise IncidentUnknown(f"There is no incident {incident_id} here.")
            events = decide(state)
            if not events:
                return await self._incidents.settle(context, state)
            change = prepare(state, events, context.now, occurred_at)
            try:
                return await self._incidents.append(context, change)
            except VersionConflictError:
                continue
        raise TooManyConflicts("Nothing was changed.")


def prepare(
    state: IncidentState, events: Sequence[IncidentEvent], now: datetime, occurred_at: datetime | None = None
) -> Change:
    """The change that these events make of this state.

    The time of recording never goes back along a history, though orders overtake each other and clocks are set back:
    what was known at a moment is always its beginning.
    """
    recorded_at = max(now, state.updated_at)
    after = state
    for event in events:
        after = evolve(after, Fact(state.id, after.version + 1, event, recorded_at))
    return Change(state.version, events, after, occurred_at or now, recorded_at)
