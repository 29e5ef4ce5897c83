"""The database's shape: one schema, one login role and one Alembic history for each service."""

from __future__ import annotations

from haveri_chassis.migrations.environment import ADMIN_URL_VARIABLE, run
from haveri_chassis.migrations.infrastructure import create_infrastructure
from haveri_chassis.migrations.runner import MigrationError, ServiceSchema, migrate
from haveri_chassis.migrations.tables import make_append_only, protect_lookup_table, protect_tenant_table

__all__ = [
    "ADMIN_URL_VARIABLE",
    "MigrationError",
    "ServiceSchema",
    "create_infrastructure",
    "make_append_only",
    "migrate",
    "protect_lookup_table",
    "protect_tenant_table",
    "run",
]
