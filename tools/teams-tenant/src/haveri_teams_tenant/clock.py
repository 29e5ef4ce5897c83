"""Time and chance as arguments, so that tests move them by hand."""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import UTC, datetime


class Clock:
    """Where the tenant reads the time: the clock of this machine, unless a test gives another."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()


class Ids:
    """Where the tenant takes identifiers from: the operating system's randomness."""

    def guid(self) -> str:
        """A random GUID in lower case."""
        return str(uuid.uuid4())

    def hex(self) -> str:
        """32 random hexadecimal digits."""
        return secrets.token_hex(16)


def stamp(moment: datetime) -> str:
    """A moment as Teams writes it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
