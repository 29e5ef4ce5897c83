"""Database, roles, schemas, migrations, streams and consumers: created or brought up to date, safe to repeat."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.provision_bus import provision_bus
from haveri_chassis.provision_database import provision_database
from haveri_contracts.streams import CONSUMERS
from haveri_tool.running.schemas import PACKAGES
from haveri_tool.secrets import Secrets

_MAINTENANCE = "/postgres"


async def provision(database_url: str, nats_url: str, secrets: Secrets, services: Collection[str]) -> list[str]:
    """Provision these services; says what changed, in words. `database_url` is an administrator's.

    Streams and consumers are declared for all of them: a stream without a reader costs nothing.
    """
    schemas = [ServiceSchema(name, name, package) for name, package in PACKAGES.items() if name in services]
    changes = await _create_database(database_url)
    passwords = {schema.name: secrets.database_password(schema.name) for schema in schemas}
    changes += await provision_database(database_url, schemas, passwords)
    organizations = await known_organizations(database_url) if "directory" in services else []
    return changes + await provision_bus(nats_url, organizations=organizations, consumers=CONSUMERS)


async def _create_database(url: str) -> list[str]:
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    connection = await asyncpg.connect(urlunsplit(parts._replace(path=_MAINTENANCE)))
    try:
        if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            return []
        quoted = await connection.fetchval("SELECT quote_ident($1)", name)
        await connection.execute(f"CREATE DATABASE {quoted}")
    finally:
        await connection.close()
    return [f"created database {name}"]


async def known_organizations(database_url: str) -> list[str]:
    """The slugs of all organisations, for an administrator; row security does not hold him."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch("SELECT organization_id FROM directory.organizations ORDER BY 1")
    finally:
        await connection.close()
    return [row["organization_id"] for row in rows]


async def provision_signals(nats_url: str, organization: str) -> list[str]:
    """The stream for the signals of one organisation's plant systems; says whether it was missing."""
    return await provision_bus(nats_url, organizations=[organization], consumers=())
