"""What was left undone is taken up again, by whichever replica is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from haveri_chassis.logs import get_logger

log = get_logger(__name__)

SWEEP_EVERY = timedelta(seconds=1)
CLEAN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Chore:
    """Something to look after on every round."""

    name: str
    do: Callable[[], Awaitable[None]]


async def sweep(chores: list[Chore]) -> None:
    """Every chore once, in order; one that fails keeps no other from being done."""
    for chore in chores:
        try:
            await chore.do()
        except Exception:
            log.exception("a chore failed", chore=chore.name)
