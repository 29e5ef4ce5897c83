"""Database, roles, schemas, migrations, streams and consumers: created or brought up to date, safe to repeat."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import asyncpg

from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.objects import ObjectStore
from haveri_chassis.provision_bus import provision_bus
from haveri_chassis.provision_database import provision_database
from haveri_contracts.streams import CONSUMERS
from haveri_tool.secrets import Secrets
from haveri_tool.services import SERVICES
from haveri_tool.urls import with_database

_MAINTENANCE = "postgres"


@dataclass(frozen=True)
class Ground:
    """What is to be provisioned. URLs are an administrator's, without an S3 endpoint no bucket is made."""

    database_url: str = field(repr=False)
    nats_url: str = field(repr=False)
    s3_endpoint: str | None = None
    s3_access_key: str = ""
    s3_secret_key: str = field(default="", repr=False)
    s3_bucket: str = ""


async def provision(ground: Ground, secrets: Secrets, services: Collection[str] | None = None) -> list[str]:
    """Provision these services (None: all); says what changed, in words.

    Streams and consumers are declared for all of them: a stream without a reader costs nothing.
    """
    schemas = [
        ServiceSchema(service.name, service.name, service.package)
        for service in SERVICES
        if services is None or service.name in services
    ]
    changes = await _create_database(ground.database_url)
    passwords = {schema.name: secrets.database_password(schema.name) for schema in schemas}
    changes += await provision_database(ground.database_url, schemas, passwords)
    organizations = await known_organizations(ground.database_url) if "directory" in passwords else []
    changes += await provision_bus(ground.nats_url, organizations=organizations, consumers=CONSUMERS)
    return changes + await _create_bucket(ground)


async def _create_bucket(ground: Ground) -> list[str]:
    if not ground.s3_endpoint:
        return []
    store = ObjectStore(ground.s3_endpoint, ground.s3_access_key, ground.s3_secret_key, ground.s3_bucket)
    try:
        return [f"created bucket {ground.s3_bucket}"] if await store.ensure_bucket() else []
    finally:
        await store.close()


async def _create_database(url: str) -> list[str]:
    name = urlsplit(url).path.removeprefix("/")
    connection = await asyncpg.connect(with_database(url, _MAINTENANCE))
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
