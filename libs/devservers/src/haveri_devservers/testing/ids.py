"""Ids that tests can foretell."""

from __future__ import annotations

import uuid

_TEST_EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


class SequentialIds:
    """The same valid, increasing UUIDv7s for the same seed, for tests. Different seeds never meet."""

    def __init__(self, seed: int = 1) -> None:
        if not 0 <= seed < 2**32:
            raise ValueError("a seed is a whole number from 0 to 4294967295")
        self._seed = seed
        self._count = 0

    def new(self) -> uuid.UUID:
        """The next id of the sequence."""
        self._count += 1
        moment = (_TEST_EPOCH_MS + self._count) << 80
        return uuid.UUID(int=moment | _VERSION_7 | _VARIANT | self._seed)
