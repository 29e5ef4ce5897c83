"""Oneself, and API tokens."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from haveri_contracts.types import ShortText, Timestamp
from haveri_web.adapters.token_rows import TokenRow, token_with_id, tokens_of
from haveri_web.domain.access import EVERY_SCOPE, Scope
from haveri_web.domain.refusals import InvalidRequest, NotFound, ScopeNotSufficient
from haveri_web.http.answers import ListOf, Me, Token, answers, json_response
from haveri_web.http.bodies import Body
from haveri_web.http.context import WebDep
from haveri_web.http.door import Administrator, Reader
from haveri_web.http.requests import Cursor, Limit, OnceDep
from haveri_web.security.tokens import USUAL_LIFE, create_token

router = APIRouter(tags=["account"])


class NewToken(Body):
    """An API token to make for oneself; without `expires_at` it is good for 90 days, at most 366."""

    name: ShortText
    scopes: list[Scope] = Field(default=[Scope.READ], min_length=1)
    expires_at: Timestamp | None = None


@router.get("/me", responses=answers(Me))
async def me(web: WebDep, caller: Reader) -> Response:
    """Who you are here, and what your token may do."""
    directory = await web.directories.get(caller.organization)
    return json_response(
        Me(
            organization=caller.organization,
            organization_name=directory.organization.name,
            member=caller.member,
            scopes=sorted(caller.scopes),
            form_token=caller.form_token or None,
        )
    )


@router.get("/tokens", responses=answers(ListOf[Token]))
async def list_tokens(web: WebDep, caller: Administrator, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """The organisation's API tokens, newest first, without their secrets."""
    async with web.database.transaction(caller.organization) as connection:
        rows = await tokens_of(connection, caller.organization, _before(cursor), limit + 1)
    shown = rows[:limit]
    following = str(shown[-1].id) if len(rows) > limit else None
    return json_response({"items": [_token(row) for row in shown], "next_cursor": following})


@router.get("/tokens/{id}", responses=answers(Token, 200, 404))
async def get_token(web: WebDep, caller: Administrator, id: UUID) -> Response:
    """One API token, without its secret."""
    return json_response(_token(await _row(web, caller.organization, id)))


@router.post("/tokens", status_code=201, responses=answers(Token, 201, 400, 409))
async def add_token(web: WebDep, caller: Administrator, body: NewToken, once: OnceDep) -> Response:
    """Make an API token that acts as you. Its secret is in this answer and nowhere else, not even in a repeat's."""
    if not any(own.covers(wanted) for wanted in [max(body.scopes, key=_reach)] for own in caller.scopes):
        raise ScopeNotSufficient("A token cannot make one that reaches further than itself.")
    headers = {"Location": f"/api/v1/tokens/{once.thing_id}"}
    if once.again:
        return json_response(_token(await _row(web, caller.organization, once.thing_id)), 201, headers)
    made, token_id = await create_token(
        web.database,
        caller.organization,
        caller.member.id,
        body.name,
        body.scopes,
        body.expires_at or web.clock.now() + USUAL_LIFE,
        token_id=once.thing_id,
        clock=web.clock,
    )
    row = await _row(web, caller.organization, token_id)
    return json_response(_token(row).model_copy(update={"token": made}), 201, headers)


@router.delete("/tokens/{id}", status_code=204, responses=answers(None, 204, 404))
async def revoke_token(web: WebDep, caller: Administrator, id: UUID) -> Response:
    """Revoke an API token; it is worth nothing from this moment on."""
    await web.tokens.revoke(caller.organization, id, caller.actor)
    return Response(status_code=204)


async def _row(web: WebDep, organization: str, token_id: UUID) -> TokenRow:
    async with web.database.transaction(organization) as connection:
        row = await token_with_id(connection, organization, token_id)
    if row is None:
        raise NotFound("There is no such API token.")
    return row


def _token(row: TokenRow) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        member_id=row.member_id,
        scopes=[Scope(scope) for scope in row.scopes],
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def _before(cursor: str | None) -> UUID | None:
    try:
        return UUID(cursor) if cursor else None
    except ValueError:
        raise InvalidRequest.field("cursor", "is not one that this list gave") from None


def _reach(scope: Scope) -> int:
    return sum(scope.covers(other) for other in EVERY_SCOPE)
