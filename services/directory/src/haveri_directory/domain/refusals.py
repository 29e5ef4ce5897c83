"""Why the directory refuses a command or a query, each named after its business reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from haveri_contracts.plain import Refusal


class OrganizationUnknown(Refusal):
    """The organisation has not been created."""

    type = "organization-unknown"
    title = "There is no such organisation."


class OrganizationExists(Refusal):
    """The slug belongs to an organisation that was created with other data."""

    type = "organization-exists"
    title = "There is an organisation of this name already."


class SlugReserved(Refusal):
    """The slug belongs to the house itself."""

    type = "slug-reserved"
    title = "This name is reserved for Haveri itself."


class AdministratorRequired(Refusal):
    """An organisation begins with somebody who may administer it."""

    type = "administrator-required"
    title = "An organisation's first member has to be an administrator."


class FacilityInUse(Refusal):
    """A facility with areas, teams or rotations stays."""

    type = "facility-in-use"
    title = "The facility still has areas, teams or rotations."


class AreaInUse(Refusal):
    """An area with assets stays."""

    type = "area-in-use"
    title = "The area still has assets."


class TeamInUse(Refusal):
    """A team with members, in a rotation or with changes to come stays."""

    type = "team-in-use"
    title = "The team still has members or shifts."


class MemberInUse(Refusal):
    """A member whom shifts need stays."""

    type = "member-in-use"
    title = "Shifts still need this member."


class NameTaken(Refusal):
    """Another thing of this kind has that name in the same place."""

    type = "name-taken"
    title = "This name is taken."


class ChatIdentityTaken(Refusal):
    """Another member has this identity on the chat platform."""

    type = "chat-identity-taken"
    title = "Another member has this chat identity."


class PhoneUnusable(Refusal):
    """Nobody could be called at this number."""

    type = "phone-unusable"
    title = "This is not a telephone number that can be called."


class ContactUnusable(Refusal):
    """What is said about how to reach a member cannot be used."""

    type = "contact-unusable"
    title = "The member cannot be reached in this way."


class TenantTaken(Refusal):
    """Another organisation lives in this chat tenant."""

    type = "tenant-taken"
    title = "Another organisation uses this chat tenant."


class LastAdministrator(Refusal):
    """Somebody has to be able to administer the organisation."""

    type = "last-administrator"
    title = "This is the organisation's last administrator."


class ImportInvalid(Refusal):
    """The document has faults; nothing of it was imported."""

    type = "import-invalid"
    title = "The document has faults, so nothing was imported."

    def __init__(self, detail: str, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__(detail)
        self.errors = list(errors)
