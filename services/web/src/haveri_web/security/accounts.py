"""Passwords: set, changed, and checked at sign-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from asyncpg import UniqueViolationError

from haveri_chassis.clock import Clock, SystemClock
from haveri_chassis.database import Database
from haveri_chassis.logs import get_logger
from haveri_contracts.refusals import EmailTaken, MemberUnknown
from haveri_web.adapters.account_rows import Account, account_of, accounts_with, put_account
from haveri_web.adapters.passwords import Hasher
from haveri_web.adapters.session_rows import remove_sessions_of
from haveri_web.domain.attempts import Attempts, Limit
from haveri_web.domain.passwords import LONGEST, check_new_password
from haveri_web.domain.refusals import CredentialsWrong, TooManyAttempts

PER_ACCOUNT = Limit(10, timedelta(minutes=5))
PER_ADDRESS = Limit(30, timedelta(minutes=5))
_TOO_OFTEN = "Too many attempts to sign in."

log = get_logger(__name__)


async def set_password(
    database: Database,
    organization: str,
    member_id: UUID,
    email: str,
    password: str,
    *,
    hasher: Hasher | None = None,
    clock: Clock | None = None,
) -> None:
    """Let a member sign in with this address and password, and sign them out everywhere.

    Replaces an earlier password. Raises PasswordTooWeak or EmailTaken. `haveri` calls this too.
    """
    address = _address(email)
    check_new_password(password, address)
    kept = await (hasher or Hasher()).hash(password)
    account = Account(organization, member_id, address, kept)
    try:
        async with database.transaction(organization) as connection:
            await put_account(connection, account, (clock or SystemClock()).now())
            await remove_sessions_of(connection, organization, member_id)
    except UniqueViolationError:
        raise EmailTaken(f"Another member already signs in with {address}.") from None
    log.info("password set", organization=organization, member=str(member_id))


class SignIn:
    """Checks an address and a password. One per process: it remembers how often was tried.

    The rate is limited before anything is hashed, and a wrong password, an unknown account and one that needs its
    organisation named take the same time and get the same answer.
    """

    def __init__(self, database: Database, hasher: Hasher, clock: Clock) -> None:
        self._database = database
        self._hasher = hasher
        self._clock = clock
        self._by_account = Attempts(PER_ACCOUNT)
        self._by_address = Attempts(PER_ADDRESS)

    async def __call__(self, email: str, password: str, organization: str, address: str) -> Account:
        """The account, if everything fits. `organization` may be empty; `address` is where the caller sits.

        Raises TooManyAttempts or CredentialsWrong.
        """
        email = _address(email)
        self._admit(email, address)
        account = await self._account(email, organization.strip().lower())
        if not await self._hasher.matches(account.password_hash if account else None, password[: LONGEST + 1]):
            log.warning("sign-in failed", email=email, address=address)
            raise CredentialsWrong("Check both, and name your organisation if you belong to several.")
        self._by_account.forgive(email)
        self._by_address.forgive(address)
        if account is None:
            raise CredentialsWrong
        await self._keep_up(account, password)
        log.info("signed in", organization=account.organization_id, member=str(account.member_id), address=address)
        return account

    def _admit(self, email: str, address: str) -> None:
        now = self._clock.now()
        wait = self._by_address.admit(address, now)
        if not wait:
            wait = self._by_account.admit(email, now)
        if wait:
            log.warning("sign-in held back", email=email, address=address, retry_after=wait)
            raise TooManyAttempts(_TOO_OFTEN, wait)

    async def _account(self, email: str, organization: str) -> Account | None:
        async with self._database.across_organizations() as connection:
            found = await accounts_with(connection, email)
        if organization:
            found = [account for account in found if account.organization_id == organization]
        return found[0] if len(found) == 1 else None

    async def _keep_up(self, account: Account, password: str) -> None:
        """Hash again when the costs were raised since."""
        if self._hasher.is_outdated(account.password_hash):
            renewed = replace(account, password_hash=await self._hasher.hash(password))
            async with self._database.transaction(account.organization_id) as connection:
                await put_account(connection, renewed, self._clock.now())


class ChangePassword:
    """A signed-in member's own change of password; the present one is asked for again."""

    def __init__(self, database: Database, hasher: Hasher, clock: Clock) -> None:
        self._database = database
        self._hasher = hasher
        self._clock = clock
        self._tries = Attempts(PER_ACCOUNT)

    async def __call__(self, organization: str, member_id: UUID, present: str, new: str) -> None:
        """Change it, and sign out everywhere. Raises TooManyAttempts, CredentialsWrong, PasswordTooWeak."""
        wait = self._tries.admit(f"{organization}/{member_id}", self._clock.now())
        if wait:
            raise TooManyAttempts(_TOO_OFTEN, wait)
        async with self._database.transaction(organization) as connection:
            account = await account_of(connection, organization, member_id)
        if account is None:
            raise MemberUnknown("You have no password here.")
        if not await self._hasher.matches(account.password_hash, present[: LONGEST + 1]):
            log.warning("password change failed", organization=organization, member=str(member_id))
            raise CredentialsWrong("The present password is not right.")
        self._tries.forgive(f"{organization}/{member_id}")
        await set_password(
            self._database, organization, member_id, account.email, new, hasher=self._hasher, clock=self._clock
        )


def _address(email: str) -> str:
    return email.strip().lower()[:254]
