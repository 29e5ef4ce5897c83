"""What concerns the whole organisation: chat settings, the import of a plant, and what became of a command."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from haveri_contracts.directory.commands import ChangeChatSettings, ImportPlant
from haveri_contracts.directory.models import ChatSettings
from haveri_contracts.directory.queries import ChatSettingsAnswer, GetChatSettings
from haveri_web.bus.queries import ask
from haveri_web.domain.refusals import NotFound
from haveri_web.http.answers import (
    CommandState,
    ImportReport,
    answers,
    json_response,
    pending,
)
from haveri_web.http.context import WebDep
from haveri_web.http.documents import document_of, media_type_of
from haveri_web.http.door import Administrator, Manager, Reader
from haveri_web.http.requests import OnceDep

router = APIRouter()
_FORMATS: dict[str, Literal["yaml", "csv"]] = {
    "application/yaml": "yaml",
    "application/x-yaml": "yaml",
    "text/yaml": "yaml",
    "text/x-yaml": "yaml",
    "text/csv": "csv",
}
_LONGEST_DOCUMENT = 2_000_000


class ChatNotSetUp(NotFound):
    """Nobody has said where the organisation's chat is."""

    type = "chat-not-set-up"
    title = "Chat has not been set up."


@router.get("/settings/chat", tags=["settings"], responses=answers(ChatSettings, 200, 404))
async def get_chat_settings(web: WebDep, caller: Manager) -> Response:
    """Where the organisation's chat happens."""
    answer: ChatSettingsAnswer = await ask(web.queries, caller, GetChatSettings())
    if answer.settings is None:
        raise ChatNotSetUp("Put the settings here first.")
    return json_response(answer.settings)


@router.put("/settings/chat", tags=["settings"], responses=answers(ChatSettings, 200, 400, 409, later=True))
async def put_chat_settings(web: WebDep, caller: Administrator, body: ChatSettings, once: OnceDep) -> Response:
    """Say where the organisation's chat happens."""
    outcome = await web.sender.send(caller, ChangeChatSettings(settings=body), once.command_id)
    return pending(once.command_id, "/api/v1/settings/chat") if outcome is None else json_response(body)


@router.post(
    "/import",
    tags=["directory"],
    responses=answers(ImportReport, 200, 409, 413, 415, later=True),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string"}} for kind in ("application/yaml", "text/csv")},
        }
    },
)
async def import_plant(web: WebDep, caller: Administrator, request: Request, once: OnceDep) -> Response:
    """Import a whole plant from a YAML or CSV document: all of it, or nothing and every bad line in `errors`."""
    document = await document_of(request, _FORMATS, _LONGEST_DOCUMENT)
    command = ImportPlant(format=_FORMATS[media_type_of(request)], document=document)
    outcome = await web.sender.send(caller, command, once.command_id)
    return pending(once.command_id, "/api/v1/facilities") if outcome is None else json_response(outcome.result or {})


@router.get("/commands/{id}", tags=["commands"], responses=answers(CommandState, 200, 404))
async def get_command(web: WebDep, caller: Reader, id: UUID) -> Response:
    """What became of a command to an incident that was accepted for later."""
    outcome = await web.sender.outcome(caller, id)
    return json_response(outcome if outcome is not None else {"command_id": id, "status": "pending"})
