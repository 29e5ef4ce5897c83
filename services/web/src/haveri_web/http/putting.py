"""What every route does that puts something at its owner or takes it away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from haveri_chassis.bus import QueryRefused
from haveri_contracts.message import Command
from haveri_contracts.outcomes import Problem
from haveri_web.bus.callers import Caller
from haveri_web.bus.commands import CommandRefused, Once
from haveri_web.http.answers import json_response, pending
from haveri_web.http.context import Web


class NamedInTheBody(CommandRefused):
    """A field of the body names what there is not, or what cannot be."""

    status = 422


@contextmanager
def in_the_body(address_field: str = "") -> Iterator[None]:
    """Something unknown that a field of the body names is 422; what the address itself names is just not there: 404."""
    try:
        yield
    except (CommandRefused, QueryRefused) as refusal:
        unknown = refusal.type.endswith("-unknown")
        if unknown and any(error.get("field") != address_field for error in refusal.errors):
            raise NamedInTheBody(Problem.of(refusal)) from None
        raise


def address(kind: str, thing_id: UUID) -> str:
    """Where a thing is found; `kind` is its list's path."""
    return f"/api/v1{kind}/{thing_id}"


async def put(
    web: Web,
    caller: Caller,
    command: Command,
    once: Once,
    thing: BaseModel,
    *,
    where: str,
    status: int = 200,
    address_field: str = "id",
) -> Response:
    """Send the command that puts a thing; answers with the thing as its owner has it now.

    The owner may have completed it (a rotation's pattern, a policy's version): then its outcome holds it, under the
    name that the command has for it. 202 while the owner is away.
    """
    with in_the_body(address_field):
        outcome = await web.sender.send(caller, command, once.command_id)
    if outcome is None:
        return pending(once.command_id, where)
    kept: Any = (outcome.result or {}).get(_name_in(command, thing), thing)
    return json_response(kept, status, {"Location": where} if status == 201 else None)


async def take_away(web: Web, caller: Caller, command: Command, once: Once, where: str) -> Response:
    """Send the command that takes a thing away: 204, or 202 while the owner is away."""
    outcome = await web.sender.send(caller, command, once.command_id)
    return pending(once.command_id, where) if outcome is None else Response(status_code=204)


def _name_in(command: Command, thing: BaseModel) -> str:
    return next((name for name, value in command if isinstance(value, type(thing))), "")
