"""Liveness, readiness and metrics over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

if TYPE_CHECKING:
    from haveri_chassis.service import App


def health_app(name: str) -> FastAPI:
    """The HTTP side of a service that speaks on the bus only; `service` mounts the health routes on it."""
    return FastAPI(title=f"haveri-{name}", docs_url=None, redoc_url=None, openapi_url=None)


def mount_health(http: FastAPI, app: App) -> None:
    """Add `/livez`, `/readyz` and `/metrics` to `http`, reporting on `app`; repeating it does nothing."""
    if getattr(http.state, "health_mounted", False):
        return
    http.state.health_mounted = True

    async def livez() -> JSONResponse:
        """The event loop lives: being asked again helps, so nothing else is looked at."""
        return JSONResponse({"status": "alive", "service": app.name})

    async def readyz() -> JSONResponse:
        """Ready when every component is; otherwise which one is not, and why."""
        problems = app.problems()
        if problems:
            listed = [{"component": component, "problem": problem} for component, problem in problems]
            return JSONResponse({"status": "not ready", "service": app.name, "problems": listed}, status_code=503)
        return JSONResponse({"status": "ready", "service": app.name, "problems": []})

    async def metrics() -> Response:
        """Prometheus text."""
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    for path, answer in (("/livez", livez), ("/readyz", readyz), ("/metrics", metrics)):
        http.add_api_route(path, answer, include_in_schema=False)
