"""Refusals as RFC 9457 problems: the one table from a refusal's name to an HTTP status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel, Field
from starlette.responses import Response

from haveri_chassis.bus import QueryRefused
from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import Refusal

MEDIA_TYPE = "application/problem+json"
_LONGEST = 500

STATUS: dict[str, int] = {
    "body-not-json": 400,
    "idempotency-key-malformed": 400,
    "not-signed-in": 401,
    "credentials-wrong": 401,
    "token-unknown": 401,
    "token-expired": 401,
    "token-revoked": 401,
    "member-removed": 401,
    "role-not-sufficient": 403,
    "scope-not-sufficient": 403,
    "not-your-plant": 403,
    "foreign-origin": 403,
    "method-not-allowed": 405,
    "body-too-large": 413,
    "media-type-not-supported": 415,
    "invalid-data": 422,
    "message-unreadable": 422,
    "not-a-cloudevent": 422,
    "unknown-message-version": 422,
    "organization-mismatch": 422,
    "format-not-available": 422,
    "password-too-weak": 422,
    "area-elsewhere": 422,
    "asset-elsewhere": 422,
    "cursor-unreadable": 422,
    "answer-too-large": 422,
    "policy-without-steps": 422,
    "delay-negative": 422,
    "step-names-nobody": 422,
    "team-empty": 422,
    "member-may-not-respond": 422,
    "shift-role-unknown": 422,
    "time-of-day-incomplete": 422,
    "repeat-too-fast": 422,
    "clock-not-positive": 422,
    "window-ends-before-it-starts": 422,
    "window-is-over": 422,
    "window-too-long": 422,
    "window-without-place": 422,
    "moment-out-of-reach": 422,
    "time-zone-unknown": 422,
    "phone-unusable": 422,
    "contact-unusable": 422,
    "pattern-does-not-fit": 422,
    "rotation-leaves-gaps": 422,
    "crews-overlap": 422,
    "team-elsewhere": 422,
    "shift-change-unclear": 422,
    "shift-ends-before-it-starts": 422,
    "stretch-too-long": 422,
    "member-not-in-team": 422,
    "files-not-set-up": 404,
    "summary-not-written": 404,
    "chat-not-set-up": 404,
    "not-found": 404,
    "too-many-attempts": 429,
    "too-many-live-views": 429,
    "busy": 503,
    "not-answered": 503,
    "not-possible-now": 503,
    "internal-error": 500,
}
"""Every refusal that is neither unknown (404), invalid in fields (422) nor a state that does not allow it (409)."""

_STATES = {"occurred-in-the-future", "name-taken", "email-taken", "chat-identity-taken", "window-elsewhere"}
"""What depends on how things stand by now, though it names a field: 409."""


def status_of(refusal_type: str, errors: Sequence[Any] = ()) -> int:
    """The HTTP status of a refusal's name: single findings 422, unknown things 404, and otherwise a state: 409."""
    if refusal_type in STATUS:
        return STATUS[refusal_type]
    if errors and refusal_type not in _STATES:
        return 422
    return 404 if refusal_type.endswith("-unknown") else 409


class FieldError(BaseModel):
    """What is wrong with one field of a request, or with one line of an imported document."""

    field: str | None = None
    line: int | None = None
    problem: str


class ProblemDetails(BaseModel):
    """An RFC 9457 problem. `type` names the refusal and never changes; `detail` says what to do about it."""

    type: str = Field(examples=["incident-already-closed"])
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default_factory=list)


def problem_of(refusal: Refusal) -> Problem:
    """The problem behind a refusal, a query's own included."""
    return refusal.problem if isinstance(refusal, QueryRefused) else Problem.of(refusal)


def problem_headers(refusal: Refusal) -> dict[str, str]:
    """What a client's machinery wants to know of a refusal."""
    headers = {}
    if status_of(refusal.type) == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="haveri"'
    retry_after = getattr(refusal, "retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return headers


def _short(value: Any) -> Any:
    # Findings quote what was sent, which may be a book.
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value


def problem_response(problem: Problem, status: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response; its status comes from the table unless one is given."""
    status = status or status_of(problem.type, problem.errors)
    body: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": status,
        "detail": _short(problem.detail),
    }
    if problem.errors:
        body["errors"] = [{name: _short(value) for name, value in error.items()} for error in problem.errors]
    return Response(orjson.dumps(body, default=str), status, dict(headers or {}), MEDIA_TYPE)
