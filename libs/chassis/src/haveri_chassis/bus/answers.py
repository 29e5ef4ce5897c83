"""Answers to queries on the wire: a CloudEvent around JSON that is never parsed on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from haveri_contracts.envelope import CONTENT_TYPE, Envelope, UnreadableMessage, open_envelope
from haveri_contracts.outcomes import Problem
from pydantic import BaseModel, ValidationError

from haveri_chassis.bus.errors import OwnerUnavailable, QueryRefused
from haveri_chassis.telemetry import current_traceparent

RESULT_AT: Final = "Haveri-Result-At"
_RESULT = b'"data":{"result":'
_PROBLEM = b'"data":{"problem":'
_END = b"}}"


def to_json(answer: BaseModel | bytes) -> bytes:
    """An answer as JSON; bytes are JSON already."""
    if isinstance(answer, bytes):
        return answer
    return answer.__pydantic_serializer__.to_json(answer)


def answer_message(
    query: Envelope,
    service: str,
    id: UUID,
    time: datetime,
    *,
    result: bytes | None = None,
    problem: Problem | None = None,
) -> tuple[bytes, dict[str, str]]:
    """The reply's body and headers: the envelope with the result's bytes spliced in, and where they begin."""
    head = Envelope(
        id=id,
        source=f"haveri/{service}",
        type=f"{query.type.rpartition('.')[0]}.answer.{query.type.rpartition('.')[2]}",
        time=time,
        organization=query.organization,
        actor=f"system:{service}",
        correlationid=query.correlationid or query.id,
        causationid=query.id,
        traceparent=current_traceparent(),
        data={},
    ).encode()
    start = head.removesuffix(b'"data":{}}')
    headers = {"Content-Type": CONTENT_TYPE}
    if problem is not None:
        return b"".join((start, _PROBLEM, problem.model_dump_json().encode(), _END)), headers
    start += _RESULT
    headers[RESULT_AT] = str(len(start))
    return b"".join((start, result or b"null", _END)), headers


def cut_result(body: bytes, headers: dict[str, str] | None, organization: str) -> bytes:
    """The result's JSON out of a reply, checked to be this organisation's; raises QueryRefused or OwnerUnavailable.

    Where the header says that the result begins, only the envelope around it is read.
    """
    at = (headers or {}).get(RESULT_AT, "")
    start = int(at) if at.isdigit() else 0
    if start and body[start - len(_RESULT) : start] == _RESULT and body.endswith(_END):
        _check(body[: start - len(_RESULT)] + b'"data":{}}', organization)
        return body[start : -len(_END)]
    data = _check(body, organization).data
    if data.get("problem") is not None:
        try:
            problem = Problem.model_validate(data["problem"])
        except ValidationError as error:
            raise OwnerUnavailable(f"the owner's problem cannot be read: {error.error_count()} faults") from None
        raise QueryRefused(problem)
    return orjson.dumps(data.get("result"))


def _check(envelope: bytes, organization: str) -> Envelope:
    try:
        found = open_envelope(envelope)
    except UnreadableMessage as error:
        raise OwnerUnavailable(f"the answer cannot be read: {error.detail}") from None
    if found.organization != organization:
        raise OwnerUnavailable("the answer belongs to another organisation")
    return found
