"""Asking other services."""

from __future__ import annotations

from typing import Any

from nats.errors import NoRespondersError
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from haveri_chassis import telemetry
from haveri_chassis.bus.bus import Bus
from haveri_chassis.bus.connection import LOST
from haveri_chassis.bus.errors import BusUnavailable, OwnerUnavailable, QueryRefused
from haveri_chassis.bus.replies import cut_result
from haveri_chassis.metrics import QUERIES_ASKED
from haveri_contracts.envelope import CONTENT_TYPE
from haveri_contracts.message import Query


class QueryClient:
    """Asks the owners of answers, over the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def ask(self, query: Query, *, organization: str, actor: str, timeout: float = 3.0) -> Any:
        """The answer as the query's `Answer` model.

        Raises QueryRefused with the owner's problem, or OwnerUnavailable: at once when no owner listens, after
        `timeout` seconds when it does not answer.
        """
        body = await self.ask_raw(query, organization=organization, actor=actor, timeout=timeout)
        try:
            return query.Answer.model_validate_json(body)
        except ValidationError as error:
            kind = query.message_type()
            raise OwnerUnavailable(f"the answer to {kind} cannot be read: {error.error_count()} faults") from None

    async def ask_raw(self, query: Query, *, organization: str, actor: str, timeout: float = 3.0) -> bytes:
        """The answer's JSON as the owner wrote it, without a model in between; raises like `ask`."""
        kind = query.message_type()
        with telemetry.span(f"ask {kind}", kind=SpanKind.CLIENT, organization=organization):
            try:
                answer = await self._exchange(query, organization, actor, timeout)
            except QueryRefused as refusal:
                QUERIES_ASKED.labels(kind, refusal.type).inc()
                raise
            except OwnerUnavailable:
                QUERIES_ASKED.labels(kind, "unavailable").inc()
                raise
        QUERIES_ASKED.labels(kind, "answered").inc()
        return answer

    async def _exchange(self, query: Query, organization: str, actor: str, timeout: float) -> bytes:
        sender = self._bus.sender
        envelope = sender.request(query, id=sender.ids.new(), organization=organization, actor=actor)
        try:
            client = self._bus.connection.client
            async with self._bus.connection.while_connected(timeout):
                reply = await client.request(
                    query.subject(organization), envelope.encode(), timeout, headers={"Content-Type": CONTENT_TYPE}
                )
        except NoRespondersError:
            raise OwnerUnavailable(f"the {query.owner} service is away") from None
        except BusUnavailable as error:
            raise OwnerUnavailable(str(error)) from error
        except LOST as error:
            raise OwnerUnavailable(f"the {query.owner} service did not answer within {timeout:g} s") from error
        return cut_result(reply.data, reply.headers, organization)
