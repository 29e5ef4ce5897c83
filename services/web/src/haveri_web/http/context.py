"""Everything the routes use, chosen in `main.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids
from haveri_web.bus.commands import Sending
from haveri_web.bus.ports import Commands, Directories, Queries
from haveri_web.escalations.answering import Answering
from haveri_web.http.live_views import LiveViews
from haveri_web.incidents.files import Files
from haveri_web.incidents.queries import Incidents
from haveri_web.security.accounts import ChangePassword, SignIn
from haveri_web.security.sessions import Sessions
from haveri_web.security.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Web:
    """The use cases and what they share. `public_origin` is where people reach the pages, when that is known."""

    clock: Clock
    ids: Ids
    database: Database
    commands: Commands
    queries: Queries
    directories: Directories
    sign_in: SignIn
    change_password: ChangePassword
    sessions: Sessions
    tokens: Tokens
    sending: Sending
    answering: Answering
    incidents: Incidents
    files: Files
    live: LiveViews
    public_origin: str | None
    secure: bool


def web_of(request: Request) -> Web:
    """The Web of the running application."""
    found: Web = request.app.state.web
    return found


WebDep = Annotated[Web, Depends(web_of)]
