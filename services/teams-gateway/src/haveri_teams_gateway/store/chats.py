"""People's personal chats with the bot, so that one need not be opened again for each message."""

from __future__ import annotations

from haveri_chassis.database import Database


class Chats:
    """One organisation's, by aadObjectId; kept in memory once known."""

    def __init__(self, database: Database, organization: str) -> None:
        self._database = database
        self._organization = organization
        self._known: dict[str, str] = {}

    async def find(self, object_id: str) -> str | None:
        """The conversation with somebody, when it was ever opened."""
        if object_id in self._known:
            return self._known[object_id]
        async with self._database.transaction(self._organization) as connection:
            found: str | None = await connection.fetchval(
                "SELECT conversation FROM chats WHERE organization_id = $1 AND object_id = $2",
                self._organization,
                object_id,
            )
        if found is not None:
            self._known[object_id] = found
        return found

    async def learn(self, object_id: str, conversation: str) -> None:
        """Remember a chat."""
        async with self._database.transaction(self._organization) as connection:
            await connection.execute(
                """
                INSERT INTO chats (organization_id, object_id, conversation) VALUES ($1, $2, $3)
                ON CONFLICT (organization_id, object_id) DO UPDATE SET conversation = $3
                """,
                self._organization,
                object_id,
                conversation,
            )
        self._known[object_id] = conversation

    async def forget(self, object_id: str) -> None:
        """The chat does not take messages any more; it may be another one by now."""
        self._known.pop(object_id, None)
        async with self._database.transaction(self._organization) as connection:
            await connection.execute(
                "DELETE FROM chats WHERE organization_id = $1 AND object_id = $2", self._organization, object_id
            )
