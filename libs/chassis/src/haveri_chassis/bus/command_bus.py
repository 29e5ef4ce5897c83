"""Sending commands and waiting for their outcomes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind

from haveri_chassis import telemetry
from haveri_chassis.bus.bus import Bus
from haveri_chassis.bus.commands import REPLY_TO
from haveri_chassis.bus.errors import BusUnavailable
from haveri_chassis.bus.replies import ORGANIZATION
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import COMMANDS_SENT
from haveri_contracts.envelope import CONTENT_TYPE
from haveri_contracts.message import Command
from haveri_contracts.outcomes import Outcome
from haveri_contracts.streams import COMMANDS

# A little longer than the stream remembers an id.
_DUPLICATES_SECONDS = COMMANDS.duplicate_window.total_seconds() + 0.005

log = get_logger(__name__)


@dataclass
class _Waiting:
    """Everyone in this process who waits for the outcome of one command of one organisation."""

    answer: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    callers: int = 0


class CommandBus:
    """Sends commands to their owners. One inbox a process; create it before the bus is started."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        # By organisation too: two of them may send the same id, and neither may receive the other's answer.
        self._waiting: dict[tuple[str, UUID], _Waiting] = {}
        self._inbox = ""
        self._restored = asyncio.Event()
        bus.connection.after_connect(self._listen)
        bus.connection.after_reconnect(self._ask_again)

    async def send(
        self,
        command: Command,
        *,
        organization: str,
        actor: str,
        command_id: UUID,
        correlation_id: UUID | None = None,
        causation_id: UUID | None = None,
        wait: float = 5.0,
    ) -> Outcome | None:
        """Store a command for its owner and wait up to `wait` seconds for the outcome.

        None means: accepted for later, the owner has not answered yet and will carry it out. Raises BusUnavailable
        when it could not even be stored. The same `command_id` again has one effect and gets the same outcome.
        """
        kind = command.message_type()
        with telemetry.span(f"send {kind}", kind=SpanKind.PRODUCER, organization=organization):
            envelope = self._bus.sender.request(
                command,
                id=command_id,
                organization=organization,
                actor=actor,
                correlation_id=correlation_id,
                causation_id=causation_id,
            )
            asked = organization, command_id
            waiting = self._waiting.setdefault(asked, _Waiting())
            waiting.callers += 1
            try:
                outcome = await self._ask(command.subject(organization), envelope.encode(), command_id, waiting, wait)
            finally:
                waiting.callers -= 1
                if not waiting.callers:
                    self._waiting.pop(asked, None)
        COMMANDS_SENT.labels(kind, outcome.status.value if outcome else "later").inc()
        return outcome

    async def _ask(self, subject: str, body: bytes, command_id: UUID, waiting: _Waiting, wait: float) -> Outcome | None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        promised = False
        while True:
            restored = self._restored
            try:
                answerable = await self._store(subject, body, command_id)
            except BusUnavailable:
                if not promised:
                    raise
                answerable = True
            promised = True
            # A duplicate was sent by somebody else a moment ago, who alone receives the answer. Once the stream has
            # forgotten that id we send it again, and the owner answers us from its record. The same goes for an
            # answer that we may have missed because the connection was lost.
            left = max(0.0, deadline - loop.time())
            await _either(waiting.answer, restored, left if answerable else min(left, _DUPLICATES_SECONDS))
            if waiting.answer.done():
                return waiting.answer.result()
            if loop.time() >= deadline:
                return None

    async def _store(self, subject: str, body: bytes, command_id: UUID) -> bool:
        headers = {"Content-Type": CONTENT_TYPE}
        if self._inbox:
            headers[REPLY_TO] = f"{self._inbox}.{command_id}"
        return await self._bus.connection.publish_durable(subject, body, str(command_id), headers)

    async def _listen(self, client: Client) -> None:
        inbox = client.new_inbox()
        await client.subscribe(f"{inbox}.*", cb=self._receive)
        self._inbox = inbox

    def _ask_again(self) -> None:
        self._restored.set()
        self._restored = asyncio.Event()

    async def _receive(self, message: Msg) -> None:
        try:
            command_id = UUID(message.subject.rpartition(".")[2])
            organization = (message.headers or {}).get(ORGANIZATION, "")
            waiting = self._waiting.get((organization, command_id))
            if waiting is None or waiting.answer.done():
                return
            outcome = Outcome.model_validate_json(message.data)
        except ValueError as error:
            log.warning("an outcome cannot be read", error=str(error))
            return
        if outcome.command_id == command_id:
            waiting.answer.set_result(outcome)


async def _either(answer: asyncio.Future[Outcome], restored: asyncio.Event, seconds: float) -> None:
    """Wait for one of both; the answer is shared by all who wait for it, so it survives whoever gives up."""
    back = asyncio.ensure_future(restored.wait())
    try:
        await asyncio.wait((answer, back), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        back.cancel()
