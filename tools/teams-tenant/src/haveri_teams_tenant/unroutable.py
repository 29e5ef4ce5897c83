"""Requests that fit no route, or fit one badly, answered in the shape of the service they were meant for."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from haveri_teams_tenant.connector import errors as connector
from haveri_teams_tenant.control.faults import surface_of
from haveri_teams_tenant.control.problems import problem
from haveri_teams_tenant.graph import errors as graph


def answer_unroutable(app: FastAPI) -> None:
    """Let the application answer them so."""
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(RequestValidationError, _bad_parameter)


async def _no_route(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    service = surface_of(request.url.path)
    if service == "graph":
        refusal = graph.GraphRefusal(error.status_code, "BadRequest", "Resource not found for the segment.")
        return await graph.answer_refusal(request, refusal)
    if service == "connector":
        unknown = connector.ConnectorRefusal(error.status_code, "ServiceError", "Unknown operation.")
        return await connector.answer_refusal(request, unknown)
    return problem(error.status_code, str(error.detail))


async def _bad_parameter(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    reason = f"{first['loc'][-1]}: {first['msg']}"
    service = surface_of(request.url.path)
    if service == "graph":
        return await graph.answer_refusal(request, graph.bad_request(f"Invalid query parameter. {reason}"))
    if service == "connector":
        return await connector.answer_refusal(request, connector.bad_syntax(reason))
    return await request_validation_exception_handler(request, error)
