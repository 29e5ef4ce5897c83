"""Test servers out of the wheels."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from haveri_devservers import (
    NatsEndpoint,
    NatsServer,
    PostgresServer,
    S3Endpoint,
    S3Server,
    ServerProcess,
    free_port,
    free_ports,
)
from haveri_devservers.testing.postgres import PostgresForTests


@contextmanager
def server_home() -> Iterator[Path]:
    """Give a temporary folder for a server, removed afterwards.

    pytest's own `tmp_path` is closed to other accounts, and as root PostgreSQL runs as another one.
    """
    home = Path(tempfile.mkdtemp(prefix="haveri-test-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home)


class EmbeddedSource:
    """Starts each server in a temporary folder."""

    @contextmanager
    def postgres(self) -> Iterator[PostgresForTests]:
        """PostgreSQL without fsync."""
        with server_home() as home:
            server = PostgresServer(home / "postgres", free_port(), durable=False)
            with ServerProcess(server):
                endpoint = server.endpoint()
                yield PostgresForTests(port=endpoint.port, password=endpoint.password)

    @contextmanager
    def nats(self) -> Iterator[NatsEndpoint]:
        """NATS that acknowledges before its writes are on disk."""
        with server_home() as home:
            port, monitoring_port, mqtt_port = free_ports(None, None, None)
            server = NatsServer(
                home / "nats", port, monitoring_port=monitoring_port, mqtt_port=mqtt_port, durable=False
            )
            with ServerProcess(server):
                yield server.endpoint()

    @contextmanager
    def s3(self) -> Iterator[S3Endpoint]:
        """The S3 server as it is on one machine."""
        with server_home() as home:
            server = S3Server(home / "s3", free_port())
            with ServerProcess(server):
                yield server.endpoint()
