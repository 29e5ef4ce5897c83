"""Refusals over HTTP: RFC 9457 problems."""

from __future__ import annotations

import orjson
from fastapi import Response


class Problem(Exception):
    """Why a request is refused, in words that give nothing away."""

    def __init__(self, status: int, type: str, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail


def problem_response(problem: Problem) -> Response:
    """The refusal on the wire."""
    body = {"type": problem.type, "title": problem.title, "status": problem.status, "detail": problem.detail}
    headers = {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 503:
        headers["Retry-After"] = "2"
    return Response(
        orjson.dumps(body), status_code=problem.status, headers=headers, media_type="application/problem+json"
    )
