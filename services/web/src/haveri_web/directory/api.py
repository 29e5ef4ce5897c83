"""Facilities, areas, assets, teams and members: one set of routes for each kind.

No `from __future__ import annotations` here: the bodies' models are values, which FastAPI must see as such.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from haveri_contracts.directory.commands import Remove
from haveri_contracts.directory.queries import GetOnShift, OnShiftList
from haveri_contracts.plain import Role
from haveri_contracts.refusals import RoleNotSufficient
from haveri_web.bus.callers import Caller
from haveri_web.bus.queries import ask_raw, changed, known_facility, valid
from haveri_web.directory.bodies import (
    NewArea,
    NewAsset,
    NewFacility,
    NewMember,
    NewTeam,
)
from haveri_web.directory.things import (
    AREA,
    ASSET,
    FACILITY,
    MEMBER,
    TEAM,
    Kind,
    check_may_change,
    find,
)
from haveri_web.http.answers import ListOf, answers, json_response, raw
from haveri_web.http.bodies import Body, changes_in, changes_of, values_of
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import Manager, Reader
from haveri_web.http.putting import address, put, take_away
from haveri_web.http.requests import Cursor, Limit, Moment, OnceDep, moment_or_now, page_of

router = APIRouter(tags=["directory"])


@router.get("/on-shift", responses=answers(OnShiftList, 200, 404))
async def on_shift(web: WebDep, caller: Reader, facility_id: UUID, at: Moment | None = None) -> Response:
    """Who is on shift at a facility, now or at another moment."""
    known_facility(await web.directories.get(caller.organization), facility_id)
    query = GetOnShift(facility_id=facility_id, at=moment_or_now(web, at))
    return raw(await ask_raw(web.queries, caller, query))


def _add_writing(kind: Kind, new: type[Body]) -> None:
    changes = changes_of(new)
    model = kind.model

    @router.post(
        f"/{kind.plural}",
        status_code=201,
        name=f"add_{kind.name}",
        summary=f"Add a {kind.name}",
        responses=answers(model, 201, 400, 404, 409, later=True),
    )
    async def add(web: WebDep, caller: Manager, body: new, once: OnceDep) -> Response:  # type: ignore[valid-type]
        values = values_of(body)
        thing = valid(kind.model, {**values, "id": values["id"] or once.thing_id})
        _check_founding(caller, kind)
        check_may_change(caller, await web.directories.get(caller.organization), thing)
        where = address(f"/{kind.plural}", thing.id)
        return await put(web, caller, kind.put(thing), once, thing, where=where, status=201)

    @router.patch(
        f"/{kind.plural}/{{id}}",
        name=f"change_{kind.name}",
        summary=f"Change some fields of a {kind.name}",
        responses=answers(model, 200, 400, 404, 409, later=True),
    )
    async def change(web: WebDep, caller: Manager, id: UUID, body: changes, once: OnceDep) -> Response:  # type: ignore[valid-type]
        wanted = changes_in(body)
        present = await find(web.queries, caller, kind, id)
        thing = changed(present, wanted)
        check_may_change(caller, await web.directories.get(caller.organization), present, thing)
        return await put(web, caller, kind.put(thing), once, thing, where=address(f"/{kind.plural}", id))

    @router.delete(
        f"/{kind.plural}/{{id}}",
        status_code=204,
        name=f"remove_{kind.name}",
        summary=f"Remove a {kind.name} that nothing stands on",
        responses=answers(None, 204, 404, 409, later=True),
    )
    async def remove(web: WebDep, caller: Manager, id: UUID, once: OnceDep) -> Response:
        present = await find(web.queries, caller, kind, id)
        _check_founding(caller, kind)
        check_may_change(caller, await web.directories.get(caller.organization), present)
        command = Remove.model_validate({"kind_of_thing": kind.name, "id": id})
        return await take_away(web, caller, command, once, address(f"/{kind.plural}", id))


def _add_reading(kind: Kind, filters: Mapping[str, str]) -> None:
    model = kind.model
    filter_name = next(iter(filters), None)

    async def give(web: Web, caller: Caller, cursor: str | None, limit: int, only: UUID | None) -> Response:
        wanted = {filter_name: only} if filter_name else {}
        query = kind.listing(page=page_of(cursor, limit), **wanted)
        return raw(await ask_raw(web.queries, caller, query))

    documented: dict[str, Any] = {
        "name": f"list_{kind.plural}",
        "summary": f"List {kind.plural}, by name",
        "responses": answers(ListOf[model]),  # type: ignore[valid-type]
    }
    if filter_name:
        only_query = Query(alias=filter_name, description=filters[filter_name])

        @router.get(f"/{kind.plural}", **documented)
        async def list_some(
            web: WebDep,
            caller: Reader,
            only: Annotated[UUID | None, only_query] = None,
            cursor: Cursor = None,
            limit: Limit = 200,
        ) -> Response:
            return await give(web, caller, cursor, limit, only)
    else:

        @router.get(f"/{kind.plural}", **documented)
        async def list_all(web: WebDep, caller: Reader, cursor: Cursor = None, limit: Limit = 200) -> Response:
            return await give(web, caller, cursor, limit, None)

    @router.get(
        f"/{kind.plural}/{{id}}",
        name=f"get_{kind.name}",
        summary=f"One {kind.name}",
        responses=answers(model, 200, 404),
    )
    async def get_one(web: WebDep, caller: Reader, id: UUID) -> Response:
        return json_response(await find(web.queries, caller, kind, id))


def _check_founding(caller: Caller, kind: Kind) -> None:
    if kind is FACILITY and not caller.member.role.covers(Role.ADMINISTRATOR):
        raise RoleNotSufficient("Facilities are added and removed by administrators.")


for _kind, _new, _filters in (
    (FACILITY, NewFacility, {}),
    (AREA, NewArea, {"facility_id": "Only the areas of this facility."}),
    (ASSET, NewAsset, {"area_id": "Only the assets of this area."}),
    (TEAM, NewTeam, {"facility_id": "Only the teams of this facility."}),
    (MEMBER, NewMember, {}),
):
    _add_reading(_kind, _filters)
    _add_writing(_kind, _new)
