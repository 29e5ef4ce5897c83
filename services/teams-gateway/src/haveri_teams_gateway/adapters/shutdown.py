"""The orderly end of what is under way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class ShutdownHooks:
    """A Component that only stops. What could not be finished is in the tables and taken up by the next process."""

    def __init__(self, name: str, *endings: Callable[[], Awaitable[None]]) -> None:
        self.name = name
        self._endings = endings

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Call the endings in their order."""
        for end in self._endings:
            await end()

    def problem(self) -> str | None:
        """None: it has no life of its own."""
        return None
