"""Outcomes and answers on the wire: CloudEvents in binary mode, so that the body is what the contracts publish.

The attributes travel as `ce-…` headers and the body is a bare Outcome or QueryReply: an answer of half a megabyte
goes through without being parsed or copied into an envelope.
"""

from __future__ import annotations

import re
from typing import Final

import orjson
from pydantic import BaseModel, ValidationError

from haveri_chassis.bus.errors import OwnerUnavailable, QueryRefused
from haveri_chassis.messages import Sender
from haveri_chassis.telemetry import current_traceparent
from haveri_contracts.envelope import Envelope
from haveri_contracts.outcomes import Outcome, Problem
from haveri_contracts.plain import Refusal

ORGANIZATION: Final = "ce-organization"
_INBOX: Final = re.compile(r"_INBOX(\.[A-Za-z0-9_-]+)+\Z")
_RESULT = b'{"result":'
_PROBLEM = b'{"problem":'
_END = b"}"


class NotAnswered(Refusal):
    """The owner failed while answering; whoever asks again may be answered."""

    type = "not-answered"
    title = "The question could not be answered because of a fault; it has been logged."


def is_inbox(subject: str) -> bool:
    """Whether a subject is one single inbox: all that an answer may be sent to.

    Otherwise whoever asks could make us publish, with our rights, on any subject.
    """
    return _INBOX.match(subject) is not None


def reply_headers(
    sender: Sender, type: str, organization: str, cause: Envelope | None, subject: str = ""
) -> dict[str, str]:
    """The CloudEvents attributes of a reply; `cause` is the command or query, None when it could not be read."""
    headers = {
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": str(sender.ids.new()),
        "ce-source": f"haveri/{sender.service}",
        "ce-type": type,
        "ce-time": sender.clock.now().isoformat(),
        ORGANIZATION: organization,
        "ce-actor": f"system:{sender.service}",
    }
    if subject:
        headers["ce-subject"] = subject
    if cause is not None:
        headers["ce-correlationid"], headers["ce-causationid"] = (str(id) for id in cause.caused())
    if traceparent := current_traceparent():
        headers["ce-traceparent"] = traceparent
    return headers


def outcome_body(outcome: Outcome) -> bytes:
    """An outcome as JSON, without what it does not have."""
    return outcome.model_dump_json(exclude_none=True).encode()


def to_json(answer: BaseModel | bytes) -> bytes:
    """An answer as JSON; bytes are JSON already."""
    return answer if isinstance(answer, bytes) else answer.__pydantic_serializer__.to_json(answer)


def result_body(result: bytes) -> bytes:
    """A reply around an answer's JSON."""
    return b"".join((_RESULT, result, _END))


def problem_body(problem: Problem) -> bytes:
    """A reply that says why there is no answer."""
    return b"".join((_PROBLEM, problem.model_dump_json().encode(), _END))


def cut_result(body: bytes, headers: dict[str, str] | None, organization: str) -> bytes:
    """The answer's JSON out of a reply, if it is this organisation's; raises QueryRefused or OwnerUnavailable.

    A fault of the owner is no refusal: taken for one, it would become the final answer to a command that only had to
    wait for it.
    """
    found = (headers or {}).get(ORGANIZATION)
    if found != organization:
        raise OwnerUnavailable("the answer belongs to another organisation")
    if body.startswith(_RESULT) and body.endswith(_END):
        return body[len(_RESULT) : -len(_END)]
    try:
        reply = orjson.loads(body)
        if "result" in reply:
            return orjson.dumps(reply["result"])
        problem = Problem.model_validate(reply["problem"])
    except (ValueError, TypeError, KeyError, ValidationError):
        raise OwnerUnavailable("the answer cannot be read") from None
    if problem.type == NotAnswered.type:
        raise OwnerUnavailable(problem.title)
    raise QueryRefused(problem)
