"""Carrying out commands as their owner, and answering each with one outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from nats.aio.msg import Msg

from haveri_chassis import logs
from haveri_chassis.bus.connection import UNSENT, Connection
from haveri_chassis.bus.delivery import Delivery
from haveri_chassis.bus.errors import NotRecorded
from haveri_chassis.bus.partitions import Partitions
from haveri_chassis.bus.received import CommandHandler, Received
from haveri_chassis.bus.replies import is_inbox, outcome_body, reply_headers
from haveri_chassis.bus.subscribers import aggregate_of, handling
from haveri_chassis.database import Database
from haveri_chassis.messages import Sender
from haveri_chassis.metrics import HANDLING, OUTCOMES
from haveri_chassis.outcomes import OutcomeTaken, find_outcome, record_outcome
from haveri_contracts.envelope import (
    Envelope,
    UnknownMessage,
    UnreadableMessage,
    decode,
    open_envelope,
)
from haveri_contracts.message import Command, find
from haveri_contracts.outcomes import Outcome, Problem
from haveri_contracts.plain import Refusal
from haveri_contracts.streams import Consumer
from haveri_contracts.subjects import outcome_subject

REPLY_TO: Final = "Haveri-Reply-To"

log = logs.get_logger(__name__)


class NotPossibleNow(Refusal):
    """The command failed each time it was tried; it lies with the dead letters and can be replayed."""

    type = "not-possible-now"
    title = "The order could not be carried out."


class CommandSubscriber:
    """Calls the handler of each command, serially within an aggregate and up to `workers` at once across them."""

    def __init__(
        self,
        connection: Connection,
        consumer: Consumer,
        database: Database,
        handlers: Mapping[type[Command], CommandHandler],
        workers: int,
        sender: Sender,
    ) -> None:
        self._connection = connection
        self._consumer = consumer
        self._database = database
        self._handlers = dict(handlers)
        self._partitions = Partitions(workers, 4 * workers)
        self._sender = sender
        self._known_to_record: set[type[Any]] = set()

    async def take(self, messages: list[Msg]) -> None:
        """Take commands in, waiting while too many are being carried out."""
        for message in messages:
            delivery = Delivery(self._connection, self._consumer, message)
            try:
                received = self._read(delivery)
            except UnreadableMessage as refusal:
                await self._refuse_unreadable(delivery, refusal)
                continue
            await self._partitions.submit(aggregate_of(received), self._job(delivery, received))

    async def drain(self, seconds: float) -> bool:
        """Wait for the commands that are being carried out."""
        return await self._partitions.drain(seconds)

    def _read(self, delivery: Delivery) -> Received[Any]:
        envelope, message = decode(delivery.message.data, delivery.message.subject)
        if type(message) not in self._handlers:
            raise UnknownMessage(f"{envelope.type} is not carried out by {self._consumer.service}")
        return Received(envelope, message, delivery.deliveries)

    def _job(self, delivery: Delivery, received: Received[Any]) -> Callable[[], Any]:
        async def job() -> None:
            with (
                handling(self._consumer, received),
                logs.bound(organization=received.organization, message_id=str(received.envelope.id)),
            ):
                await self._carry_out(delivery, received)

        return job

    async def _carry_out(self, delivery: Delivery, received: Received[Any]) -> None:
        try:
            with HANDLING.labels(self._consumer.name).time():
                outcome = await self._outcome_of(received)
        except Exception as error:  # noqa: BLE001 - whatever it is, the command must not be lost
            if delivery.last:
                problem = Problem.of(NotPossibleNow("it failed every time it was tried; try again later"))
                # Not recorded: whoever replays the dead letter, or sends the same command again, gets it carried out.
                await self._answer(
                    delivery, received.organization, received.envelope, Outcome.rejected(received.envelope.id, problem)
                )
            await delivery.again(error)
            return
        await self._answer(delivery, received.organization, received.envelope, outcome)
        await delivery.done()

    async def _outcome_of(self, received: Received[Any]) -> Outcome:
        if received.deliveries > 1 and (recorded := await self._recorded(received)):
            return recorded
        # The first time we do not look first: recording the outcome refuses a repeat, in the same transaction.
        try:
            result = await self._handlers[type(received.message)](received)
        except OutcomeTaken:
            return await self._taken(received)
        except Refusal as refusal:
            return await self._record_refusal(received, refusal)
        if type(received.message) not in self._known_to_record:
            await self._check_recorded(received)
        return Outcome.accepted(received.envelope.id, result)

    async def _record_refusal(self, received: Received[Any], refusal: Refusal) -> Outcome:
        outcome = Outcome.rejected(received.envelope.id, Problem.of(refusal))
        try:
            async with self._database.transaction(received.organization) as connection:
                await record_outcome(connection, received.organization, outcome)
        except OutcomeTaken:
            return await self._taken(received)
        return outcome

    async def _recorded(self, received: Received[Any]) -> Outcome | None:
        async with self._database.transaction(received.organization) as connection:
            return await find_outcome(connection, received.organization, received.envelope.id)

    async def _taken(self, received: Received[Any]) -> Outcome:
        recorded = await self._recorded(received)
        if recorded is None:
            raise NotRecorded(f"the outcome of {received.envelope.id} was taken, and is not there")
        return recorded

    async def _check_recorded(self, received: Received[Any]) -> None:
        """Find a handler that forgets to record its outcome the first time it runs, at no cost afterwards."""
        if await self._recorded(received) is None:
            raise NotRecorded(f"the handler of {received.envelope.type} did not record its outcome")
        self._known_to_record.add(type(received.message))

    async def _refuse_unreadable(self, delivery: Delivery, refusal: UnreadableMessage) -> None:
        command_id = _id_in(delivery.message.data)
        if command_id is not None:
            # The envelope may lie about whose it is; the server let the sender publish on this subject.
            organization = _organization_of(delivery.message.subject)
            envelope = _envelope_in(delivery.message.data)
            outcome = Outcome.rejected(command_id, Problem.of(refusal))
            await self._answer(delivery, organization, envelope, outcome)
        await delivery.bury(refusal.type, refusal.detail)

    async def _answer(self, delivery: Delivery, organization: str, command: Envelope | None, outcome: Outcome) -> None:
        kind = command.type if command is not None and find(command.type) else "unknown"
        OUTCOMES.labels(kind, outcome.status.value).inc()
        id = str(outcome.command_id)
        headers = reply_headers(self._sender, f"haveri.{self._consumer.service}.outcome.v1", organization, command, id)
        subjects = [outcome_subject(organization, outcome.command_id)]
        reply_to = (delivery.message.headers or {}).get(REPLY_TO, "")
        if is_inbox(reply_to):
            subjects.append(reply_to)
        for subject in subjects:
            try:
                await self._connection.publish_soon(subject, outcome_body(outcome), headers)
            except UNSENT as error:
                # It is recorded, so whoever sends the command again gets this answer.
                log.warning("an outcome could not be sent", subject=subject, error=repr(error))


def _id_in(body: bytes) -> UUID | None:
    """The id in a body that is no proper envelope, if there is one."""
    try:
        return UUID(orjson.loads(body)["id"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _envelope_in(body: bytes) -> Envelope | None:
    try:
        return open_envelope(body)
    except UnreadableMessage:
        return None


def _organization_of(subject: str) -> str:
    return subject.split(".")[1]
