"""Which role may change what in the directory."""

from __future__ import annotations

from haveri_contracts.plain import Role
from haveri_contracts.refusals import RoleNotSufficient
from haveri_directory.domain.refusals import LastAdministrator

HIGHEST_A_MANAGER_APPOINTS = Role.RESPONDER
"""Above it, members are an administrator's business: otherwise a manager could take over an administrator's account."""


def needed_to_change_member(roles: list[Role]) -> Role:
    """The role that it takes to change a member who has, or is to have, these roles."""
    if all(HIGHEST_A_MANAGER_APPOINTS.covers(role) for role in roles):
        return Role.MANAGER
    return Role.ADMINISTRATOR


def check_role(role: Role, needed: Role) -> None:
    """Raise RoleNotSufficient unless `role` covers what is needed."""
    if not role.covers(needed):
        raise RoleNotSufficient(f"This needs the role {needed.value}; you are {role.value}.")


def check_administrator_remains(before: Role, after: Role | None, other_administrators: int) -> None:
    """Raise LastAdministrator when a member's change or removal (`after` None) leaves nobody to administer."""
    if before is Role.ADMINISTRATOR and after is not Role.ADMINISTRATOR and other_administrators == 0:
        raise LastAdministrator("Make somebody else an administrator first.")
