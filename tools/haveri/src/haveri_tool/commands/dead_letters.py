"""`haveri dead-letters`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from haveri_chassis.bus.dead_letters import DeadLetter, DeadLetters
from haveri_tool.access import Access
from haveri_tool.bus_client import bus_client_at


@asynccontextmanager
async def dead_letters_of(access: Access) -> AsyncIterator[DeadLetters]:
    """The dead letters of a running house; raises OwnerAway."""
    async with bus_client_at(access.nats_url) as client:
        yield DeadLetters(client.bus)


async def listed(access: Access, consumer: str | None) -> list[DeadLetter]:
    """Every dead letter, oldest first, of one consumer or of all."""
    async with dead_letters_of(access) as letters:
        return await letters.list(consumer=consumer)


async def shown(access: Access, sequence: int) -> DeadLetter:
    """One dead letter; raises NoSuchLetter."""
    async with dead_letters_of(access) as letters:
        return await letters.get(sequence)


async def replayed(access: Access, sequence: int | None) -> list[DeadLetter]:
    """Send one dead letter, or all that can be sent (None), to be handled afresh; gives those sent."""
    async with dead_letters_of(access) as letters:
        if sequence is not None:
            return [await letters.replay(sequence)]
        return [await letters.replay(letter.sequence) for letter in await letters.list() if letter.body is not None]


async def discarded(access: Access, sequence: int | None) -> list[DeadLetter]:
    """Throw one dead letter, or all (None), away for good; gives those thrown away."""
    async with dead_letters_of(access) as letters:
        if sequence is not None:
            return [await letters.discard(sequence)]
        return [await letters.discard(letter.sequence) for letter in await letters.list()]
