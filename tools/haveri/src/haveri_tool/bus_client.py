"""Sending commands and asking queries over the bus, as Haveri's own tool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from haveri_chassis.bus import Bus, BusUnavailable, CommandBus, OwnerUnavailable, QueryClient, QueryRefused
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_contracts.message import Command, Query
from haveri_contracts.outcomes import Outcome, OutcomeStatus, Problem
from haveri_tool.trouble import Trouble

NAME = "haveri"
ACTOR = f"system:{NAME}"
_CONNECT_SECONDS = 10.0
_OUTCOME_SECONDS = 60.0
_ANSWER_SECONDS = 10.0


class Refused(Trouble):
    """The owner of a command or query refused it, for a reason meant for people."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.title} {problem.detail}" if problem.detail != problem.title else problem.title)
        self.problem = problem


class OwnerAway(Trouble):
    """The bus or the owner of a command or query does not answer."""


@dataclass(frozen=True)
class BusClient:
    """A connected bus with what is needed to use it. Everything is done as `system:haveri`."""

    bus: Bus
    commands: CommandBus
    queries: QueryClient

    async def send(self, command: Command, organization: str) -> dict[str, Any]:
        """The accepted command's result; raises Refused or OwnerAway."""
        try:
            outcome = await self.commands.send(
                command,
                organization=organization,
                actor=ACTOR,
                command_id=self.bus.sender.ids.new(),
                wait=_OUTCOME_SECONDS,
            )
        except BusUnavailable as error:
            raise OwnerAway(str(error)) from error
        return _result(outcome, command.owner)

    async def ask(self, query: Query, organization: str) -> Any:
        """The answer as the query's model; raises Refused or OwnerAway."""
        try:
            return await self.queries.ask(query, organization=organization, actor=ACTOR, timeout=_ANSWER_SECONDS)
        except QueryRefused as refusal:
            raise Refused(Problem(type=refusal.type, title=refusal.title, detail=refusal.detail)) from None
        except OwnerUnavailable as error:
            raise OwnerAway(str(error)) from error


@asynccontextmanager
async def bus_client_at(nats_url: str) -> AsyncIterator[BusClient]:
    """A client of this bus; raises OwnerAway when it does not answer."""
    bus = Bus(nats_url, service=NAME, clock=SystemClock(), ids=SystemIds())
    client = BusClient(bus, CommandBus(bus), QueryClient(bus))
    await bus.start()
    try:
        await _connected(bus)
        yield client
    finally:
        await bus.stop()


async def _connected(bus: Bus) -> None:
    try:
        await asyncio.wait_for(bus.wait_ready(), _CONNECT_SECONDS)
    except TimeoutError:
        raise OwnerAway(f"the bus cannot be used: {bus.problem() or 'it does not answer'}") from None


def _result(outcome: Outcome | None, owner: str) -> dict[str, Any]:
    if outcome is None:
        raise OwnerAway(f"the {owner} service does not answer; the command waits for it and will be carried out")
    if outcome.status is OutcomeStatus.REJECTED and outcome.problem is not None:
        raise Refused(outcome.problem)
    return outcome.result or {}
