"""Who looks at the page: any person of the tenant, chosen once and remembered in a cookie."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from haveri_teams_tenant.house import HouseDep
from haveri_teams_tenant.people.refusals import NotAllowed
from haveri_teams_tenant.state.records import Tenant, User

COOKIE_LIFE = 90 * 24 * 3600


class NobodyChosen(Exception):
    """The page does not know yet who is looking; carries where to choose."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


async def answer_nobody(request: Request, nobody: Exception) -> Response:
    """Send a person on to choose; tell the script that it has to."""
    if not isinstance(nobody, NobodyChosen):
        raise nobody
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return RedirectResponse(nobody.where, 303)
    return JSONResponse({"kind": "error", "notice": "Choose who you are first."}, 401)


def cookie_name(tenant: Tenant) -> str:
    """One cookie a tenant, so that one browser can be somebody in each."""
    return f"who-{tenant.id}"


async def current_user(request: Request, house: HouseDep, tenant_id: str) -> User:
    """The person chosen before. Raises NobodyChosen."""
    tenant = house.world.tenants.get(tenant_id)
    if tenant is None:
        raise NobodyChosen("/")
    user = house.world.users.get((tenant.id, request.cookies.get(cookie_name(tenant), "")))
    if user is None:
        raise NobodyChosen(f"/t/{tenant.id}/who?next={quote(request.url.path)}")
    return user


async def same_origin(request: Request) -> None:
    """Refuses forms that another site sends in somebody's name. Raises NotAllowed."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        raise NotAllowed("This form comes from another site.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("This form comes from another site.")


Viewer = Annotated[User, Depends(current_user)]
