"""One TeamsPlatform for each organisation, all over the same connections."""

from __future__ import annotations

import asyncio
import random
import time

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chat.delivery import Delivery
from haveri_chat.pacing import Window
from haveri_chat.retry import RetryPolicy
from haveri_teams_gateway.adapters.store.sent_texts import SentTexts
from haveri_teams_gateway.adapters.store.workflows import Workflows
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.adapters.teams.graph import Graph
from haveri_teams_gateway.adapters.teams.platform import TeamsPlatform
from haveri_teams_gateway.adapters.teams.roster import Roster
from haveri_teams_gateway.domain.tenant import Tenant

PER_CONVERSATION = (Window(7, 1.0), Window(8, 2.0), Window(60, 30.0), Window(1800, 3600.0))
PER_APP = (Window(45, 1.0),)
"""Teams allows 30 to 50 requests a second for an app in a tenant; look-ups need a few of them."""
PATIENCE = RetryPolicy(attempts=4, base=0.25, cap=4.0, patience=10.0)
"""Shorter than the workflow's claims: what takes longer is put off and resumed from the table."""


class TeamsPlatforms:
    """Makes and keeps them. `app_id` is the bot's."""

    def __init__(
        self,
        app_id: str,
        connector: Connector,
        graph: Graph,
        roster: Roster,
        database: Database,
        workflows: Workflows,
        clock: Clock,
        default_service_url: str,
    ) -> None:
        self._app_id = app_id
        self._connector = connector
        self._graph = graph
        self._roster = roster
        self._database = database
        self._workflows = workflows
        self._clock = clock
        self._default_service_url = default_service_url
        self._deliveries: dict[str, Delivery] = {}
        self._made: dict[str, tuple[Tenant, TeamsPlatform]] = {}

    def of(self, tenant: Tenant) -> TeamsPlatform:
        """The platform of an organisation as its settings are now."""
        made = self._made.get(tenant.organization)
        if made is None or made[0] != tenant:
            made = (tenant, self._make(tenant))
            self._made[tenant.organization] = made
        return made[1]

    async def close(self) -> None:
        """Stop sending; what waits is taken up by the workflow's and the inbox's tables."""
        for delivery in self._deliveries.values():
            await delivery.close()

    def _make(self, tenant: Tenant) -> TeamsPlatform:
        organization = tenant.organization
        return TeamsPlatform(
            tenant,
            tenant.service_url or self._default_service_url,
            self._app_id,
            self._connector,
            self._graph,
            # The limits are the tenant's: they outlive a change of settings.
            self._deliveries.setdefault(tenant.tenant_id, _delivery()),
            self._roster,
            SentTexts(self._database, organization),
            lambda channel: self._workflows.group_of(organization, channel),
            self._clock,
        )


def _delivery() -> Delivery:
    return Delivery(
        PATIENCE,
        per_conversation=PER_CONVERSATION,
        per_app=PER_APP,
        now=time.monotonic,
        sleep=asyncio.sleep,
        jitter=random.random,
    )
