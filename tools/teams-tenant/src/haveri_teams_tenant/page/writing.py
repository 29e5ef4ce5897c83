"""What the page's forms do. The script gets JSON; without script one is sent back to the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
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
Did = tuple[Outcome, str]


@dataclass(frozen=True)
class Sent:
    """A form that somebody sent from a conversation, and how it is answered."""

    request: Request
    house: House
    me: User
    fields: FormData
    place_id: str

    def text(self, name: str) -> str:
        """A field."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def inputs(self) -> dict[str, str]:
        """The card's inputs; several values of one, such as ticked boxes, are joined by commas as Teams joins them."""
        values: dict[str, list[str]] = defaultdict(list)
        for name, value in self.fields.multi_items():
            if name.startswith("input:") and isinstance(value, str):
                values[name.removeprefix("input:")].append(value)
        given = {name: ",".join(value for value in several if value) for name, several in values.items()}
        # A box that is not ticked sends nothing; the hidden field beside it says what that means.
        off = {name.removeprefix("off:"): str(value) for name, value in self.fields.items() if name.startswith("off:")}
        return off | given

    def answer(self, body: dict[str, Any], status: int = 200) -> Response:
        """To the script, or by sending the browser back to the page."""
        if wants_json(self.request):
            return JSONResponse(body, status)
        query = {name: str(body[name]) for name in ("notice", "dialog_id") if body.get(name)}
        if "dialog_id" in query:
            query["dialog"] = query.pop("dialog_id")
        return RedirectResponse(f"/t/{self.me.tenant_id}/c/{quote(self.place_id)}?{urlencode(query)}", 303)

    def refused(self, refusal: Refused) -> Response:
        """Why it cannot be."""
        return self.answer({"kind": "error", "notice": refusal.reason}, 400)

    async def answer_with(self, doing: Awaitable[Did], dialog_id: str = "") -> Response:
        """What came of it, in the thread of the given opener, or why it cannot be."""
        try:
            outcome, root_id = await doing
        except BadInputs as bad:
            problems = {"kind": "problems", "problems": bad.problems, "notice": str(bad), "dialog_id": dialog_id}
            return self.answer(problems, 422)
        except Refused as refusal:
            return self.refused(refusal)
        body: dict[str, Any] = {"kind": outcome.kind, "root_id": root_id}
        if outcome.kind in ("message", "error"):
            body["notice"] = outcome.text
        if (dialog := outcome.dialog) is not None:
            card = Views(self.house, self.me).dialog_card(dialog)
            html = fragment("dialog.html", dialog=dialog, dialog_card=card, tenant_id=self.me.tenant_id)
            body |= {"dialog_id": dialog.id, "html": html}
        return self.answer(body)

    async def on(self, message_id: str, do: Callable[[Place, Message], Message | Awaitable[Outcome]]) -> Response:
        """Do something with a message that this person can see."""

        async def done() -> Did:
            place = self.house.messaging.place_for(self.me, self.place_id)
            message = self.house.messaging.message_for(self.me, place, message_id)
            result = do(place, message)
            return Outcome("sent") if isinstance(result, Message) else await result, message.root_id

        return await self.answer_with(done())


async def sent(place_id: str, request: Request, house: HouseDep, me: Viewer, fields: Fields) -> Sent:
    """From the conversation of the path."""
    return Sent(request, house, me, fields, place_id)


Form = Annotated[Sent, Depends(sent)]


@router.post(CHANNEL + "/say")
async def say(form: Form) -> Response:
    """Write a message, with what was attached."""
    house, me = form.house, form.me
    try:
        place = house.messaging.place_for(me, form.place_id)
        files = [await _file(house, place, upload) for upload in form.fields.getlist("files") if _is_file(upload)]
        message = house.messaging.say(me, place, form.text("text"), root_id=form.text("root_id"), files=files)
    except Refused as refusal:
        return form.refused(refusal)
    return form.answer({"kind": "sent", "root_id": message.root_id, "message_id": message.id})


def _is_file(upload: object) -> bool:
    return isinstance(upload, UploadFile) and bool(upload.filename)


async def _file(house: House, place: Place, upload: Any) -> File:
    kind = str(upload.content_type or "")
    return house.uploads.keep(place, upload.filename, kind, await upload.read(), inline=kind.startswith("image/"))


@router.post(MESSAGE + "/edit")
async def edit(message_id: str, form: Form) -> Response:
    """Change one's own message."""
    text = form.text("text")
    return await form.on(message_id, lambda place, m: form.house.messaging.edit(form.me, place, m, text))


@router.post(MESSAGE + "/delete")
async def delete(message_id: str, form: Form) -> Response:
    """Delete one's own message."""
    return await form.on(message_id, lambda place, m: form.house.messaging.delete(form.me, place, m))


@router.post(MESSAGE + "/undelete")
async def undelete(message_id: str, form: Form) -> Response:
    """Bring it back."""
    return await form.on(message_id, lambda place, m: form.house.messaging.undelete(form.me, place, m))


@router.post(MESSAGE + "/react")
async def react(message_id: str, form: Form) -> Response:
    """Add or take back a reaction."""
    reaction = (form.text("reaction") or "like")[:40]
    return await form.on(message_id, lambda place, m: form.house.messaging.react(form.me, place, m, reaction))


@router.post(MESSAGE + "/press")
async def press(message_id: str, form: Form) -> Response:
    """Press a button of a card."""
    action, inputs, text = form.text("action"), form.inputs(), form.text("seen")
    seen = int(text) if text.isdigit() else None
    presses, me = form.house.card_actions, form.me
    return await form.on(message_id, lambda place, m: presses.press(me, place, m, action, inputs, seen, lenient=True))


@router.post(MESSAGE + "/refresh")
async def refresh(message_id: str, form: Form) -> Response:
    """Let a card refresh itself for this person."""
    return await form.on(message_id, lambda place, m: form.house.card_actions.refresh(form.me, place, m))


@router.post(MESSAGE + "/actions/{command_id}")
async def message_action(message_id: str, command_id: str, form: Form) -> Response:
    """Run a message extension from the message's menu."""
    return await form.on(
        message_id, lambda place, m: form.house.card_actions.message_action(form.me, place, m, command_id)
    )


@router.post("/t/{tenant_id}/dialogs/{dialog_id}")
async def send_form(dialog_id: str, request: Request, house: HouseDep, me: Viewer, fields: Fields) -> Response:
    """Send an open form, or close it."""
    dialog = house.world.dialogs.get(dialog_id)
    if dialog is None or (dialog.tenant_id, dialog.user_id) != (me.tenant_id, me.id):
        raise NotThere("This form is not open any more.")
    form = Sent(request, house, me, fields, dialog.place_id)
    wanted = form.text("action")
    if wanted == "close":
        house.card_actions.close(me, dialog)
        return form.answer({"kind": "closed"})

    async def done() -> Did:
        return await house.card_actions.send(me, dialog, form.inputs(), wanted, lenient=True), dialog.root_id

    return await form.answer_with(done(), dialog.id)
