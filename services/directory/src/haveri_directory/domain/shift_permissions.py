"""Who may change whose shifts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from haveri_contracts.plain import Role
from haveri_contracts.refusals import RoleNotSufficient
from haveri_directory.domain.shift_refusals import AlreadyAccepted
from haveri_shifts.plan import Change, ChangeKind


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a change. Without a member it is one of Haveri's own tools, which may do everything."""

    member_id: UUID | None
    role: Role

    @property
    def decides(self) -> bool:
        """Whether the word counts for everybody's shifts."""
        return self.role.covers(Role.MANAGER)


def needs_acceptance(asker: Asker, change: Change) -> bool:
    """Whether somebody else has to say yes before the change counts. Raises RoleNotSufficient."""
    if asker.decides:
        return False
    if asker.role.covers(Role.RESPONDER) and asker.member_id is not None:
        if change.kind is ChangeKind.ABSENCE and change.member_id == asker.member_id:
            return False
        both = change.member_id is not None and change.substitute_id is not None
        mine = asker.member_id in {change.member_id, change.substitute_id}
        if change.kind in {ChangeKind.OVERRIDE, ChangeKind.SWAP} and both and mine:
            return True
    raise RoleNotSufficient(
        f"You are {asker.role.value}: you may report your own absence, and give or take over a shift with one other. "
        "Everything else is a manager's."
    )


def check_may_replace(asker: Asker, before: Change, proposed_by: UUID | None) -> None:
    """Raise RoleNotSufficient unless the asker may put another change in the place of this one."""
    own_absence = before.kind is ChangeKind.ABSENCE and before.member_id == asker.member_id
    if not (asker.decides or own_absence or (asker.member_id is not None and asker.member_id == proposed_by)):
        raise RoleNotSufficient("Somebody else put this change. Take it back and propose another one.")


def check_may_accept(asker: Asker, change: Change, accepted: bool, proposed_by: UUID | None) -> None:
    """Raise unless the asker is the one who was asked, or a manager."""
    if asker.decides:
        allowed = True
    else:
        asked = {change.member_id, change.substitute_id} - {proposed_by}
        allowed = asker.role.covers(Role.RESPONDER) and asker.member_id in asked
    if not allowed:
        raise RoleNotSufficient("The other one of the two has to accept it, or a manager.")
    if accepted:
        raise AlreadyAccepted("It counts already; nothing more has to be done.")


def check_may_cancel(asker: Asker, change: Change, proposed_by: UUID | None) -> None:
    """Raise RoleNotSufficient unless the change concerns the asker, who may respond, or the asker manages."""
    concerned = {change.member_id, change.substitute_id, proposed_by}
    mine = asker.role.covers(Role.RESPONDER) and asker.member_id is not None and asker.member_id in concerned
    if not (asker.decides or mine):
        raise RoleNotSufficient("Only those whom it concerns, or a manager, may take it back.")
