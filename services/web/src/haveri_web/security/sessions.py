"""Sessions: opened at sign-in, found again by their cookie, ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids
from haveri_chassis.logs import get_logger
from haveri_directory_copy.copies import DirectoryCopies
from haveri_web.adapters.session_rows import Session, add_session, find_session, remove_session, touch_session
from haveri_web.bus.callers import Caller
from haveri_web.domain.access import EVERY_SCOPE
from haveri_web.domain.refusals import MemberRemoved, NotSignedIn
from haveri_web.security.secrets import digest, form_token, new_secret

_SEEN_EVERY = timedelta(minutes=1)

log = get_logger(__name__)


class Sessions:
    """The browsers that are signed in. A session ends `longest` after sign-in, or `idle` after its last use."""

    def __init__(
        self,
        database: Database,
        directories: DirectoryCopies,
        clock: Clock,
        ids: Ids,
        longest: timedelta,
        idle: timedelta,
    ) -> None:
        self._database = database
        self._directories = directories
        self._clock = clock
        self._ids = ids
        self.longest = longest
        self.idle = idle

    async def open(self, organization: str, member_id: UUID, presented: str | None) -> str:
        """Start a session and give its cookie; a cookie that was presented before sign-in is worth nothing after."""
        if presented:
            await self.close(presented)
        cookie, now = new_secret(), self._clock.now()
        session = Session(organization, self._ids.new(), member_id, now, now + self.longest)
        async with self._database.transaction(organization) as connection:
            await add_session(connection, session, digest(cookie))
        return cookie

    async def caller(self, cookie: str) -> Caller:
        """Who is behind a cookie. Raises NotSignedIn, or MemberRemoved after signing them out."""
        session = await self._alive(cookie)
        directory = await self._directories.get(session.organization_id)
        member = directory.members.get(session.member_id)
        if member is None:
            await self.close(cookie)
            log.warning(
                "removed member signed out", organization=session.organization_id, member=str(session.member_id)
            )
            raise MemberRemoved("You are no longer a member of this organisation.")
        return Caller(session.organization_id, member, EVERY_SCOPE, member.id, form_token=form_token(cookie))

    async def close(self, cookie: str) -> None:
        """End a session; a cookie of none is fine."""
        async with self._database.across_organizations() as connection:
            session = await find_session(connection, digest(cookie))
        if session is not None:
            async with self._database.transaction(session.organization_id) as connection:
                await remove_session(connection, session)

    async def _alive(self, cookie: str) -> Session:
        now = self._clock.now()
        async with self._database.across_organizations() as connection:
            session = await find_session(connection, digest(cookie))
        if session is None or session.expires_at <= now or session.seen_at + self.idle <= now:
            raise NotSignedIn("Your session is over. Sign in again.")
        if session.seen_at + _SEEN_EVERY <= now:
            async with self._database.transaction(session.organization_id) as connection:
                await touch_session(connection, session, now)
        return session
