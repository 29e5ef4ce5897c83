"""What a handler gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Message

M_co = TypeVar("M_co", bound=Message, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[M_co]):
    """A message that arrived, with its envelope; `deliveries` is 1 the first time and more when it comes again.

    A batch reader that wants unknown events gets them with `message` None.
    """

    envelope: Envelope
    message: M_co
    deliveries: int = 1

    @property
    def organization(self) -> str:
        """The organisation that the message belongs to, checked against its subject."""
        return self.envelope.organization

    @property
    def actor(self) -> str:
        """Who acts: `member:<uuid>`, `system:<name>` or `signal:<source>`."""
        return self.envelope.actor


EventHandler = Callable[[Received[Any]], Awaitable[None]]
BatchHandler = Callable[[Sequence[Received[Any]]], Awaitable[None]]
CommandHandler = Callable[[Received[Any]], Awaitable[dict[str, Any] | None]]
HintHandler = Callable[[Envelope], Awaitable[None]]


class RawJson(bytes):
    """An answer that is already JSON; it travels as it is."""
