"""The orderly end of what is under way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from haveri_teams_gateway.application.desk import Desk

_SETTLE_SECONDS = 4.0


class Outgoing:
    """A Component that only stops: what is in hand is finished, then the connections are closed.

    What could not be finished in time is in the tables, and taken up by the next process.
    """

    name = "outgoing"

    def __init__(self, desk: Desk, endings: Sequence[Callable[[], Awaitable[None]]]) -> None:
        self._desk = desk
        self._endings = endings

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Finish and close."""
        await self._desk.settle(_SETTLE_SECONDS)
        for end in self._endings:
            await end()

    def problem(self) -> str | None:
        """None: it has no life of its own."""
        return None
