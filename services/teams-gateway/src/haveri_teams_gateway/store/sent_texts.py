"""Texts that were about to be sent: remembered first, so that they can be looked for before they are sent again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from haveri_chassis.database import Database


@dataclass(frozen=True, slots=True)
class SentText:
    """A text for a channel; `message_id` when it is known to stand there."""

    channel: str
    text: str
    begun_at: datetime
    message_id: str | None


class SentTexts:
    """One organisation's texts by marker."""

    def __init__(self, database: Database, organization: str) -> None:
        self._database = database
        self._organization = organization

    async def begin(self, marker: str, channel: str, text: str, at: datetime) -> None:
        """Remember before sending."""
        async with self._database.transaction(self._organization) as connection:
            await connection.execute(
                """
                INSERT INTO sent_texts (organization_id, marker, channel, text, begun_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (organization_id, marker) DO UPDATE SET channel = $3, text = $4
                """,
                self._organization,
                marker,
                channel,
                text,
                at,
            )

    async def find(self, marker: str) -> SentText | None:
        """What is known of a text."""
        async with self._database.transaction(self._organization) as connection:
            row = await connection.fetchrow(
                """
                SELECT channel, text, begun_at, message_id FROM sent_texts
                WHERE organization_id = $1 AND marker = $2
                """,
                self._organization,
                marker,
            )
        return SentText(row["channel"], row["text"], row["begun_at"], row["message_id"]) if row else None

    async def done(self, marker: str, message_id: str) -> None:
        """It stands in the channel under this id."""
        async with self._database.transaction(self._organization) as connection:
            await connection.execute(
                "UPDATE sent_texts SET message_id = $3 WHERE organization_id = $1 AND marker = $2",
                self._organization,
                marker,
                message_id,
            )
