"""How Teams' opaque ids of people (`29:…`) and their aadObjectIds belong together, as far as it was seen."""

from __future__ import annotations

from dataclasses import dataclass

from haveri_chassis.database import Database
from haveri_teams_gateway.domain.activities import Sender
from haveri_teams_gateway.domain.tenant import Tenant


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody in Teams."""

    object_id: str
    teams_id: str
    name: str


class People:
    """Every organisation's people, kept in memory once seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[tuple[str, str], KnownPerson] = {}

    async def learn(self, organization: str, person: KnownPerson) -> None:
        """Remember somebody who was seen."""
        if self._seen.get((organization, person.teams_id)) == person:
            return
        async with self._database.transaction(organization) as connection:
            # The person may be known under other ids: Teams gives new ones when an app is installed again.
            await connection.execute(
                "DELETE FROM people WHERE organization_id = $1 AND teams_id = $2 AND object_id <> $3",
                organization,
                person.teams_id,
                person.object_id,
            )
            await connection.execute(
                """
                INSERT INTO people (organization_id, object_id, teams_id, name) VALUES ($1, $2, $3, $4)
                ON CONFLICT (organization_id, object_id) DO UPDATE SET teams_id = $3, name = $4
                """,
                organization,
                person.object_id,
                person.teams_id,
                person.name,
            )
        self._keep(organization, person)

    async def met(self, tenant: Tenant, sender: Sender) -> None:
        """Remember the sender of an activity, when it says both ids."""
        if sender.object_id is not None:
            await self.learn(tenant.organization, KnownPerson(sender.object_id, sender.teams_id, sender.name))

    async def find(self, organization: str, either_id: str) -> KnownPerson | None:
        """Somebody by `29:` id or aadObjectId, when they were ever seen."""
        known = self._seen.get((organization, either_id))
        if known is not None:
            return known
        async with self._database.transaction(organization) as connection:
            row = await connection.fetchrow(
                """
                SELECT object_id, teams_id, name FROM people
                WHERE organization_id = $1 AND (object_id = $2 OR teams_id = $2)
                """,
                organization,
                either_id,
            )
        return self._keep(organization, KnownPerson(row["object_id"], row["teams_id"], row["name"])) if row else None

    def _keep(self, organization: str, person: KnownPerson) -> KnownPerson:
        self._seen[organization, person.object_id] = self._seen[organization, person.teams_id] = person
        return person
