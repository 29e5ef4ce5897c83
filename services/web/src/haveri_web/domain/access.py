"""Scopes of API tokens, and what a route needs of whoever calls it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from haveri_contracts.plain import Role
from haveri_contracts.refusals import RoleNotSufficient
from haveri_web.domain.refusals import ScopeNotSufficient


class Scope(StrEnum):
    """How far an API token reaches; each scope may do what the ones before it may."""

    READ = "read"
    RESPOND = "respond"
    ADMINISTER = "administer"

    def covers(self, needed: Scope) -> bool:
        """True when this scope may do what `needed` may."""
        order = tuple(Scope)
        return order.index(self) >= order.index(needed)


EVERY_SCOPE = frozenset(Scope)
"""What a signed-in person has: the role alone decides."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a route asks for: a scope of the token and a role of the member."""

    scope: Scope
    role: Role

    def check(self, role: Role, scopes: Collection[Scope]) -> None:
        """Raise ScopeNotSufficient or RoleNotSufficient when the caller may not."""
        if not any(scope.covers(self.scope) for scope in scopes):
            raise ScopeNotSufficient(
                f"This needs a token with the scope {self.scope.value!r}; "
                f"this one has {', '.join(sorted(scopes)) or 'none'}."
            )
        if not role.covers(self.role):
            raise RoleNotSufficient(f"This needs the role {self.role.value}; you are {role.value}.")


TO_READ = Needs(Scope.READ, Role.VIEWER)
TO_RESPOND = Needs(Scope.RESPOND, Role.RESPONDER)
TO_MANAGE = Needs(Scope.ADMINISTER, Role.MANAGER)
TO_ADMINISTER = Needs(Scope.ADMINISTER, Role.ADMINISTRATOR)
