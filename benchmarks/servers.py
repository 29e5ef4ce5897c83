"""A PostgreSQL and a NATS of a benchmark's own, durable as in production."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg

from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.provision_bus import provision_bus
from haveri_chassis.provision_database import provision_database
from haveri_devservers import (
    NatsEndpoint,
    NatsServer,
    PostgresEndpoint,
    PostgresServer,
    ServerProcess,
    free_ports,
)
from haveri_devservers.testing.embedded_source import server_home

PASSWORD = "only-for-benchmarks"


@dataclass(frozen=True)
class Servers:
    """Where the servers are."""

    postgres: PostgresEndpoint
    nats: NatsEndpoint

    def service_url(self, schema: ServiceSchema) -> str:
        """The URL with which a service signs in."""
        return self.postgres.dsn("haveri", user=schema.role, password=PASSWORD)

    async def prepare(self, *schemas: ServiceSchema) -> None:
        """Make the services' schemas, the streams and the consumers."""
        admin = await asyncpg.connect(self.postgres.admin_dsn)
        await admin.execute("CREATE DATABASE haveri")
        await admin.close()
        await provision_database(self.postgres.dsn("haveri"), schemas, {schema.name: PASSWORD for schema in schemas})
        await provision_bus(self.nats.url)


@contextmanager
def servers() -> Iterator[Servers]:
    """Start both, and stop them at the end."""
    with server_home() as home:
        sql, bus, monitor, mqtt = free_ports(None, None, None, None)
        postgres = PostgresServer(home / "postgres", sql)
        nats = NatsServer(home / "nats", bus, monitoring_port=monitor, mqtt_port=mqtt)
        with ServerProcess(postgres), ServerProcess(nats):
            yield Servers(postgres.endpoint(), nats.endpoint())
