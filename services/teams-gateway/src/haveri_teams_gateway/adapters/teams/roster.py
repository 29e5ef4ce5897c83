"""Who somebody in Teams is: from memory, else asked of the Bot Connector once."""

from __future__ import annotations

from haveri_chat.ports import PlatformRefused
from haveri_teams_gateway.adapters.json_fields import text
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.people import KnownPerson, People


class Roster:
    """Turns `29:` ids into aadObjectIds and back."""

    def __init__(self, people: People, connector: Connector, default_service_url: str) -> None:
        self._people = people
        self._connector = connector
        self._default_service_url = default_service_url

    async def find(self, tenant: Tenant, conversation: str, either_id: str) -> KnownPerson | None:
        """Somebody by either id; None when they are not in the conversation. Raises PlatformUnavailable."""
        if not either_id:
            return None
        known = await self._people.find(tenant.organization, either_id)
        if known is not None:
            return known
        url = tenant.service_url or self._default_service_url
        try:
            found = await self._connector.member(url, conversation, either_id)
        except PlatformRefused:
            return None
        object_id = (text(found, "aadObjectId") or text(found, "objectId")).lower()
        if not object_id or not text(found, "id"):
            return None
        person = KnownPerson(object_id, text(found, "id"), text(found, "name"))
        await self._people.learn(tenant.organization, person)
        return person
