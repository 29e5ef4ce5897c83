"""One TeamsPlatform for each organisation, all over the same connections."""

from __future__ import annotations

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.adapters.teams.graph import Graph
from haveri_teams_gateway.adapters.teams.pace import Pace
from haveri_teams_gateway.adapters.teams.platform import TeamsPlatform
from haveri_teams_gateway.adapters.teams.roster import Roster
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.channels import Channels
from haveri_teams_gateway.store.chats import Chats
from haveri_teams_gateway.store.sent_texts import SentTexts


class TeamsPlatforms:
    """Makes and keeps them. `app_id` is the bot's."""

    def __init__(
        self,
        app_id: str,
        connector: Connector,
        graph: Graph,
        roster: Roster,
        database: Database,
        channels: Channels,
        clock: Clock,
        default_service_url: str,
    ) -> None:
        self._app_id = app_id
        self._connector = connector
        self._graph = graph
        self._roster = roster
        self._database = database
        self._channels = channels
        self._clock = clock
        self._default_service_url = default_service_url
        self._paces: dict[str, Pace] = {}
        self._chats: dict[str, Chats] = {}
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
        for pace in self._paces.values():
            await pace.close()

    def _make(self, tenant: Tenant) -> TeamsPlatform:
        organization = tenant.organization
        return TeamsPlatform(
            tenant,
            tenant.service_url or self._default_service_url,
            self._app_id,
            self._connector,
            self._graph,
            # The limits are the tenant's: they outlive a change of settings.
            self._paces.setdefault(tenant.tenant_id, Pace()),
            self._roster,
            self._chats.setdefault(organization, Chats(self._database, organization)),
            SentTexts(self._database, organization),
            lambda channel: self._channels.group_of(organization, channel),
            self._clock,
        )
