"""Sending commands: under which id, once for each Idempotency-Key, and what is said when the owner is away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from haveri_chassis.bus import QueryRefused
from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids
from haveri_contracts.incident.queries import GetOutcome
from haveri_contracts.message import Command
from haveri_contracts.outcomes import Outcome, OutcomeStatus, Problem
from haveri_contracts.plain import Refusal
from haveri_web.adapters.request_rows import Request, add_pending, claim, is_pending
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Commands, Queries
from haveri_web.domain.refusals import CommandUnknown, IdempotencyKeyReused


@dataclass(frozen=True, slots=True)
class Once:
    """The ids of one request: its command's, and those of the thing it creates, if it does.

    `again` is True when the same request came before under the same Idempotency-Key.
    """

    command_id: UUID
    thing_id: UUID
    again: bool = False


class CommandRefused(Refusal):
    """The owner refused the command; carries the owner's problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.type = problem.type
        self.title = problem.title
        self.errors = problem.errors


class CommandSender:
    """Sends commands for callers."""

    def __init__(self, database: Database, commands: Commands, queries: Queries, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._commands = commands
        self._queries = queries
        self._clock = clock
        self._ids = ids

    async def once(self, caller: Caller, key: str | None, what: bytes) -> Once:
        """The ids for a request: always the same ones for the same caller and key.

        `what` is everything the request asks for. Raises IdempotencyKeyReused when the key stood for something else.
        """
        fresh = Once(self._ids.new(), self._ids.new())
        if key is None:
            return fresh
        wanted = Request(
            organization_id=caller.organization,
            caller=caller.identity,
            key=key,
            fingerprint=hashlib.sha256(what).digest(),
            command_id=fresh.command_id,
            thing_id=fresh.thing_id,
        )
        async with self._database.transaction(caller.organization) as connection:
            kept = await claim(connection, wanted, self._clock.now())
        if kept.fingerprint != wanted.fingerprint:
            raise IdempotencyKeyReused("Use a new key for each new request, and the same key only to repeat one.")
        return Once(kept.command_id, kept.thing_id, again=kept.command_id != fresh.command_id)

    async def send(self, caller: Caller, command: Command, command_id: UUID) -> Outcome | None:
        """The accepted outcome, or None when the owner will see to it later.

        Raises CommandRefused, or BusUnavailable when not even that can be promised.
        """
        outcome = await self._commands.send(
            command, organization=caller.organization, actor=caller.actor, command_id=command_id
        )
        if outcome is None:
            async with self._database.transaction(caller.organization) as connection:
                await add_pending(connection, caller.organization, command_id, self._clock.now())
        elif outcome.status is OutcomeStatus.REJECTED and outcome.problem is not None:
            raise CommandRefused(outcome.problem)
        return outcome

    async def outcome(self, caller: Caller, command_id: UUID) -> Outcome | None:
        """What became of an earlier command; None while it waits for its owner. Raises CommandUnknown."""
        try:
            answer: Outcome = await self._queries.ask(
                GetOutcome(command_id=command_id), organization=caller.organization, actor=caller.actor
            )
        except QueryRefused:
            async with self._database.transaction(caller.organization) as connection:
                if await is_pending(connection, caller.organization, command_id):
                    return None
            raise CommandUnknown("Check the id; an outcome is kept for good, a waiting command for a week.") from None
        return answer
