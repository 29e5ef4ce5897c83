"""Password hashes: argon2id, two at once at most, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from haveri_web.domain.refusals import Busy

_AT_ONCE = 2
_MOST_WAITING = 32
_NOBODY = "verified when an account is unknown, so that the answer takes as long"

R = TypeVar("R")


class Hasher:
    """Makes and verifies argon2id hashes. One costs about 0.16 s and 64 MiB, hence the bounds.

    Every method raises Busy when too many are waiting already.
    """

    def __init__(self, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._nobodys_hash: str | None = None

    async def prepare(self) -> None:
        """Make the hash for unknown accounts ahead of the first sign-in, which would take twice as long otherwise."""
        if self._nobodys_hash is None:
            self._nobodys_hash = await self.hash(_NOBODY)

    async def hash(self, password: str) -> str:
        """The hash to keep of a password."""
        return await self._slowly(lambda: self._argon2.hash(password))

    async def matches(self, kept: str | None, password: str) -> bool:
        """True when the password belongs to the hash; without a hash it takes as long and is False."""
        await self.prepare()
        against = kept or self._nobodys_hash or ""
        fits = await self._slowly(lambda: self._verify(against, password))
        return fits and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """True when the hash was made with other costs than are used now."""
        return self._argon2.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._argon2.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _slowly(self, work: Callable[[], R]) -> R:
        if self._waiting >= _MOST_WAITING:
            raise Busy("Many people are signing in right now. Try again in a moment.")
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
