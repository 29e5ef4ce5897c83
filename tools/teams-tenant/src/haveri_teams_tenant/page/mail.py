"""The mails of whoever looks at the page: beside the conversations, read only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from haveri_teams_tenant.cards.links import link
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.page.look import page
from haveri_teams_tenant.page.viewer import Viewer
from haveri_teams_tenant.page.views import RailItem, Views
from haveri_teams_tenant.state.records import MAIL, Mail, User

router = APIRouter(include_in_schema=False)

_SHOWN = 200
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class MailView:
    """A mail as its owner sees it; addresses in the text can be followed."""

    id: str
    sender: str
    subject: str
    text: Markup
    received_at: datetime


def mail_item(house: House, user: User) -> RailItem:
    """The mailbox beside the channels."""
    return RailItem(MAIL, "Mail", house.mailboxes.unread(user))


def mail_views(house: House, user: User) -> Sequence[MailView]:
    """The latest mails, oldest first, as conversations are shown."""
    return [_view(mail) for mail in house.mailboxes.of(user)[-_SHOWN:]]


def _view(mail: Mail) -> MailView:
    return MailView(mail.id, mail.sender, mail.subject, _with_links(mail.text), mail.received_at)


def _with_links(text: str) -> Markup:
    shown, end = Markup(), 0
    for found in _ADDRESS.finditer(text):
        shown += escape(text[end : found.start()]) + link(found.group(), found.group(), test_id="mail-link")
        end = found.end()
    return shown + escape(text[end:])


@router.get("/t/{tenant_id}/c/mail")
async def mailbox(house: HouseDep, me: Viewer) -> HTMLResponse:
    """All mails; they count as read from here on."""
    house.mailboxes.mark_read(me)
    views = Views(house, me)
    return page(
        "mail.html",
        tenant=house.world.tenants[me.tenant_id],
        me=me,
        here=MAIL,
        cursor=house.feed.cursor,
        mails=mail_views(house, me),
        rail=views.rail(),
        chats=views.chats(),
        mail=mail_item(house, me),
    )


@router.get("/t/{tenant_id}/c/mail/feed")
async def feed(house: HouseDep, me: Viewer) -> HTMLResponse:
    """The mails anew."""
    house.mailboxes.mark_read(me)
    return page("mails.html", mails=mail_views(house, me))
