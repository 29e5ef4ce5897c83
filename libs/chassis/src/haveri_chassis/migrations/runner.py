"""Bringing one service's schema up to date: role, schema, rights, tables. Safe to repeat and to run twice at once."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from haveri_chassis.migrations.environment import driver_url
from haveri_chassis.migrations.names import OWNER_ROLE, VERSION_TABLE, checked_name, role_of
from haveri_chassis.migrations.roles import ensure_owner, ensure_service_role

# Alembic keeps the migration that runs in a global of its module, so one process runs one at a time.
_ONE_AT_A_TIME = asyncio.Lock()
_LOCK = 7_306_641_926_533_120_001  # any number that nobody else in this database locks


class MigrationError(RuntimeError):
    """A schema could not be brought up to date, for the reason it says."""


@dataclass(frozen=True, slots=True)
class ServiceSchema:
    """What a service owns in the database: `ServiceSchema("incident", "incident", "haveri_incident")`.

    The Alembic history is the folder `migrations` inside `package`.
    """

    name: str
    schema: str
    package: str

    @property
    def role(self) -> str:
        """The login role of the service."""
        return role_of(self.schema)

    def migrations_folder(self) -> Path:
        """Where the history is; raises MigrationError when the package or the folder is missing."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise MigrationError(f"the package {self.package} of the service {self.name} is not installed")
        folder = Path(spec.submodule_search_locations[0]) / "migrations"
        if not (folder / "env.py").is_file():
            raise MigrationError(f"the service {self.name} has no {self.package}/migrations/env.py")
        return folder


async def migrate(admin_url: str, service: ServiceSchema, password: str) -> list[str]:
    """Create what is missing for one service and run its Alembic history to head; gives what changed, in words.

    `admin_url` signs in as a role that may create roles and schemas in that database; `password` becomes the service
    role's. An advisory lock keeps two runs on one database apart; the second finds everything done.
    """
    folder = service.migrations_folder()
    changes: list[str] = []
    async with _locked_administrator(admin_url) as administrator:
        if await ensure_owner(administrator):
            changes.append(f"created role {OWNER_ROLE}")
        if await ensure_service_role(administrator, service.role, password):
            changes.append(f"created role {service.role}")
        if await _ensure_schema(administrator, service):
            changes.append(f"created schema {service.schema}")
        before, after = await _upgrade(admin_url, service.schema, folder)
    if before != after:
        changes.append(f"migrated schema {service.schema} from {before or 'nothing'} to {after}")
    return changes


@asynccontextmanager
async def _locked_administrator(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection: asyncpg.Connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        yield connection
    finally:
        await connection.close()


async def _ensure_schema(connection: asyncpg.Connection, service: ServiceSchema) -> bool:
    schema, role = checked_name(service.schema), service.role
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    exists = await connection.fetchval("SELECT true FROM pg_namespace WHERE nspname = $1", schema)
    async with connection.transaction():
        await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {OWNER_ROLE}")
        await connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    return not exists


async def _upgrade(admin_url: str, schema: str, folder: Path) -> tuple[str | None, str | None]:
    engine = create_async_engine(driver_url(admin_url), poolclass=NullPool)
    try:
        async with _ONE_AT_A_TIME, engine.connect() as connection:
            await connection.execute(text(f"SET ROLE {OWNER_ROLE}"))
            await connection.commit()
            return await connection.run_sync(_upgrade_to_head, schema, folder)
    finally:
        await engine.dispose()


def _upgrade_to_head(connection: Connection, schema: str, folder: Path) -> tuple[str | None, str | None]:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    before = _revision(connection, schema)
    command.upgrade(config, "head")
    return before, _revision(connection, schema)


def _revision(connection: Connection, schema: str) -> str | None:
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "version_table_schema": schema}
    )
    revision = context.get_current_revision()
    connection.commit()
    return revision
