"""What responses look like, for the documents; what is read fast travels as bytes and never becomes a model."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from haveri_contracts.directory.models import Member
from haveri_contracts.outcomes import Outcome
from haveri_web.domain.access import Scope
from haveri_web.http.problems import MEDIA_TYPE, ProblemDetails

T = TypeVar("T")
JSON = "application/json"


class ListOf(BaseModel, Generic[T]):
    """A page of a list; `next_cursor` asks for the page after it, and is null on the last."""

    items: list[T]
    next_cursor: str | None = None

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`FacilityList` rather than `ListOf[Facility]`."""
        return f"{params[0].__name__}List"


class Me(BaseModel):
    """Who is calling. `form_token` is for requests from a browser's session: send it as `X-Form-Token`."""

    organization: str
    organization_name: str
    member: Member
    scopes: list[Scope]
    form_token: str | None = None


class Token(BaseModel):
    """An API token; `token`, the secret itself, is shown once, in the answer to its creation."""

    id: UUID
    name: str
    member_id: UUID
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    token: str | None = None


class Pending(BaseModel):
    """A command that waits for its owner. It will be carried out; `href` says what became of it."""

    command_id: UUID
    status: str = "pending"
    href: str


class ImportReport(BaseModel):
    """What an import changed, as the directory reports it."""

    model_config = {"extra": "allow"}


class CommandState(Outcome):
    """What became of a command: `accepted`, `rejected`, or `pending` while it waits for its owner."""

    status: Any


def raw(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as the owner wrote it."""
    return Response(body, status, headers, JSON)


def is_empty_list(body: bytes) -> bool:
    """True when an owner's JSON is a list of nothing."""
    return body[:20].replace(b" ", b"").startswith(b'{"items":[]')


def json_response(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A value, or a model, as JSON."""
    return Response(orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z), status, headers, JSON)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} cannot become JSON")


def pending(command_id: UUID, href: str | None = None) -> Response:
    """202: accepted for later."""
    where = href or f"/api/v1/commands/{command_id}"
    return json_response(Pending(command_id=command_id, href=where), 202, {"Location": where})


_PROBLEM: dict[str, Any] = {"model": ProblemDetails, "content": {MEDIA_TYPE: {}}}


def answers(model: Any, status: int = 200, *refusals: int, later: bool = False) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: what it gives, and the statuses of its refusals beside those of every door."""
    documented: dict[int | str, dict[str, Any]] = {status: {"model": model} if model is not None else {}}
    if later:
        documented[202] = {"model": Pending, "description": "The owner is away; it will be carried out."}
    for refusal in (401, 403, *refusals, 422, 429, 503):
        documented[refusal] = {**_PROBLEM, "description": _WHY[refusal]}
    return documented


_WHY = {
    400: "The body is no JSON.",
    401: "Nobody is signed in, or the token is not good.",
    403: "The role or the token's scopes do not allow it.",
    404: "There is no such thing in the organisation.",
    409: "Its state does not allow it, or an Idempotency-Key came again with another request.",
    413: "The body is too large.",
    415: "The body is of a type that is not read here.",
    422: "Fields are not right; each is named.",
    429: "Too often.",
    503: "Something that is needed does not answer.",
}
