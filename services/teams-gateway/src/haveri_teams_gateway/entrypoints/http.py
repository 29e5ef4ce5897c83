"""`POST /api/messages`: what Teams sends, judged before it is read."""

from __future__ import annotations

import time
from typing import Any

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response

from haveri_chassis import telemetry
from haveri_chassis.logs import get_logger
from haveri_teams_gateway.adapters.identity.authenticator import Authenticator, NotAllowed, NotAuthenticated
from haveri_teams_gateway.adapters.identity.signing_keys import KeysUnavailable
from haveri_teams_gateway.adapters.json_fields import without_nulls
from haveri_teams_gateway.adapters.normaliser import UnreadableActivity, read_activity, tenants_of
from haveri_teams_gateway.application.metrics import ANSWERING, ARRIVED
from haveri_teams_gateway.application.receive_activity import ReceiveActivity
from haveri_teams_gateway.application.record_sender import RecordSender
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.entrypoints.problems import Problem, problem_response

LARGEST_BODY = 512 * 1024
"""Bytes; Teams' own messages end at about 100 KB, the rest is room for what surrounds them."""
Json = dict[str, Any]

log = get_logger(__name__)


class MessagesEndpoint:
    """The one way in for Teams."""

    def __init__(
        self, authenticator: Authenticator, record: RecordSender, receive: ReceiveActivity, bot_id: str
    ) -> None:
        self._authenticator = authenticator
        self._record = record
        self._receive = receive
        self._bot_id = bot_id

    async def messages(self, request: Request) -> Response:
        """Authenticate, read, store, answer. Every refusal is a JSON problem, and none is a 500."""
        begun = time.perf_counter()
        try:
            with telemetry.span("receive activity"):
                body = await self._judged(request)
                answer = await self._taken(body)
        except Problem as problem:
            ARRIVED.labels("unknown", f"refused_{problem.status}").inc()
            log.warning("an activity was refused", status=problem.status, why=problem.detail)
            return problem_response(problem)
        ANSWERING.labels(str(body.get("type"))[:20]).observe(time.perf_counter() - begun)
        if answer is None:
            return Response(status_code=200)
        return Response(orjson.dumps(answer), media_type="application/json")

    async def _judged(self, request: Request) -> Json:
        try:
            caller = await self._authenticator.caller(request.headers.get("authorization"))
            body = _object(await _body(request))
            self._authenticator.agree(caller, body)
        except NotAllowed as error:
            raise Problem(403, "caller-not-allowed", "The activity is not accepted.", error.reason) from error
        except NotAuthenticated as error:
            raise Problem(401, "caller-not-authenticated", "The caller is not Teams.", error.reason) from error
        except KeysUnavailable as error:
            raise Problem(503, "not-possible-now", "The caller cannot be judged right now.", str(error)) from error
        return body

    async def _taken(self, body: Json) -> Any:
        try:
            tenant = await self._tenant(body)
            activity = read_activity(body, self._bot_id)
            self._record.record(tenant, activity)
            return await self._receive.receive(tenant, activity, body)
        except UnreadableActivity as error:
            raise Problem(400, "activity-unreadable", "The activity cannot be read.", str(error)) from error
        except asyncpg.DataError as error:
            detail = "It holds something that cannot be stored."
            raise Problem(400, "activity-unreadable", "The activity cannot be read.", detail) from error
        except (
            OSError,
            TimeoutError,
            RuntimeError,
            LookupError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:
            # Nothing was stored, so nothing is promised: Teams delivers it again.
            log.exception("an activity could not be stored")
            raise Problem(503, "not-possible-now", "Nothing can be taken in right now.", "Try again.") from error

    async def _tenant(self, body: Json) -> Tenant:
        named = tenants_of(body)
        tenant = await self._record.tenant(named.pop()) if len(named) == 1 else None
        if tenant is None:
            detail = "The activity names no Microsoft 365 tenant that belongs to an organisation here."
            raise Problem(403, "tenant-unknown", "This tenant is not connected.", detail)
        return tenant


async def _body(request: Request) -> bytes:
    """The body, given up as soon as it is too large."""
    too_large = Problem(413, "body-too-large", "The activity is too large.", f"At most {LARGEST_BODY} bytes fit.")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise too_large
    return bytes(body)


def _object(content: bytes) -> Json:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Problem(
            400, "body-not-json", "The body is no JSON.", "Send one Bot Framework activity as JSON."
        ) from None
    if not isinstance(found, dict):
        raise Problem(400, "body-not-json", "The body is no JSON object.", "Send one Bot Framework activity as JSON.")
    # PostgreSQL holds no null characters; nothing that Teams means is lost with them.
    return without_nulls(found) if b"\\u0000" in content else found


def mount(http: FastAPI, endpoint: MessagesEndpoint) -> None:
    """Open the door."""
    http.add_route("/api/messages", endpoint.messages, methods=["POST"])
