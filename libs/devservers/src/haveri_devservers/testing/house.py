"""A database and a bus for a service's integration tests: migrated, provisioned, nobody else's."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, TypeVar

import nats

from haveri_chassis.database import Database
from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.provision_database import provision_database
from haveri_contracts.streams import STREAMS
from haveri_devservers.endpoints import NatsEndpoint
from haveri_devservers.testing.organizations import unique_slug
from haveri_devservers.testing.postgres import PostgresForTests

# Roles belong to the whole server, which all databases of a test session share: so does their password.
DATABASE_PASSWORD = "only-for-tests"  # noqa: S105 - of servers that live as long as a test run, on the loopback interface

_S = TypeVar("_S")


async def _empty(url: str) -> None:
    """Forget what an earlier house left on the session's bus: nobody here knows its organisations."""
    client = await nats.connect(url)
    try:
        for stream in STREAMS:
            await client.jetstream().purge_stream(stream.name)
    finally:
        await client.close()


class House:
    """What `make up` would have prepared for some services. Make one per test session and set of schemas."""

    def __init__(
        self, postgres_server: PostgresForTests, database: str, nats_url: str | None, schemas: Sequence[ServiceSchema]
    ) -> None:
        self._server = postgres_server
        self._database = database
        self._nats_url = nats_url
        self._schemas = {schema.name: schema for schema in schemas}

    @classmethod
    async def start(
        cls,
        postgres_server: PostgresForTests,
        nats_server: NatsEndpoint | None = None,
        *,
        schemas: Sequence[ServiceSchema],
    ) -> House:
        """Create a database with these services' schemas, and the streams and consumers when there is a NATS server.

        Takes the fixtures `postgres_server` and `nats_server`; close with `stop`.
        """
        name = f"house_{secrets.token_hex(6)}"
        admin_url = postgres_server.create_database(name)
        await provision_database(admin_url, schemas, {schema.name: DATABASE_PASSWORD for schema in schemas})
        if nats_server is not None:
            from haveri_chassis.provision_bus import provision_bus  # noqa: PLC0415 - database tests need no bus

            await provision_bus(nats_server.url)
            await _empty(nats_server.url)
        return cls(postgres_server, name, nats_server.url if nats_server else None, schemas)

    async def stop(self) -> None:
        """Drop the database, ending whatever is still connected."""
        self._server.drop_database(self._database)

    @property
    def admin_url(self) -> str:
        """The superuser's URL of this house's database."""
        return self._server.dsn(self._database)

    @property
    def nats_url(self) -> str:
        """The URL of the bus; raises RuntimeError in a house without one."""
        if self._nats_url is None:
            raise RuntimeError("this house was started without nats_server")
        return self._nats_url

    def database_url(self, service: str) -> str:
        """The URL with which a service signs in, as the role that owns nothing."""
        return self._server.dsn(self._database, user=self._schemas[service].role, password=DATABASE_PASSWORD)

    def database(self, service: str, *, pool_size: int = 10) -> Database:
        """A service's database, not yet opened."""
        return Database(self.database_url(service), schema=self._schemas[service].schema, pool_size=pool_size)

    def settings(self, settings_class: type[_S], service: str | None = None, **values: Any) -> _S:
        """A service's settings for this house; `service` may be left out in a house of one, `values` come on top."""
        if service is None:
            (service,) = self._schemas
        known: dict[str, Any] = {"database_url": self.database_url(service)}
        if self._nats_url is not None:
            known["nats_url"] = self._nats_url
        return settings_class(**{**known, **values})

    def organization(self, label: str = "org") -> str:
        """The slug of an organisation that nobody used before."""
        return unique_slug(label)
