"""Answering queries as their owner."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind
from pydantic import BaseModel

from haveri_chassis import logs, telemetry
from haveri_chassis.bus.connection import UNSENT, Connection
from haveri_chassis.bus.replies import NotAnswered, is_inbox, problem_body, reply_headers, result_body, to_json
from haveri_chassis.messages import Sender
from haveri_chassis.metrics import ANSWERING, QUERIES_ANSWERED
from haveri_contracts.envelope import Envelope, UnreadableMessage, decode
from haveri_contracts.message import Query
from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import Refusal

QueryHandler = Callable[[Any, Envelope], Awaitable[BaseModel | bytes]]

log = logs.get_logger(__name__)


class AnswerTooLarge(Refusal):
    """The answer does not fit into one message."""

    type = "answer-too-large"
    title = "The answer is too large for one message; ask for a smaller page."


class QueryResponder:
    """Answers one kind of query, for every organisation, as one of the owner's replicas."""

    def __init__(self, connection: Connection, query: type[Query], handler: QueryHandler, sender: Sender) -> None:
        self._connection = connection
        self._query = query
        self._handler = handler
        self._sender = sender

    async def take(self, message: Msg) -> None:
        """Answer one query; one that names no inbox for the answer is dropped."""
        if not is_inbox(message.reply):
            return
        kind = self._query.message_type()
        begun = time.perf_counter()
        try:
            envelope, query = decode(message.data, message.subject)
        except UnreadableMessage as refusal:
            await self._reject_unreadable(message, refusal)
            return
        with (
            telemetry.span(
                f"answer {kind}", envelope.traceparent, kind=SpanKind.SERVER, organization=envelope.organization
            ),
            logs.bound(organization=envelope.organization, message_id=str(envelope.id)),
        ):
            result, problem = await self._answer(query, envelope)
            await self._reply(message, envelope, result, problem)
        QUERIES_ANSWERED.labels(kind, problem.type if problem else "answered").inc()
        ANSWERING.labels(kind).observe(time.perf_counter() - begun)

    async def _answer(self, query: Any, envelope: Envelope) -> tuple[bytes | None, Problem | None]:
        try:
            result = to_json(await self._handler(query, envelope))
        except Refusal as refusal:
            return None, Problem.of(refusal)
        except Exception as error:
            log.exception("a query failed", query=envelope.type, error=repr(error))
            return None, Problem.of(NotAnswered())
        if len(result) > self._connection.client.max_payload - 4096:
            return None, Problem.of(AnswerTooLarge(f"{len(result)} bytes; ask for a smaller page"))
        return result, None

    async def _reject_unreadable(self, message: Msg, refusal: UnreadableMessage) -> None:
        QUERIES_ANSWERED.labels(self._query.message_type(), refusal.type).inc()
        await self._reply(message, None, None, Problem.of(refusal))

    async def _reply(self, message: Msg, query: Envelope | None, result: bytes | None, problem: Problem | None) -> None:
        # The organisation is the subject's: there, the server let the asker publish.
        organization = message.subject.split(".")[1]
        headers = reply_headers(self._sender, f"{self._query.message_type()}.reply", organization, query)
        body = problem_body(problem) if problem else result_body(result or b"null")
        try:
            await self._connection.client.publish(message.reply, body, headers=headers)
        except UNSENT as error:
            log.warning("an answer could not be sent", query=self._query.message_type(), error=repr(error))
