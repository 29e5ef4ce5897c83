"""A decision in the making: the events so far, and the state they lead to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from haveri_contracts.escalation.events import CallsWithdrawn, EscalationEnded
from haveri_contracts.escalation.models import EndReason
from haveri_escalation.domain.evolution import evolve
from haveri_escalation.domain.facts import EscalationEvent
from haveri_escalation.domain.state import Escalation, Incident, Run
from haveri_escalation.domain.world import World


class Case:
    """What a decision sees (`state`, `world`, `now`) and says. Nothing outside of it changes."""

    def __init__(
        self, incident_id: UUID, state: Escalation | None, world: World, now: datetime, new_id: Callable[[], UUID]
    ) -> None:
        self.incident_id = incident_id
        self.world = world
        self.now = now
        self.new_id = new_id
        self.events: list[EscalationEvent] = []
        self._state = state

    def say(self, event: EscalationEvent) -> None:
        """Let an event happen; whatever is decided next sees its effect."""
        self._state = evolve(self._state, self.incident_id, event)
        self.events.append(event)

    def end(
        self, run_id: UUID, reason: EndReason, by_member_id: UUID | None = None, at: datetime | None = None
    ) -> None:
        """Let a run end, now unless `at` says when."""
        self.say(
            EscalationEnded(
                incident_id=self.incident_id, run_id=run_id, reason=reason, by_member_id=by_member_id, at=at or self.now
            )
        )

    def withdraw(
        self, run_id: UUID, call_ids: list[UUID], reason: EndReason, by_member_id: UUID | None, at: datetime
    ) -> None:
        """Withdraw calls of a run, if there are any."""
        if call_ids:
            self.say(
                CallsWithdrawn(
                    incident_id=self.incident_id,
                    run_id=run_id,
                    call_ids=call_ids,
                    reason=reason,
                    by_member_id=by_member_id,
                    at=at,
                )
            )

    @property
    def is_known(self) -> bool:
        """True when the incident is followed."""
        return self._state is not None

    @property
    def state(self) -> Escalation:
        """The state with everything said; raises LookupError for an incident that is not followed."""
        if self._state is None:
            raise LookupError(f"incident {self.incident_id} is not followed")
        return self._state

    @property
    def incident(self) -> Incident:
        """The incident as it stands."""
        return self.state.incident

    def run(self, run_id: UUID) -> Run:
        """A run as it stands."""
        return self.state.the(run_id)
