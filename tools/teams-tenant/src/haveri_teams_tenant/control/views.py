"""The tenant's records as the control API shows them, where that is more than reading their fields."""

from __future__ import annotations

from haveri_teams_tenant.control.responses import SeenMessage, SeenPlace, SeenTenant, SeenUser
from haveri_teams_tenant.house import House
from haveri_teams_tenant.state.records import Chat, Message, Place, Tenant


def tenant_view(house: House, tenant: Tenant) -> SeenTenant:
    """A tenant with people and apps."""
    apps = [
        app_id
        for (tenant_id, app_id), installation in house.world.installations.items()
        if tenant_id == tenant.id and not installation.removed
    ]
    users = [SeenUser.model_validate(user, from_attributes=True) for user in house.world.users_of(tenant.id)]
    return SeenTenant(id=tenant.id, name=tenant.name, users=users, apps=apps)


def place_view(house: House, place: Place) -> SeenPlace:
    """A channel or a personal chat."""
    if isinstance(place, Chat):
        return SeenPlace(id=place.id, name=house.world.apps[place.app_id].name)
    return SeenPlace.model_validate(place, from_attributes=True)


def message_view(house: House, message: Message) -> SeenMessage:
    """A message with everything that is known of it."""
    files = [house.world.files[file_id] for file_id in message.file_ids]
    seen_by = [message.targeted_to] if message.targeted_to else None
    return SeenMessage.model_validate({**vars(message), "files": files, "seen_by": seen_by}, from_attributes=True)
