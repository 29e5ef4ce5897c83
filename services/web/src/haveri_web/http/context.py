"""Everything the routes use, chosen in `main.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids
from haveri_directory_copy.copies import DirectoryCopies
from haveri_web.adapters.passwords import Hasher
from haveri_web.bus.commands import CommandSender
from haveri_web.bus.incidents import Incidents
from haveri_web.bus.ports import Blobs, Commands, Queries
from haveri_web.configuration import WebSettings
from haveri_web.domain.attempts import Attempts, Limit
from haveri_web.http.live_views import LiveViews
from haveri_web.security.accounts import ChangePassword, SignIn
from haveri_web.security.sessions import Sessions
from haveri_web.security.tokens import Tokens


@dataclass(kw_only=True, slots=True)
class Web:
    """What does I/O, and what stands on it; tests bring stand-ins for the other services."""

    settings: WebSettings
    clock: Clock
    ids: Ids
    database: Database
    commands: Commands
    queries: Queries
    directories: DirectoryCopies
    live: LiveViews
    blobs: Blobs | None
    hasher: Hasher
    forged_links: Attempts = field(default_factory=lambda: Attempts(Limit(30, timedelta(minutes=5))))
    sign_in: SignIn = field(init=False)
    change_password: ChangePassword = field(init=False)
    sessions: Sessions = field(init=False)
    tokens: Tokens = field(init=False)
    sender: CommandSender = field(init=False)
    incidents: Incidents = field(init=False)

    def __post_init__(self) -> None:
        database, clock, settings = self.database, self.clock, self.settings
        self.sign_in = SignIn(database, self.hasher, clock)
        self.change_password = ChangePassword(database, self.hasher, clock)
        self.sessions = Sessions(
            database, self.directories, clock, self.ids, settings.session_longest, settings.session_idle
        )
        self.tokens = Tokens(database, self.directories, clock)
        self.sender = CommandSender(database, self.commands, self.queries, clock, self.ids)
        self.incidents = Incidents(self.queries)

    @property
    def secure(self) -> bool:
        """True when people reach the pages by https."""
        return self.settings.secure


def web_of(request: Request) -> Web:
    """The Web of the running application."""
    found: Web = request.app.state.web
    return found


WebDep = Annotated[Web, Depends(web_of)]
