"""Where a server is and how to sign in, whoever started it."""

from __future__ import annotations

from dataclasses import dataclass, field

from haveri_devservers.ports import LOOPBACK


@dataclass(frozen=True)
class PostgresEndpoint:
    """A PostgreSQL server and its superuser."""

    port: int
    password: str = field(repr=False)
    user: str = "postgres"
    host: str = LOOPBACK

    def dsn(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """Give the URL of `database`, for the superuser or for the given user and password (of URL-safe characters)."""
        return (
            f"postgresql://{user or self.user}:{password if user else self.password}@{self.host}:{self.port}/{database}"
        )

    @property
    def admin_dsn(self) -> str:
        """The superuser's URL of the maintenance database."""
        return self.dsn()


@dataclass(frozen=True)
class NatsEndpoint:
    """A NATS server with JetStream and MQTT, and the user of our services."""

    port: int
    monitoring_port: int
    mqtt_port: int
    password: str = field(repr=False)
    user: str = "services"
    host: str = LOOPBACK

    @property
    def url(self) -> str:
        """The URL for clients, with user and password."""
        return f"nats://{self.user}:{self.password}@{self.host}:{self.port}"

    @property
    def public_url(self) -> str:
        """The URL without secrets, to show and to log."""
        return f"nats://{self.host}:{self.port}"

    @property
    def mqtt_url(self) -> str:
        """The MQTT listener's URL without secrets; user and password are the same as for NATS."""
        return f"mqtt://{self.host}:{self.mqtt_port}"

    @property
    def monitoring_url(self) -> str:
        """The base URL of the HTTP monitoring pages (`/varz`, `/jsz`, `/healthz`)."""
        return f"http://{self.host}:{self.monitoring_port}"


@dataclass(frozen=True)
class S3Endpoint:
    """An S3 server and its one key pair."""

    port: int
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"
    host: str = LOOPBACK

    @property
    def address(self) -> str:
        """`host:port`, as the `minio` client wants it (with `secure=False`)."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{self.address}"
