"""What Graph answers when it refuses."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse

from haveri_teams_tenant.house import house_of


class GraphRefusal(Exception):
    """A refusal in Graph's shape: `{"error": {"code", "message", "innerError"}}`."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def bad_request(message: str) -> GraphRefusal:
    """The request is not what it should be."""
    return GraphRefusal(400, "BadRequest", message)


def forbidden(message: str) -> GraphRefusal:
    """The app may not."""
    return GraphRefusal(403, "Forbidden", message)


def not_found(message: str) -> GraphRefusal:
    """There is no such thing in this tenant."""
    return GraphRefusal(404, "NotFound", message)


def throttled(seconds: int) -> GraphRefusal:
    """The app is too fast."""
    return GraphRefusal(429, "TooManyRequests", "Too many requests.", {"Retry-After": str(seconds)})


async def answer_refusal(request: Request, refusal: Exception) -> JSONResponse:
    """The refusal on the wire."""
    if not isinstance(refusal, GraphRefusal):
        raise refusal
    house = house_of(request)
    request_id = house.ids.guid()
    inner = {
        "date": house.clock.now().strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": request_id,
        "client-request-id": request.headers.get("client-request-id", request_id),
    }
    body = {"error": {"code": refusal.code, "message": refusal.message, "innerError": inner}}
    return JSONResponse(body, refusal.status, headers={"request-id": request_id, **refusal.headers})
