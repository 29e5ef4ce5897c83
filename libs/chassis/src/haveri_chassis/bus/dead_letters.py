"""What no consumer could handle: list it, replay it, discard it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import orjson
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from haveri_chassis.bus import delivery as marks
from haveri_chassis.bus.bus import Bus
from haveri_chassis.bus.connection import LOST, Connection
from haveri_chassis.bus.errors import BusUnavailable
from haveri_contracts.envelope import CONTENT_TYPE
from haveri_contracts.streams import COMMANDS, DEAD_LETTERS

_ADVISORY: Final = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES."
DELIVERED_TOO_OFTEN: Final = "delivered-too-often"


class NoSuchLetter(LookupError):
    """There is no dead letter of that number, or what it was about has gone from its stream."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that died. `sequence` is its number here; `body` is None when its stream no longer has it."""

    sequence: int
    consumer: str
    subject: str
    stream: str
    stream_sequence: int
    deliveries: int
    reason: str
    detail: str
    died_at: datetime
    body: bytes | None


class DeadLetters:
    """The dead letters of the whole house, over a started bus."""

    def __init__(self, bus: Bus) -> None:
        self._connection: Connection = bus.connection
        self._new_id = bus.sender.ids.new

    async def list(self, *, consumer: str | None = None) -> list[DeadLetter]:
        """Every dead letter, oldest first, of one consumer or of all; raises BusUnavailable."""
        letters: list[DeadLetter] = []
        message = await self._next(1)
        while message is not None:
            letter = await self._read(message)
            if letter is not None and consumer in (None, letter.consumer):
                letters.append(letter)
            message = await self._next((message.seq or 0) + 1)
        return letters

    async def get(self, sequence: int) -> DeadLetter:
        """One dead letter; raises NoSuchLetter or BusUnavailable."""
        message = await self._message(DEAD_LETTERS.name, sequence)
        letter = await self._read(message) if message else None
        if letter is None:
            raise NoSuchLetter(f"there is no dead letter {sequence}")
        return letter

    async def replay(self, sequence: int) -> DeadLetter:
        """Send the message again on its own subject, to be handled afresh, and take the letter away.

        It gets a new `Nats-Msg-Id`, so that the stream does not take it for a duplicate; its envelope stays the same,
        so readers that had handled it pass over it. Raises NoSuchLetter or BusUnavailable.
        """
        letter = await self.get(sequence)
        if letter.body is None:
            raise NoSuchLetter(f"{letter.stream} no longer has the message of dead letter {sequence}")
        await self._connection.publish_durable(
            letter.subject, letter.body, f"replay:{self._new_id()}", {"Content-Type": CONTENT_TYPE}
        )
        await self._remove(letter)
        return letter

    async def discard(self, sequence: int) -> DeadLetter:
        """Take the letter away for good, without its message being handled; raises like `replay`."""
        letter = await self.get(sequence)
        await self._remove(letter)
        return letter

    async def _remove(self, letter: DeadLetter) -> None:
        js = self._connection.jetstream
        try:
            if letter.reason == DELIVERED_TOO_OFTEN and letter.stream == COMMANDS.name and letter.body is not None:
                # A work queue keeps what was never acknowledged.
                await js.delete_msg(letter.stream, letter.stream_sequence)
            await js.delete_msg(DEAD_LETTERS.name, letter.sequence)
        except NotFoundError:
            return
        except LOST as error:
            raise BusUnavailable(f"dead letter {letter.sequence} could not be removed: {error}") from error

    async def _read(self, message: RawStreamMsg) -> DeadLetter | None:
        subject = message.subject or ""
        if subject.startswith(_ADVISORY):
            return await self._read_advisory(message)
        headers = message.headers or {}
        if marks.SUBJECT not in headers:
            return None
        return DeadLetter(
            sequence=message.seq or 0,
            consumer=headers.get(marks.CONSUMER, ""),
            subject=headers[marks.SUBJECT],
            stream=headers.get(marks.STREAM, ""),
            stream_sequence=_number(headers.get(marks.SEQUENCE)),
            deliveries=_number(headers.get(marks.DELIVERIES)),
            reason=headers.get(marks.REASON, ""),
            detail=headers.get(marks.DETAIL, ""),
            died_at=_moment(message),
            body=message.data or b"",
        )

    async def _read_advisory(self, message: RawStreamMsg) -> DeadLetter | None:
        """The server's own note that a message was delivered too often: it names the message, we fetch it."""
        try:
            advisory = orjson.loads(message.data or b"")
            stream, sequence = str(advisory["stream"]), int(advisory["stream_seq"])
            consumer, deliveries = str(advisory["consumer"]), int(advisory["deliveries"])
        except (ValueError, TypeError, KeyError):
            return None
        original = await self._message(stream, sequence)
        return DeadLetter(
            sequence=message.seq or 0,
            consumer=consumer,
            subject=(original.subject or "") if original else "",
            stream=stream,
            stream_sequence=sequence,
            deliveries=deliveries,
            reason=DELIVERED_TOO_OFTEN,
            detail="every delivery ended without an answer: the process died or lost its connection each time",
            died_at=_moment(message),
            body=(original.data or b"") if original else None,
        )

    async def _next(self, sequence: int) -> RawStreamMsg | None:
        return await self._message(DEAD_LETTERS.name, sequence, or_later=True)

    async def _message(self, stream: str, sequence: int, *, or_later: bool = False) -> RawStreamMsg | None:
        js = self._connection.jetstream
        try:
            if or_later:
                return await js.get_msg(stream, seq=sequence, subject=">", next=True)
            return await js.get_msg(stream, seq=sequence)
        except NotFoundError:
            return None
        except LOST as error:
            raise BusUnavailable(f"the stream {stream} cannot be read: {error}") from error


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _moment(message: RawStreamMsg) -> datetime:
    return message.time or datetime.min.replace(tzinfo=UTC)
