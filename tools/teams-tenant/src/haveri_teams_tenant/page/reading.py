"""The pages: who am I, the conversation, and the pieces of it that the script asks for anew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.page.look import page
from haveri_teams_tenant.page.viewer import COOKIE_LIFE, Viewer, cookie_name, same_origin
from haveri_teams_tenant.page.views import THREADS_SHOWN, Views
from haveri_teams_tenant.people.refusals import NotThere
from haveri_teams_tenant.state.records import Channel, Place, ReadMark, SlashCommand, User

router = APIRouter(include_in_schema=False)


@router.get("/")
async def front(house: HouseDep) -> Response:
    """Straight into the only tenant, or a choice of tenants."""
    tenants = list(house.world.tenants.values())
    if len(tenants) == 1:
        return RedirectResponse(f"/t/{tenants[0].id}", 303)
    return page("tenants.html", tenants=tenants)


@router.get("/t/{tenant_id}")
async def tenant(house: HouseDep, me: Viewer) -> Response:
    """Into the first channel of the first team."""
    teams = Views(house, me).teams()
    if teams:
        return RedirectResponse(f"/t/{me.tenant_id}/c/{teams[0].channels[0].id}", 303)
    chats = Views(house, me).chats()
    if chats:
        return RedirectResponse(f"/t/{me.tenant_id}/c/{chats[0].id}", 303)
    raise NotThere("You are in no team, and no app is installed.")


@router.get("/t/{tenant_id}/who")
async def who(
    tenant_id: str, house: HouseDep, request: Request, where: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """Choose who to be."""
    tenant = house.world.tenants.get(tenant_id)
    if tenant is None:
        return RedirectResponse("/", 303)
    return page(
        "who.html",
        tenant=tenant,
        people=house.world.users_of(tenant.id),
        me=request.cookies.get(cookie_name(tenant), ""),
        next=where,
    )


@router.post("/t/{tenant_id}/who")
async def choose(
    tenant_id: str,
    house: HouseDep,
    request: Request,
    user_id: Annotated[str, Form()],
    where: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Remember who was chosen."""
    await same_origin(request)
    tenant, user = house.world.tenants.get(tenant_id), house.world.users.get((tenant_id, user_id))
    if tenant is None or user is None:
        raise NotThere("There is no such person here.")
    inside = where.startswith(f"/t/{tenant.id}/c/")
    answer = RedirectResponse(where if inside else f"/t/{tenant.id}", 303)
    answer.set_cookie(cookie_name(tenant), user.id, max_age=COOKIE_LIFE, path="/t/", httponly=True, samesite="strict")
    return answer


@router.get("/t/{tenant_id}/c/{place_id}")
async def conversation(
    place_id: str,
    house: HouseDep,
    me: Viewer,
    show: Annotated[int, Query(ge=1, le=2000)] = THREADS_SHOWN,
    notice: Annotated[str, Query(max_length=500)] = "",
    dialog: str = "",
) -> Response:
    """A channel or a personal chat."""
    if place_id.startswith("app:"):
        chat = house.messaging.open_chat(me, place_id.removeprefix("app:"))
        return RedirectResponse(f"/t/{me.tenant_id}/c/{chat.id}", 303)
    try:
        place = house.messaging.place_for(me, place_id)
    except NotThere as refusal:
        return page("gone.html", status=404, reason=refusal.reason, back=f"/t/{me.tenant_id}")
    _mark_read(house, me, place)
    views = Views(house, me)
    threads, earlier = views.threads(place, show)
    form = house.world.dialogs.get(dialog)
    mine = form if form and (form.tenant_id, form.user_id) == (me.tenant_id, me.id) else None
    return page(
        "place.html",
        me=me,
        place=place,
        cursor=house.feed.cursor,
        archived=isinstance(place, Channel) and place.archived,
        title=views.title(place),
        subtitle=views.subtitle(place),
        threads=threads,
        earlier=show + THREADS_SHOWN if earlier else 0,
        **views.rail(),
        commands=_commands(house, place),
        names=_names(house, me, place),
        notice=notice,
        dialog=mine,
        dialog_card=views.dialog_card(mine) if mine else None,
    )


def _commands(house: House, place: Place) -> list[SlashCommand]:
    return [command for _, installation in house.world.installations_in(place) for command in installation.commands]


def _names(house: House, me: User, place: Place) -> list[str]:
    bots = [app.name for app, _ in house.world.installations_in(place)]
    people = [user.name for user in house.world.roster(place) if user.id != me.id]
    return [*bots, *sorted(people)] if isinstance(place, Channel) else []


def _mark_read(house: House, me: User, place: Place) -> None:
    messages = house.world.messages_of_place[place.id]
    last = messages[-1].id if messages else "0"
    if house.world.reads.get((me.tenant_id, me.id, place.id)) != last:
        house.world.put(ReadMark(tenant_id=me.tenant_id, user_id=me.id, place_id=place.id, message_id=last))


@router.get("/t/{tenant_id}/c/{place_id}/threads/{root_id}")
async def thread(place_id: str, root_id: str, house: HouseDep, me: Viewer, seen: bool = False) -> HTMLResponse:
    """One thread anew; empty when nothing of it is to be seen any more."""
    place = house.messaging.place_for(me, place_id)
    if seen:
        _mark_read(house, me, place)
    view = Views(house, me).thread(place, root_id)
    if view is None:
        return HTMLResponse("", headers={"Cache-Control": "no-store"})
    return page("thread.html", thread=view, me=me, place=place)


@router.get("/t/{tenant_id}/c/{place_id}/feed")
async def feed(place_id: str, house: HouseDep, me: Viewer) -> HTMLResponse:
    """All threads anew, after the connection was lost for a while."""
    place = house.messaging.place_for(me, place_id)
    _mark_read(house, me, place)
    threads, _ = Views(house, me).threads(place)
    return page("feed.html", threads=threads, me=me, place=place)


@router.get("/t/{tenant_id}/rail")
async def rail(house: HouseDep, me: Viewer, here: str = "") -> HTMLResponse:
    """The teams and channels anew."""
    return page("rail.html", here=here, **Views(house, me).rail())
