"""Parameters that many routes share: cursors, limits, moments, and the ids that a request works under."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request
from fastapi.dependencies.models import Dependant
from pydantic import AfterValidator, BeforeValidator

from haveri_contracts.types import Page, Timestamp
from haveri_web.bus.commands import Once
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import Found

T = TypeVar("T")
_LOST_PLUS = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?[0-9]{2}$)")


def _with_plus(value: Any) -> Any:
    """Mend `…T10:00:00 02:00`: a plus sign that was not percent-encoded arrives as a space."""
    return _LOST_PLUS.sub("+", value) if isinstance(value, str) else value


def _split_commas(value: Any) -> Any:
    """`?status=DECLARED,MITIGATED` is the same as `?status=DECLARED&status=MITIGATED`."""
    if not isinstance(value, list):
        return value
    return [part.strip() for item in value for part in str(item).split(",") if part.strip()]


Moment = Annotated[Timestamp, BeforeValidator(_with_plus)]
"""A moment with its time zone, ISO 8601."""

CommaSeparated = BeforeValidator(_split_commas)

AsOf = Annotated[
    Moment | None,
    Query(description="See it as it was known at this moment (ISO 8601 with a time zone)."),
]
IncidentName = Annotated[
    str, Path(alias="id", description="The incident's UUID or its number, `INC-42`.", max_length=64)
]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most, 1 to 200.")]
TimelineLimit = Annotated[int, Query(ge=1, le=1000, description="How many entries at most, 1 to 1,000.")]


def page_of(cursor: str | None, limit: int) -> Page:
    """The page that the bus is asked for."""
    return Page(cursor=cursor, limit=limit)


def _plain_key(value: str) -> str:
    if not value.isprintable() or not value.strip():
        raise ValueError("must be 1 to 200 printable characters")
    return value


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key with the same request has one effect and gets the same answer.",
    ),
    AfterValidator(lambda value: value if value is None else _plain_key(value)),
]


async def _once(
    request: Request,
    web: WebDep,
    caller: Found,
    idempotency_key: IdempotencyKey = None,
) -> Once:
    what = b"\n".join((request.method.encode(), request.url.path.encode(), await request.body()))
    return await web.sender.once(caller, idempotency_key, what)


OnceDep = Annotated[Once, Depends(_once)]
"""The ids for this request, the same for a repeat under the same Idempotency-Key."""


async def _incident_id(web: WebDep, caller: Found, name: IncidentName) -> UUID:
    return await web.incidents.id_of(caller, name)


IncidentId = Annotated[UUID, Depends(_incident_id)]
"""The id behind `{id}`."""


def only_its_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not have: a filter with a slip in its name would filter nothing."""
    unknown = sorted(request.query_params.keys() - _parameters(request.scope["route"].dependant))
    if unknown:
        raise InvalidRequest([{"field": name[:100], "problem": "is not known here"} for name in unknown[:20]])


def _parameters(dependant: Dependant) -> set[str]:
    names = {str(parameter.alias) for parameter in dependant.query_params}
    return names.union(*map(_parameters, dependant.dependencies))


def moment_or_now(web: Web, at: datetime | None) -> datetime:
    """The moment asked for, else this one."""
    return at or web.clock.now()
