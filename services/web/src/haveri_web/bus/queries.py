"""Asking owners on behalf of a caller, and making values of what a caller says."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from haveri_chassis.bus import QueryRefused
from haveri_chassis.replica import all_pages
from haveri_contracts.directory.models import Facility
from haveri_contracts.message import Query
from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import FacilityUnknown
from haveri_directory_copy.directory import Directory
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Queries
from haveri_web.domain.refusals import InvalidRequest

ACTOR = "system:web"
"""Who asks when it is not for a caller."""

M = TypeVar("M", bound=BaseModel)


async def ask(queries: Queries, caller: Caller, query: Query) -> Any:
    """The owner's answer; raises QueryRefused or OwnerUnavailable."""
    return await queries.ask(query, organization=caller.organization, actor=caller.actor)


async def ask_one(queries: Queries, caller: Caller, query: Query, unknown: Refusal) -> Any:
    """The one thing that a query is about; raises `unknown` when its owner knows of none, or what asking raises."""
    try:
        return await ask(queries, caller, query)
    except QueryRefused as refusal:
        if refusal.type != unknown.type:
            raise
        raise unknown from None


async def ask_raw(queries: Queries, caller: Caller, query: Query) -> bytes:
    """The owner's answer as it wrote it; raises QueryRefused or OwnerUnavailable."""
    return await queries.ask_raw(query, organization=caller.organization, actor=caller.actor)


async def ask_all(queries: Queries, caller: Caller, query: Query) -> list[Any]:
    """Every item of a paged list; raises what asking raises."""
    # The chassis names its own client; whatever asks in the same way will do.
    return await all_pages(queries, query, caller.organization, caller.actor)  # type: ignore[arg-type]


def valid(model: type[M], values: dict[str, Any]) -> M:
    """The model of these values. Raises InvalidRequest that names each field that does not fit."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidRequest(
            [
                {
                    "field": ".".join(map(str, item["loc"])) or "body",
                    "problem": item["msg"].removeprefix("Value error, "),
                }
                for item in findings
            ]
        ) from None


def changed(present: M, changes: dict[str, Any]) -> M:
    """The thing with some fields changed, but never its id. Raises InvalidRequest."""
    own = present.model_dump()
    if changes.get("id") not in (None, own["id"]):
        raise InvalidRequest.field("id", "is not the one in the address; an id never changes")
    return valid(type(present), {**own, **changes, "id": own["id"]})


def known_facility(directory: Directory, facility_id: UUID) -> Facility:
    """A facility of the organisation. Raises FacilityUnknown."""
    facility = directory.facilities.get(facility_id)
    if facility is None:
        raise FacilityUnknown(f"There is no facility {facility_id} in your organisation.")
    return facility
