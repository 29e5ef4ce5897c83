"""Identifiers as an argument: UUIDv7."""

from __future__ import annotations

import uuid
from typing import Protocol

from uuid_utils.compat import uuid7


class Ids(Protocol):
    """Makes identifiers."""

    def new(self) -> uuid.UUID:
        """A UUIDv7 that nobody has had before."""


class SystemIds:
    """UUIDv7 from the machine's time and randomness; ids of one process sort in the order they were made."""

    def new(self) -> uuid.UUID:
        """A fresh UUIDv7."""
        made: uuid.UUID = uuid7()
        return made
