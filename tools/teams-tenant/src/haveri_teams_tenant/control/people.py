"""Control: do what people do on the chat page."""

from __future__ import annotations

import base64

from fastapi import APIRouter, Depends

from haveri_teams_tenant.control import bodies, responses, views
from haveri_teams_tenant.control.access import TenantDep, control_access, the_message, the_place, the_user
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.people.outcomes import Outcome
from haveri_teams_tenant.people.refusals import NotThere
from haveri_teams_tenant.state.records import Dialog, File, Mail, Place, Tenant, User

router = APIRouter(prefix="/_control/tenants/{tenant_id}", dependencies=[Depends(control_access)], tags=["people"])


@router.post("/messages", status_code=201)
async def say(body: bodies.Say, tenant: TenantDep, house: HouseDep) -> responses.SeenMessage:
    """Write a message, with attachments if any; a text that starts with a command is sent as on the page."""
    user = the_user(house, tenant, body.as_user)
    place = the_place(house, tenant, user, body.place)
    files = [_file(house, place, upload) for upload in body.files]
    message = house.messaging.say(user, place, body.text, root_id=body.root_id, files=files, slash=body.slash)
    return views.message_view(house, message)


def _file(house: House, place: Place, upload: bodies.Upload) -> File:
    body = base64.b64decode(upload.content_base64)
    return house.uploads.keep(place, upload.name, upload.content_type, body, inline=upload.inline)


@router.patch("/messages/{message_id}")
async def edit(message_id: str, body: bodies.Edit, tenant: TenantDep, house: HouseDep) -> responses.SeenMessage:
    """Edit one's own message."""
    user, place, message = the_message(house, tenant, body.as_user, message_id)
    return views.message_view(house, house.messaging.edit(user, place, message, body.text))


@router.delete("/messages/{message_id}")
async def delete(message_id: str, as_user: str, tenant: TenantDep, house: HouseDep) -> responses.SeenMessage:
    """Delete one's own message."""
    user, place, message = the_message(house, tenant, as_user, message_id)
    return views.message_view(house, house.messaging.delete(user, place, message))


@router.post("/messages/{message_id}/undelete")
async def undelete(message_id: str, body: bodies.AsUser, tenant: TenantDep, house: HouseDep) -> responses.SeenMessage:
    """Undo the deletion of one's own message."""
    user, place, message = the_message(house, tenant, body.as_user, message_id)
    return views.message_view(house, house.messaging.undelete(user, place, message))


@router.post("/messages/{message_id}/react")
async def react(message_id: str, body: bodies.React, tenant: TenantDep, house: HouseDep) -> responses.SeenMessage:
    """React to a message, or take the reaction back."""
    user, place, message = the_message(house, tenant, body.as_user, message_id)
    return views.message_view(house, house.messaging.react(user, place, message, body.reaction))


@router.post("/messages/{message_id}/press")
async def press(message_id: str, body: bodies.Press, tenant: TenantDep, house: HouseDep) -> Outcome:
    """Press a button of a card and wait for the bot's answer."""
    user, place, message = the_message(house, tenant, body.as_user, message_id)
    return await house.card_actions.press(user, place, message, body.action, body.inputs, body.seen)


@router.post("/messages/{message_id}/refresh")
async def refresh(message_id: str, body: bodies.AsUser, tenant: TenantDep, house: HouseDep) -> Outcome:
    """Let a card refresh itself for one of its `refresh.userIds`."""
    user, place, message = the_message(house, tenant, body.as_user, message_id)
    return await house.card_actions.refresh(user, place, message)


@router.post("/messages/{message_id}/actions/{command_id}")
async def message_action(
    message_id: str, command_id: str, body: bodies.AsUser, tenant: TenantDep, house: HouseDep
) -> Outcome:
    """Run a message extension from a message's menu."""
    user, place, message = the_message(house, tenant, body.as_user, message_id)
    return await house.card_actions.message_action(user, place, message, command_id)


@router.get("/dialogs")
async def list_dialogs(as_user: str, tenant: TenantDep, house: HouseDep) -> list[Dialog]:
    """The forms that stand open before somebody."""
    user = the_user(house, tenant, as_user)
    return [d for d in house.world.dialogs.values() if (d.tenant_id, d.user_id) == (tenant.id, user.id)]


@router.post("/dialogs/{dialog_id}/submit")
async def submit(dialog_id: str, body: bodies.SendForm, tenant: TenantDep, house: HouseDep) -> Outcome:
    """Send an open form."""
    user, dialog = _dialog(house, tenant, body.as_user, dialog_id)
    return await house.card_actions.send(user, dialog, body.inputs, body.action)


@router.delete("/dialogs/{dialog_id}")
async def close(dialog_id: str, as_user: str, tenant: TenantDep, house: HouseDep) -> responses.Done:
    """Close a form without sending it."""
    user, dialog = _dialog(house, tenant, as_user, dialog_id)
    house.card_actions.close(user, dialog)
    return responses.Done(count=1)


@router.get("/mails")
async def list_mails(as_user: str, tenant: TenantDep, house: HouseDep) -> list[Mail]:
    """Somebody's mails, oldest first."""
    return house.mailboxes.of(the_user(house, tenant, as_user))


def _dialog(house: House, tenant: Tenant, name: str, dialog_id: str) -> tuple[User, Dialog]:
    dialog = house.world.dialogs.get(dialog_id)
    if dialog is None or dialog.tenant_id != tenant.id:
        raise NotThere("This form is not open.")
    return the_user(house, tenant, name), dialog
