"""What is needed of the bus and the object store. The chassis has what fits; tests bring fakes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol
from uuid import UUID

from haveri_contracts.message import Command, Query
from haveri_contracts.outcomes import Outcome


class Commands(Protocol):
    """Sends commands to their owners."""

    async def send(self, command: Command, *, organization: str, actor: str, command_id: UUID) -> Outcome | None:
        """The outcome, or None when the owner will see to it later."""


class Queries(Protocol):
    """Asks owners."""

    async def ask(self, query: Query, *, organization: str, actor: str) -> Any:
        """The answer as the query's model; raises QueryRefused or OwnerUnavailable."""

    async def ask_raw(self, query: Query, *, organization: str, actor: str) -> bytes:
        """The answer's JSON as the owner wrote it."""


class Blobs(Protocol):
    """Reads objects."""

    def stream(self, key: str) -> AsyncIterator[bytes]:
        """The bytes of an object, piece by piece."""
