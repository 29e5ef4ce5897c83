"""Test servers in containers, by testcontainers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from haveri_devservers.endpoints import NatsEndpoint, S3Endpoint
from haveri_devservers.nats_config import nats_conf
from haveri_devservers.testing.postgres import PostgresForTests

POSTGRES_IMAGE = "pgvector/pgvector:pg18"
NATS_IMAGE = "nats:2.15"
MINIO_IMAGE = "minio/minio:RELEASE.2025-09-07T16-13-09Z"

_POSTGRES_PORT = 5432
_NATS_PORT, _NATS_MONITORING_PORT, _MQTT_PORT = 4222, 8222, 1883
_S3_PORT = 9000


@dataclass(frozen=True)
class Recipe:
    """What to run: image, ports inside, environment, arguments, files; ready when `probe` says so."""

    image: str
    ports: tuple[int, ...]
    command: tuple[str, ...]
    probe: HttpProbe | CommandProbe
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class HttpProbe:
    """Ready when this page answers 200."""

    port: int
    path: str


@dataclass(frozen=True)
class CommandProbe:
    """Ready when this command, run inside, exits 0."""

    arguments: tuple[str, ...]


class RunningContainer(Protocol):
    """A container that is ready."""

    def address(self, port: int) -> tuple[str, int]:
        """Give host and port under which the port inside is reached."""


class Engine(Protocol):
    """Runs recipes; hand-made in unit tests."""

    def run(self, recipe: Recipe) -> AbstractContextManager[RunningContainer]:
        """Run a container until the context is left."""


def _docker() -> Engine:
    from haveri_devservers.testing.docker_engine import DockerEngine  # noqa: PLC0415 -- slow to import

    return DockerEngine()


class ContainerSource:
    """Starts each server as a container of `engine`, by default the one that testcontainers finds."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine or _docker()

    @contextmanager
    def postgres(self) -> Iterator[PostgresForTests]:
        """PostgreSQL 18 with pgvector, without fsync."""
        password = secrets.token_hex(16)
        fast = ("max_connections=200", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
        recipe = Recipe(
            POSTGRES_IMAGE,
            (_POSTGRES_PORT,),
            command=("postgres", *(part for setting in fast for part in ("-c", setting))),
            # By TCP: the image's first start, for its own set-up, listens on its socket file only.
            probe=CommandProbe(("pg_isready", "--host=127.0.0.1", "--username=postgres")),
            environment={"POSTGRES_PASSWORD": password},
        )
        with self._engine.run(recipe) as container:
            host, port = container.address(_POSTGRES_PORT)
            yield PostgresForTests(host=host, port=port, password=password)

    @contextmanager
    def nats(self) -> Iterator[NatsEndpoint]:
        """NATS with the embedded server's configuration."""
        password = secrets.token_hex(16)
        inside = NatsEndpoint(_NATS_PORT, _NATS_MONITORING_PORT, _MQTT_PORT, password, host="0.0.0.0")  # noqa: S104
        recipe = Recipe(
            NATS_IMAGE,
            (_NATS_PORT, _NATS_MONITORING_PORT, _MQTT_PORT),
            command=("--config", "/haveri.conf"),
            probe=HttpProbe(_NATS_MONITORING_PORT, "/healthz"),
            files={"/haveri.conf": nats_conf(inside, "/data", durable=False)},
        )
        with self._engine.run(recipe) as container:
            host, port = container.address(_NATS_PORT)
            monitoring_port = container.address(_NATS_MONITORING_PORT)[1]
            mqtt_port = container.address(_MQTT_PORT)[1]
            yield NatsEndpoint(port, monitoring_port, mqtt_port, password, host=host)

    @contextmanager
    def s3(self) -> Iterator[S3Endpoint]:
        """MinIO."""
        access_key, secret_key = secrets.token_hex(10), secrets.token_hex(20)
        recipe = Recipe(
            MINIO_IMAGE,
            (_S3_PORT,),
            command=("server", "/data", "--address", f":{_S3_PORT}"),
            probe=HttpProbe(_S3_PORT, "/minio/health/live"),
            environment={"MINIO_ROOT_USER": access_key, "MINIO_ROOT_PASSWORD": secret_key},
        )
        with self._engine.run(recipe) as container:
            host, port = container.address(_S3_PORT)
            yield S3Endpoint(port, access_key, secret_key, host=host)
