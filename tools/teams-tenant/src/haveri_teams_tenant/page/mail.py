"""The mails of whoever looks at the page: beside the conversations, read only."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.page.look import page
from haveri_teams_tenant.page.viewer import Viewer
from haveri_teams_tenant.page.views import Views
from haveri_teams_tenant.state.records import MAIL, Mail, User

router = APIRouter(include_in_schema=False)

_SHOWN = 200


@router.get("/t/{tenant_id}/c/mail")
async def mailbox(house: HouseDep, me: Viewer) -> HTMLResponse:
    """All mails; they count as read from here on."""
    house.mailboxes.mark_read(me)
    return page(
        "mail.html", me=me, here=MAIL, cursor=house.feed.cursor, mails=_latest(house, me), **Views(house, me).rail()
    )


@router.get("/t/{tenant_id}/c/mail/feed")
async def feed(house: HouseDep, me: Viewer) -> HTMLResponse:
    """The mails anew."""
    house.mailboxes.mark_read(me)
    return page("mails.html", mails=_latest(house, me))


def _latest(house: House, me: User) -> list[Mail]:
    """Oldest first, as conversations are shown."""
    return house.mailboxes.of(me)[-_SHOWN:]
