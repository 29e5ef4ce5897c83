"""API tokens: made (and shown once), recognised, listed, revoked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from haveri_chassis.clock import Clock, SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids, SystemIds
from haveri_chassis.logs import get_logger
from haveri_directory_copy.copies import DirectoryCopies
from haveri_web.adapters.token_rows import TokenRow, add_token, find_token, revoke_token, touch_token
from haveri_web.bus.callers import Caller
from haveri_web.domain.access import Scope
from haveri_web.domain.refusals import InvalidRequest, MemberRemoved, NotFound, TokenExpired, TokenRevoked, TokenUnknown
from haveri_web.security.secrets import TOKEN_PREFIX, digest, new_secret

_SEEN_EVERY = timedelta(minutes=1)
LONGEST_LIFE = timedelta(days=366)
USUAL_LIFE = timedelta(days=90)

log = get_logger(__name__)


async def create_token(
    database: Database,
    organization: str,
    member_id: UUID,
    name: str,
    scopes: Collection[Scope | str],
    expires_at: datetime,
    *,
    token_id: UUID | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> tuple[str, UUID]:
    """Make an API token for a member; give the secret, which is never seen again, and the token's id.

    `expires_at` is an aware moment within the next 366 days. Raises InvalidRequest. `haveri` calls this too.
    """
    now = (clock or SystemClock()).now()
    if not now < expires_at <= now + LONGEST_LIFE:
        raise InvalidRequest.field("expires_at", f"must be later than now and within {LONGEST_LIFE.days} days")
    wanted = sorted(Scope(scope).value for scope in scopes)
    if not wanted:
        raise InvalidRequest.field("scopes", "name at least one of read, respond, administer")
    made = f"{TOKEN_PREFIX}{new_secret()}"
    row = TokenRow(
        organization_id=organization,
        id=token_id or (ids or SystemIds()).new(),
        member_id=member_id,
        name=name,
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    async with database.transaction(organization) as connection:
        await add_token(connection, row, digest(made))
    log.info("api token created", organization=organization, member=str(member_id), token_id=str(row.id), scopes=wanted)
    return made, row.id


class Tokens:
    """Recognises API tokens."""

    def __init__(self, database: Database, directories: DirectoryCopies, clock: Clock) -> None:
        self._database = database
        self._directories = directories
        self._clock = clock

    async def caller(self, token: str) -> Caller:
        """Who is behind a token. Raises TokenUnknown, TokenExpired, TokenRevoked or MemberRemoved."""
        row = await self._alive(token)
        directory = await self._directories.get(row.organization_id)
        member = directory.members.get(row.member_id)
        if member is None:
            raise MemberRemoved("The member who made this token has left the organisation.")
        return Caller(row.organization_id, member, frozenset(map(Scope, row.scopes)), row.id, token_id=row.id)

    async def revoke(self, organization: str, token_id: UUID, actor: str) -> None:
        """Take a token's power away at once; repeating it is fine. Raises NotFound."""
        async with self._database.transaction(organization) as connection:
            if not await revoke_token(connection, organization, token_id, self._clock.now()):
                raise NotFound("There is no such API token.")
        log.info("api token revoked", organization=organization, token_id=str(token_id), by=actor)

    async def _alive(self, token: str) -> TokenRow:
        now = self._clock.now()
        async with self._database.across_organizations() as connection:
            row = await find_token(connection, digest(token))
        if row is None:
            raise TokenUnknown("Check that the whole token was copied, or create a new one.")
        if row.revoked_at is not None:
            raise TokenRevoked("Create a new one under Settings, API tokens.")
        if row.expires_at <= now:
            raise TokenExpired(f"It was good until {row.expires_at.isoformat()}. Create a new one.")
        if row.last_used_at is None or row.last_used_at + _SEEN_EVERY <= now:
            async with self._database.transaction(row.organization_id) as connection:
                await touch_token(connection, row, now)
        return row
