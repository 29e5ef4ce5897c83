"""How fast the bot may ask in one tenant: the Bot Connector and Graph count apart."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from haveri_chat.delivery import Delivery
from haveri_chat.delivery.pacing import Window
from haveri_chat.delivery.retry import RetryPolicy
from haveri_teams_gateway.adapters.teams.rush import Rush

PER_CONVERSATION = (
    Window(7, 1.0),
    Window(8, 2.0),
    Window(60, 30.0, reserved=30),
    Window(1800, 3600.0, reserved=300),
)
"""What is reserved, in people's own chats, is for the first call about an incident.

When two hundred incidents call the same crew within a minute, Teams lets 60 messages in 30 s through to each of them.
So every incident still reaches one of the crew at once, and the others as soon as that can be.
"""
PER_APP = (Window(45, 1.0),)
"""Teams allows 30 to 50 requests a second for an app in a tenant; look-ups need a few of them."""
GRAPH_WRITES = (Window(30, 1.2),)
"""Graph allows 30 a second for an app in a tenant; requests do not all take equally long to get there."""
PATIENCE = RetryPolicy(attempts=4, base=0.25, cap=4.0, patience=10.0)
"""Shorter than the workflow's claims: what takes longer is put off and resumed from the table."""


def _delivery(per_conversation: Sequence[Window], per_app: Sequence[Window]) -> Delivery:
    return Delivery(
        PATIENCE,
        per_conversation=per_conversation,
        per_app=per_app,
        now=time.monotonic,
        sleep=asyncio.sleep,
        jitter=random.random,
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """The two ways out to one tenant, and whether there is a rush on them."""

    connector: Delivery = field(default_factory=lambda: _delivery(PER_CONVERSATION, PER_APP))
    graph: Delivery = field(default_factory=lambda: _delivery((), GRAPH_WRITES))
    rush: Rush = field(default_factory=Rush)

    async def close(self) -> None:
        """Stop; what waits is cancelled."""
        await self.connector.close()
        await self.graph.close()
