"""The escalation policies, for `/escalate <policy>`: known when possible, and never waited for."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient, QueryRefused
from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chassis.replica import all_pages
from haveri_chassis.tasks import cancel
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.events import PolicyPut, PolicyRemoved
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.escalation.queries import ListPolicies
from haveri_contracts.subjects import ANY
from haveri_teams_gateway.application.neighbours import GATEWAY

LOOK_AGAIN = timedelta(seconds=60)
Policies = tuple[EscalationPolicy, ...]

log = get_logger(__name__)


class KnownPolicies:
    """Each organisation's policies as far as they are known; looked up in the background.

    The escalation service may be away: then there are those of before, or none, and everything else goes on.
    """

    def __init__(self, bus: Bus, queries: QueryClient, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock
        self._known: dict[str, Policies] = {}
        self._look_at: dict[str, datetime] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        for event in (PolicyPut, PolicyRemoved):
            bus.on_hint(event.subject(ANY), self._changed)

    def of(self, organization: str) -> Policies:
        """What is known now."""
        due = self._look_at.get(organization)
        if due is None or self._clock.now() >= due:
            self._look(organization)
        return self._known.get(organization, ())

    async def warm(self, organization: str) -> None:
        """Look them up now, if that is possible."""
        self.of(organization)
        if (task := self._looking.get(organization)) is not None:
            await asyncio.wait((task,))

    async def stop(self) -> None:
        """End what is being looked up."""
        for task in list(self._looking.values()):
            await cancel(task)

    async def _changed(self, envelope: Envelope) -> None:
        # What is being looked up may be of before the change: once more after it.
        if (task := self._looking.get(envelope.organization)) is not None:
            await asyncio.wait((task,))
        self._look(envelope.organization)

    def _look(self, organization: str) -> None:
        if organization in self._looking:
            return
        self._look_at[organization] = self._clock.now() + LOOK_AGAIN
        task = asyncio.create_task(self._load(organization), name=f"policies of {organization}")
        self._looking[organization] = task
        task.add_done_callback(lambda _: self._looking.pop(organization, None))

    async def _load(self, organization: str) -> None:
        try:
            found = await all_pages(self._queries, ListPolicies(), organization, GATEWAY)
        except (OwnerUnavailable, QueryRefused) as error:
            log.info("the escalation policies are not known", organization=organization, why=str(error))
            return
        self._known[organization] = tuple(found)
