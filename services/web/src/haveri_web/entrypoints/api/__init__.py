"""The public REST API, `/api/v1`."""

from __future__ import annotations

from fastapi import APIRouter

from haveri_web.entrypoints.api import (
    account,
    directory,
    escalation,
    export,
    incident_commands,
    incidents,
    organization,
    policies,
    schedules,
    shift_changes,
)

PREFIX = "/api/v1"


def api_router() -> APIRouter:
    """Every route of the API."""
    router = APIRouter(prefix=PREFIX)
    for module in (
        incidents,
        incident_commands,
        policies,
        escalation,
        export,
        directory,
        schedules,
        shift_changes,
        organization,
        account,
    ):
        router.include_router(module.router)
    return router
