"""What a service's `migrations/env.py` calls; works for `migrate` and for people at the `alembic` command alike."""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from haveri_chassis.migrations.names import OWNER_ROLE, VERSION_TABLE, checked_name

ADMIN_URL_VARIABLE = "HAVERI_ADMIN_DATABASE_URL"


def run(schema: str) -> None:
    """Run what Alembic was asked for in `schema`; raises RuntimeError without a URL, and for a way back.

    `migrate` hands over its connection; for people the administrator's URL stands in HAVERI_ADMIN_DATABASE_URL.
    """
    checked_name(schema)
    command = getattr(context.config.cmd_opts, "cmd", None)
    if command is not None and command[0].__name__ == "downgrade":
        raise RuntimeError("migrations only go forward, for nothing that was written is thrown away: restore a back-up")
    connection = context.config.attributes.get("connection")
    if context.is_offline_mode():
        _run_offline(schema)
    elif connection is not None:
        _run_online(connection, schema)
    else:
        asyncio.run(_run_for_a_person(schema))


async def _run_for_a_person(schema: str) -> None:
    url = os.environ.get(ADMIN_URL_VARIABLE)
    if not url:
        raise RuntimeError(f"{ADMIN_URL_VARIABLE} is missing: set it to the administrator's URL of Haveri's database")
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SET ROLE {OWNER_ROLE}"))
            await connection.run_sync(_run_online, schema)
            await connection.commit()
    finally:
        await engine.dispose()


def driver_url(url: str) -> str:
    """The same URL for SQLAlchemy's asyncpg dialect."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1).replace("postgres://", "postgresql+asyncpg://", 1)


def _run_online(connection: Connection, schema: str) -> None:
    connection.execute(text(f"SET search_path TO {schema}"))
    # Without this commit, SQLAlchemy's implicit transaction would swallow Alembic's own.
    connection.commit()
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        version_table_schema=schema,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_offline(schema: str) -> None:
    context.configure(dialect_name="postgresql", version_table=VERSION_TABLE, version_table_schema=schema)
    with context.begin_transaction():
        context.execute(f"SET LOCAL search_path TO {schema}")
        context.run_migrations()
