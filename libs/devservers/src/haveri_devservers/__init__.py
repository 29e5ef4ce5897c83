"""PostgreSQL, NATS and an S3 server out of PyPI wheels, for one machine and for tests."""

from __future__ import annotations

from haveri_devservers.endpoints import NatsEndpoint, PostgresEndpoint, S3Endpoint
from haveri_devservers.errors import EmbeddedServerError
from haveri_devservers.nats_server import NatsServer
from haveri_devservers.ports import LOOPBACK, accepts_connections, free_port, free_ports
from haveri_devservers.postgres_server import PostgresServer
from haveri_devservers.process import ServerProcess
from haveri_devservers.s3_server import S3Server
from haveri_devservers.server import EmbeddedServer, Launch

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
