"""Where the bytes of shared files are: behind an address, behind the bot's token, or behind Graph."""

from __future__ import annotations

from haveri_chat.ports import PlatformUnavailable
from haveri_contracts.escalation.reasons import ReasonCode
from haveri_teams_gateway.adapters.json_fields import blocks, text
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.adapters.teams.downloads import Downloads, share_address
from haveri_teams_gateway.adapters.teams.graph import Graph
from haveri_teams_gateway.application.ports import Fetched, NotTaken
from haveri_teams_gateway.domain.activities import FileSource
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.files import NewFile

_REFERENCE = "reference"


class SharedFiles:
    """Reads files out of Teams."""

    def __init__(self, connector: Connector, graph: Graph, downloads: Downloads) -> None:
        self._connector = connector
        self._graph = graph
        self._downloads = downloads

    async def attached(self, tenant: Tenant, file: NewFile) -> list[tuple[str, str]]:
        """Name and web address of each file attached to a channel's message."""
        group_id = file.group_id or tenant.group_id
        message = await self._graph.message(tenant.tenant_id, group_id, file.channel, file.message_id, file.thread)
        found = [item for item in blocks(message, "attachments") if text(item, "contentType") == _REFERENCE]
        return [(text(item, "name"), text(item, "contentUrl")) for item in found if text(item, "contentUrl")]

    async def fetch(self, tenant: Tenant, file: NewFile) -> Fetched:
        """The bytes; raises NotTaken for what is too large or lies where the bot may not fetch from."""
        url, token = await self._way(tenant, file)
        return await self._downloads.fetch(url, token)

    async def _way(self, tenant: Tenant, file: NewFile) -> tuple[str, str | None]:
        if file.source == FileSource.CHANNEL:
            return share_address(self._graph.base_url, file.url), await self._graph.token(tenant.tenant_id)
        if file.source == FileSource.INLINE:
            if not self._downloads.may_carry_token(file.url):
                raise NotTaken(ReasonCode.IMAGE_ELSEWHERE)
            return file.url, await self._connector.token()
        if not file.url:
            raise PlatformUnavailable("the file has no address")
        return file.url, None
