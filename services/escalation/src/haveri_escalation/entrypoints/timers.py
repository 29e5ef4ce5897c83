"""What has come due, handed to whoever carries it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from haveri_chassis.bus import Bus, Received
from haveri_contracts.message import Event
from haveri_contracts.streams import ESCALATION_TIMERS

_AT_ONCE = 16

Handler = Callable[[Received[Any]], Awaitable[None]]


def attach_timers(bus: Bus, handlers: Mapping[type[Event], Handler]) -> None:
    """Read the one consumer of everything that comes due; `handlers` by the kind of event."""

    async def carry_out(received: Received[Any]) -> None:
        await handlers[type(received.message)](received)

    bus.on_event(ESCALATION_TIMERS, carry_out, workers=_AT_ONCE)
