"""The public REST API, `/api/v1`."""

from __future__ import annotations

from fastapi import APIRouter

from haveri_web.accounts import api as account
from haveri_web.directory import api as directory
from haveri_web.incidents import api as incidents
from haveri_web.incidents import commands as incident_commands
from haveri_web.incidents import export_api as export
from haveri_web.policies import api as policies
from haveri_web.policies import settings_api as escalation
from haveri_web.settings import api as organization
from haveri_web.shifts import api as schedules
from haveri_web.shifts import changes_api as shift_changes

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
