"""Where the servers of a test session come from: wheels, or containers if asked for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from haveri_devservers.endpoints import NatsEndpoint, S3Endpoint
from haveri_devservers.testing.postgres import PostgresForTests

SWITCH = "HAVERI_TEST_CONTAINERS"


class ServerSource(Protocol):
    """Starts servers; each runs until its context is left."""

    def postgres(self) -> AbstractContextManager[PostgresForTests]:
        """PostgreSQL 18 with pgvector, empty, fast rather than safe."""

    def nats(self) -> AbstractContextManager[NatsEndpoint]:
        """NATS 2.15 with JetStream and MQTT, empty."""

    def s3(self) -> AbstractContextManager[S3Endpoint]:
        """An S3 server without buckets."""


def choose_source(environment: Mapping[str, str]) -> ServerSource:
    """Give containers when `HAVERI_TEST_CONTAINERS` is 1, else the embedded servers; raise ValueError otherwise."""
    match environment.get(SWITCH, "0"):
        case "0" | "":
            from haveri_devservers.testing.embedded_source import EmbeddedSource  # noqa: PLC0415

            return EmbeddedSource()
        case "1":
            from haveri_devservers.testing.container_source import ContainerSource  # noqa: PLC0415

            return ContainerSource()
        case other:
            raise ValueError(f"{SWITCH} is {other!r}: set it to 1 for containers, to 0 for the embedded servers.")
