"""The tenant's records as the control API shows them."""

from __future__ import annotations

from haveri_teams_tenant.control.seen import (
    SeenDialog,
    SeenFile,
    SeenMessage,
    SeenOutcome,
    SeenPlace,
    SeenTeam,
    SeenTenant,
    SeenUser,
)
from haveri_teams_tenant.house import House
from haveri_teams_tenant.people.outcomes import Outcome
from haveri_teams_tenant.state.records import Chat, File, Message, Place, Team, Tenant, User


def user_view(user: User) -> SeenUser:
    """A person."""
    return SeenUser(aadObjectId=user.id, teams_id=user.teams_id, name=user.name, email=user.email, locale=user.locale)


def tenant_view(house: House, tenant: Tenant) -> SeenTenant:
    """A tenant with people and apps."""
    apps = [
        app_id
        for (tenant_id, app_id), installation in house.world.installations.items()
        if tenant_id == tenant.id and not installation.removed
    ]
    users = [user_view(user) for user in house.world.users_of(tenant.id)]
    return SeenTenant(id=tenant.id, name=tenant.name, users=users, apps=apps)


def team_view(team: Team) -> SeenTeam:
    """A team."""
    return SeenTeam(
        group_id=team.id,
        thread_id=team.thread_id,
        name=team.name,
        members=list(team.members),
        channel_cap=team.channel_cap,
    )


def place_view(house: House, place: Place) -> SeenPlace:
    """A channel or a personal chat."""
    if isinstance(place, Chat):
        return SeenPlace(id=place.id, name=house.world.apps[place.app_id].name)
    return SeenPlace(
        id=place.id,
        name=place.name,
        team_id=place.team_id,
        description=place.description,
        membership=place.membership,
        archived=place.archived,
        created_at=place.created_at,
    )


def file_view(file: File) -> SeenFile:
    """An attachment."""
    return SeenFile(id=file.id, name=file.name, content_type=file.content_type, size=file.size, inline=file.inline)


def message_view(house: House, message: Message) -> SeenMessage:
    """A message with everything that is known of it."""
    return SeenMessage(
        id=message.id,
        tenant_id=message.tenant_id,
        place_id=message.place_id,
        root_id=message.root_id,
        author=message.author,
        text=message.text,
        mentions=message.mentions,
        card=message.card,
        user_cards=message.user_cards,
        files=[file_view(house.world.files[file_id]) for file_id in message.file_ids],
        seen_by=[message.targeted_to] if message.targeted_to else None,
        slash_command=message.slash_command,
        created_at=message.created_at,
        changed_at=message.changed_at,
        edited_at=message.edited_at,
        deleted_at=message.deleted_at,
        revision=message.revision,
        versions=message.versions,
        reactions=message.reactions,
    )


def outcome_view(outcome: Outcome) -> SeenOutcome:
    """What a press or a form led to."""
    dialog = outcome.dialog
    return SeenOutcome(
        kind=outcome.kind,
        text=outcome.text,
        card=outcome.card,
        dialog=SeenDialog(id=dialog.id, title=dialog.title, card=dialog.card) if dialog else None,
        status=outcome.status,
        body=outcome.body,
    )
