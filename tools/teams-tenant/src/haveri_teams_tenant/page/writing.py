"""What the page's forms do. The script gets JSON; without script one is sent back to the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from haveri_teams_tenant.cards.inputs import BadInputs
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.page.look import fragment, wants_json
from haveri_teams_tenant.page.viewer import Viewer, same_origin
from haveri_teams_tenant.page.views import Views
from haveri_teams_tenant.people.outcomes import Outcome
from haveri_teams_tenant.people.refusals import NotThere, Refused
from haveri_teams_tenant.state.records import File, Message, Place, User

router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])

CHANNEL = "/t/{tenant_id}/c/{place_id}"
MESSAGE = CHANNEL + "/m/{message_id}"


async def the_form(request: Request) -> FormData:
    """The fields of the form."""
    return await request.form()


Fields = Annotated[FormData, Depends(the_form)]


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _answer(request: Request, me: User, place_id: str, body: dict[str, Any], status: int = 200) -> Response:
    if wants_json(request):
        return JSONResponse(body, status)
    query = {name: str(body[name]) for name in ("notice", "dialog_id") if body.get(name)}
    if "dialog_id" in query:
        query["dialog"] = query.pop("dialog_id")
    return RedirectResponse(f"/t/{me.tenant_id}/c/{quote(place_id)}?{urlencode(query)}", 303)


def _refused(request: Request, me: User, place_id: str, reason: str) -> Response:
    return _answer(request, me, place_id, {"kind": "error", "notice": reason}, 400)


@router.post(CHANNEL + "/say")
async def say(place_id: str, request: Request, house: HouseDep, me: Viewer, fields: Fields) -> Response:
    """Write a message, with what was attached."""
    try:
        place = house.talk.place_for(me, place_id)
        files = [await _file(house, place, upload) for upload in fields.getlist("files") if _is_file(upload)]
        message = house.talk.say(me, place, _text(fields, "text"), root_id=_text(fields, "root_id"), files=files)
    except Refused as refusal:
        return _refused(request, me, place_id, refusal.reason)
    return _answer(request, me, place_id, {"kind": "sent", "root_id": message.root_id, "message_id": message.id})


def _is_file(upload: object) -> bool:
    return isinstance(upload, UploadFile) and bool(upload.filename)


async def _file(house: House, place: Place, upload: Any) -> File:
    kind = str(upload.content_type or "")
    return house.uploads.keep(place, upload.filename, kind, await upload.read(), inline=kind.startswith("image/"))


@router.post(MESSAGE + "/edit")
async def edit(
    place_id: str, message_id: str, request: Request, house: HouseDep, me: Viewer, fields: Fields
) -> Response:
    """Change one's own message."""
    text = _text(fields, "text")
    return _change(request, house, me, place_id, message_id, lambda p, m: house.talk.edit(me, p, m, text))


@router.post(MESSAGE + "/delete")
async def delete(place_id: str, message_id: str, request: Request, house: HouseDep, me: Viewer) -> Response:
    """Delete one's own message."""
    return _change(request, house, me, place_id, message_id, lambda p, m: house.talk.delete(me, p, m))


@router.post(MESSAGE + "/undelete")
async def undelete(place_id: str, message_id: str, request: Request, house: HouseDep, me: Viewer) -> Response:
    """Bring it back."""
    return _change(request, house, me, place_id, message_id, lambda p, m: house.talk.undelete(me, p, m))


@router.post(MESSAGE + "/react")
async def react(
    place_id: str, message_id: str, request: Request, house: HouseDep, me: Viewer, fields: Fields
) -> Response:
    """Add or take back a reaction."""
    reaction = (_text(fields, "reaction") or "like")[:40]
    return _change(request, house, me, place_id, message_id, lambda p, m: house.talk.react(me, p, m, reaction))


def _change(
    request: Request,
    house: House,
    me: User,
    place_id: str,
    message_id: str,
    change: Callable[[Place, Message], Message],
) -> Response:
    try:
        place = house.talk.place_for(me, place_id)
        message = change(place, house.talk.message_for(me, place, message_id))
    except Refused as refusal:
        return _refused(request, me, place_id, refusal.reason)
    return _answer(request, me, place_id, {"kind": "sent", "root_id": message.root_id})


def _inputs(fields: FormData) -> dict[str, str]:
    """The card's inputs; several values of one, such as ticked boxes, are joined by commas as Teams joins them."""
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in fields.multi_items():
        if name.startswith("input:") and isinstance(value, str):
            values[name.removeprefix("input:")].append(value)
    given = {name: ",".join(value for value in several if value) for name, several in values.items()}
    # A box that is not ticked sends nothing; the hidden field beside it says what that means.
    unticked = {name.removeprefix("off:"): str(value) for name, value in fields.items() if name.startswith("off:")}
    return unticked | given


@router.post(MESSAGE + "/press")
async def press(
    place_id: str, message_id: str, request: Request, house: HouseDep, me: Viewer, fields: Fields
) -> Response:
    """Press a button of a card."""
    try:
        place = house.talk.place_for(me, place_id)
        message = house.talk.message_for(me, place, message_id)
        seen = _text(fields, "seen")
        outcome = await house.presses.press(
            me,
            place,
            message,
            _text(fields, "action"),
            _inputs(fields),
            int(seen) if seen.isdigit() else None,
            lenient=True,
        )
    except BadInputs as bad:
        return _bad_inputs(request, me, place_id, bad)
    except Refused as refusal:
        return _refused(request, me, place_id, refusal.reason)
    return _outcome(request, house, me, place_id, outcome, message.root_id)


@router.post(MESSAGE + "/refresh")
async def refresh(place_id: str, message_id: str, request: Request, house: HouseDep, me: Viewer) -> Response:
    """Let a card refresh itself for this person."""
    try:
        place = house.talk.place_for(me, place_id)
        message = house.talk.message_for(me, place, message_id)
        outcome = await house.presses.refresh(me, place, message)
    except Refused as refusal:
        return _refused(request, me, place_id, refusal.reason)
    return _outcome(request, house, me, place_id, outcome, message.root_id)


@router.post(MESSAGE + "/actions/{command_id}")
async def message_action(
    place_id: str, message_id: str, command_id: str, request: Request, house: HouseDep, me: Viewer
) -> Response:
    """Run a message extension from the message's menu."""
    try:
        place = house.talk.place_for(me, place_id)
        message = house.talk.message_for(me, place, message_id)
        outcome = await house.presses.message_action(me, place, message, command_id)
    except Refused as refusal:
        return _refused(request, me, place_id, refusal.reason)
    return _outcome(request, house, me, place_id, outcome, message.root_id)


@router.post("/t/{tenant_id}/dialogs/{dialog_id}")
async def send_form(dialog_id: str, request: Request, house: HouseDep, me: Viewer, fields: Fields) -> Response:
    """Send an open form, or close it."""
    dialog = house.world.dialogs.get(dialog_id)
    if dialog is None or (dialog.tenant_id, dialog.user_id) != (me.tenant_id, me.id):
        raise NotThere("This form is not open any more.")
    wanted = _text(fields, "action")
    if wanted == "close":
        house.presses.close(me, dialog)
        return _answer(request, me, dialog.place_id, {"kind": "closed"})
    try:
        outcome = await house.presses.send(me, dialog, _inputs(fields), wanted, lenient=True)
    except BadInputs as bad:
        return _bad_inputs(request, me, dialog.place_id, bad, dialog.id)
    except Refused as refusal:
        return _refused(request, me, dialog.place_id, refusal.reason)
    return _outcome(request, house, me, dialog.place_id, outcome, dialog.root_id)


def _bad_inputs(request: Request, me: User, place_id: str, bad: BadInputs, dialog_id: str = "") -> Response:
    body = {"kind": "problems", "problems": bad.problems, "notice": str(bad), "dialog_id": dialog_id}
    return _answer(request, me, place_id, body, 422)


def _outcome(request: Request, house: House, me: User, place_id: str, outcome: Outcome, root_id: str) -> Response:
    body: dict[str, Any] = {"kind": outcome.kind, "root_id": root_id}
    if outcome.kind in ("message", "error"):
        body["notice"] = outcome.text
    if outcome.dialog is not None:
        body["dialog_id"] = outcome.dialog.id
        body["html"] = fragment(
            "dialog.html",
            dialog=outcome.dialog,
            dialog_card=Views(house, me).dialog_card(outcome.dialog),
            tenant_id=me.tenant_id,
        )
    return _answer(request, me, place_id, body)
