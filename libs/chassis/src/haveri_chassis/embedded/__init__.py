"""PostgreSQL, NATS and an S3 server out of PyPI wheels, for one machine and for tests."""

from __future__ import annotations

from haveri_chassis.embedded.endpoints import NatsEndpoint, PostgresEndpoint, S3Endpoint
from haveri_chassis.embedded.errors import EmbeddedServerError
from haveri_chassis.embedded.nats_server import NatsServer
from haveri_chassis.embedded.ports import LOOPBACK, accepts_connections, free_port, free_ports
from haveri_chassis.embedded.postgres_server import PostgresServer
from haveri_chassis.embedded.process import ServerProcess
from haveri_chassis.embedded.s3_server import S3Server
from haveri_chassis.embedded.server import EmbeddedServer, Launch

__all__ = [
    "LOOPBACK",
    "EmbeddedServer",
    "EmbeddedServerError",
    "Launch",
    "NatsEndpoint",
    "NatsServer",
    "PostgresEndpoint",
    "PostgresServer",
    "S3Endpoint",
    "S3Server",
    "ServerProcess",
    "accepts_connections",
    "free_port",
    "free_ports",
]
