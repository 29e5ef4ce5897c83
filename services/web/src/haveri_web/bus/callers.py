"""Who is calling, once it is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from haveri_contracts.directory.models import Member
from haveri_contracts.types import member_actor
from haveri_web.domain.access import Needs, Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of an organisation, as the directory knows them now, behind a session or an API token.

    `identity` keeps callers apart for Idempotency-Keys: the token's id, or the member's for a session.
    """

    organization: str
    member: Member
    scopes: Collection[Scope]
    identity: UUID
    token_id: UUID | None = None
    form_token: str = ""

    @property
    def actor(self) -> str:
        """The caller as the bus writes it."""
        return member_actor(self.member.id)

    def must(self, needs: Needs) -> None:
        """Raise ScopeNotSufficient or RoleNotSufficient when the caller may not."""
        needs.check(self.member.role, self.scopes)

    def may(self, needs: Needs) -> bool:
        """True when the caller may; for pages that show only what can be used."""
        return any(scope.covers(needs.scope) for scope in self.scopes) and self.member.role.covers(needs.role)
