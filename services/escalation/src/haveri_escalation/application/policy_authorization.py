"""Who may change policies, settings and windows: every command is checked here, whichever door it came through."""

from __future__ import annotations

from haveri_contracts.refusals import MemberUnknown, RoleNotSufficient
from haveri_contracts.types import actor_member_id
from haveri_escalation.domain.people import Roster


def check_manager(actor: str, roster: Roster) -> None:
    """Raise unless a manager or an administrator of the organisation acts, or a service of Haveri's (`system:`)."""
    if actor.startswith("system:"):
        return
    member_id = actor_member_id(actor)
    if member_id is None:
        raise RoleNotSufficient("A plant system cannot change who is called.")
    person = roster.people.get(member_id)
    if person is None:
        raise MemberUnknown("You are not a member of this organisation.")
    if not person.may_manage:
        raise RoleNotSufficient("Ask a manager or an administrator to change who is called.")
