"""Settings: one's password, and for administrators API tokens and chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.commands import ChangeChatSettings
from haveri_contracts.directory.models import ChatSettings
from haveri_contracts.directory.queries import GetChatSettings
from haveri_contracts.plain import Refusal
from haveri_directory_copy.directory import Directory, name_in
from haveri_web.adapters.token_rows import TokenRow, tokens_of
from haveri_web.bus.queries import valid
from haveri_web.domain.access import TO_ADMINISTER, Scope
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.door import set_session_cookie
from haveri_web.rendering.pages import AdministratorsForm, OwnForm, Page, PageDep
from haveri_web.security.tokens import create_token

router = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=500)]
_MOST_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Made:
    """A token just made, with its secret, for the one page that shows it."""

    name: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token in the list; `state` is good, expired or revoked."""

    id: UUID
    name: str
    owner: str
    scopes: list[str]
    last_used_at: datetime | None
    expires_at: datetime
    state: str


@router.get("/settings")
async def show(page: PageDep, done: str = "") -> Response:
    """The page."""
    return await _show(page, done=done if done in _DONE else "")


_DONE = ("password", "revoked", "chat", "chat_later")


@router.post("/settings/password")
async def change_password(page: OwnForm, present: Field = "", new: Field = "") -> Response:
    """Change one's own password; this browser stays signed in with a new session, all others are signed out."""
    web, caller = page.web, page.caller
    try:
        await web.change_password(caller.organization, caller.member.id, present, new)
    except Refusal as refusal:
        return await _show(page, refusal=refusal)
    answer = _done("password")
    set_session_cookie(answer, web, await web.sessions.open(caller.organization, caller.member.id, None))
    return answer


@router.post("/settings/tokens")
async def add_token(
    page: AdministratorsForm, name: Field = "", scope: Field = "", days: Annotated[int, Form(ge=1, le=366)] = 90
) -> Response:
    """Make an API token and show it, this once; hence no redirect."""
    web, caller = page.web, page.caller
    try:
        token, _ = await create_token(
            web.database,
            caller.organization,
            caller.member.id,
            _token_name(name),
            [_scope(scope)],
            web.clock.now() + timedelta(days=days),
            clock=web.clock,
            ids=web.ids,
        )
    except InvalidRequest as refusal:
        return await _show(page, refusal=refusal)
    return await _show(page, made=Made(name.strip(), token))


@router.post("/settings/tokens/{id}/revoke")
async def revoke_token(page: AdministratorsForm, id: UUID) -> Response:
    """Revoke an API token."""
    await page.web.tokens.revoke(page.caller.organization, id, page.caller.actor)
    return _done("revoked", "#tokens")


@router.post("/settings/chat")
async def change_chat(
    page: AdministratorsForm,
    tenant_id: Field = "",
    team_id: Field = "",
    global_channel_id: Field = "",
    incident_channel: Field = "channel",
) -> Response:
    """Say where the organisation's chat happens."""
    values = {
        "tenant_id": tenant_id.strip(),
        "team_id": team_id.strip(),
        "global_channel_id": global_channel_id.strip() or None,
        "incident_channel": incident_channel,
    }
    try:
        outcome = await page.send(ChangeChatSettings(settings=valid(ChatSettings, values)))
    except Refusal as refusal:
        return await _show(page, refusal=refusal)
    return _done("chat_later" if outcome is None else "chat")


async def _show(page: Page, *, done: str = "", refusal: Refusal | None = None, made: Made | None = None) -> Response:
    administrator = page.caller.may(TO_ADMINISTER)
    return page.render(
        "settings/settings.html",
        here="settings",
        refusal=refusal,
        done=done,
        made=made,
        administrator=administrator,
        tokens=await _tokens(page) if administrator else [],
        scopes=[scope.value for scope in Scope],
        chat=(await page.ask(GetChatSettings())).settings if administrator else None,
    )


async def _tokens(page: Page) -> list[TokenView]:
    async with page.web.database.transaction(page.caller.organization) as connection:
        rows = await tokens_of(connection, page.caller.organization, None, _MOST_TOKENS)
    return [_token_view(row, page.directory, page.web.clock.now()) for row in rows]


def _token_view(row: TokenRow, directory: Directory, now: datetime) -> TokenView:
    state = "revoked" if row.revoked_at else "expired" if row.expires_at <= now else "good"
    return TokenView(
        id=row.id,
        name=row.name,
        owner=name_in(directory.members, row.member_id),
        scopes=list(row.scopes),
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        state=state,
    )


def _done(what: str, place: str = "") -> RedirectResponse:
    return RedirectResponse(f"/settings?done={what}{place}", 303)


def _token_name(name: str) -> str:
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= 200 or not trimmed.isprintable():
        raise InvalidRequest.field("name", "say in 1 to 200 characters what will use the token")
    return trimmed


def _scope(scope: str) -> Scope:
    try:
        return Scope(scope)
    except ValueError:
        raise InvalidRequest.field("scope", "is one of read, respond, administer") from None
