"""Carrying out commands as their owner, and answering each with one outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from haveri_contracts.envelope import (
    CONTENT_TYPE,
    Envelope,
    OrganizationMismatch,
    UnknownMessage,
    UnreadableMessage,
    decode,
    open_envelope,
)
from haveri_contracts.message import Command
from haveri_contracts.outcomes import Outcome, Problem
from haveri_contracts.plain import Refusal
from haveri_contracts.streams import Consumer
from haveri_contracts.subjects import UnknownSubjectError, outcome_subject, parse_subject
from nats.aio.msg import Msg

from haveri_chassis import logs
from haveri_chassis.bus.connection import UNSENT, Connection
from haveri_chassis.bus.delivery import Delivery
from haveri_chassis.bus.errors import NotRecorded
from haveri_chassis.bus.lanes import Lanes
from haveri_chassis.bus.received import CommandHandler, Received
from haveri_chassis.bus.subscribers import aggregate_of, handling
from haveri_chassis.database import Database
from haveri_chassis.messages import Sender
from haveri_chassis.metrics import HANDLING, OUTCOMES
from haveri_chassis.outcomes import OutcomeTaken, find_outcome, record_outcome
from haveri_chassis.telemetry import current_traceparent

REPLY_TO: Final = "Haveri-Reply-To"
_INBOX = "_INBOX."

log = logs.get_logger(__name__)


class NotPossibleNow(Refusal):
    """The order failed each time it was tried; it lies with the dead letters and can be replayed."""

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
        self._lanes = Lanes(workers, 4 * workers)
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
            await self._lanes.submit(aggregate_of(received), self._job(delivery, received))

    async def drain(self, seconds: float) -> bool:
        """Wait for the commands that are being carried out."""
        return await self._lanes.drain(seconds)

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
        except Exception as error:  # noqa: BLE001 - whatever it is, the order must not be lost
            if delivery.last:
                problem = Problem.of(NotPossibleNow("it failed every time it was tried; try again later"))
                # Not recorded: whoever replays the dead letter, or sends the same order again, gets it carried out.
                await self._answer(delivery, received.envelope, Outcome.rejected(received.envelope.id, problem))
            await delivery.again(error)
            return
        await self._answer(delivery, received.envelope, outcome)
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
        envelope = _envelope_in(delivery.message.data)
        if command_id is not None and envelope is not None and not isinstance(refusal, OrganizationMismatch):
            await self._answer(delivery, envelope, Outcome.rejected(command_id, Problem.of(refusal)))
        elif command_id is not None:
            await self._answer_inbox_only(delivery, Outcome.rejected(command_id, Problem.of(refusal)))
        await delivery.bury(refusal.type, refusal.detail)

    async def _answer(self, delivery: Delivery, command: Envelope, outcome: Outcome) -> None:
        OUTCOMES.labels(command.type if command.type.startswith("haveri.") else "other", outcome.status.value).inc()
        body = self._envelope(command.organization, command.correlationid or command.id, outcome)
        await self._publish(outcome_subject(command.organization, outcome.command_id), body)
        await self._reply(delivery, body)

    async def _answer_inbox_only(self, delivery: Delivery, outcome: Outcome) -> None:
        """The envelope cannot be trusted to say whose it is: only the sender who waits is told."""
        OUTCOMES.labels("unreadable", outcome.status.value).inc()
        try:
            organization = parse_subject(delivery.message.subject).organization
        except UnknownSubjectError:
            return
        await self._reply(delivery, self._envelope(organization, outcome.command_id, outcome))

    async def _reply(self, delivery: Delivery, body: bytes) -> None:
        # Only an inbox: otherwise a sender could make us publish, with our rights, on any subject.
        reply_to = (delivery.message.headers or {}).get(REPLY_TO, "")
        if reply_to.startswith(_INBOX) and not set(reply_to) & set("*> \t"):
            await self._publish(reply_to, body)

    async def _publish(self, subject: str, body: bytes) -> None:
        try:
            await self._connection.client.publish(subject, body, headers={"Content-Type": CONTENT_TYPE})
        except UNSENT as error:
            # Recorded, so whoever sends the command again gets this answer.
            log.warning("an outcome could not be sent", subject=subject, error=repr(error))

    def _envelope(self, organization: str, correlation: UUID, outcome: Outcome) -> bytes:
        return Envelope(
            id=self._sender.ids.new(),
            source=f"haveri/{self._sender.service}",
            type=f"haveri.{self._consumer.service}.outcome.v1",
            subject=str(outcome.command_id),
            time=self._sender.clock.now(),
            organization=organization,
            actor=f"system:{self._sender.service}",
            correlationid=correlation,
            causationid=outcome.command_id,
            traceparent=current_traceparent(),
            data=outcome.model_dump(mode="json", exclude_none=True),
        ).encode()


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
