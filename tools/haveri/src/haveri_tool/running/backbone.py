"""PostgreSQL, NATS and S3: embedded ones, or those that the environment names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from haveri_devservers import LOOPBACK, NatsServer, PostgresServer, S3Server, ServerProcess
from haveri_tool.home import Home
from haveri_tool.running.options import Options
from haveri_tool.urls import with_login

DATABASE = "haveri"
BUCKET = "haveri"


@dataclass(frozen=True)
class Backbone:
    """Where the three are, with an administrator's rights. URLs hold passwords."""

    database_url: str = field(repr=False)
    nats_url: str = field(repr=False)
    mqtt_url: str | None = field(repr=False)
    s3_endpoint: str
    s3_access_key: str
    s3_secret_key: str = field(repr=False)
    s3_bucket: str = BUCKET
    servers: Mapping[str, ServerProcess] = field(default_factory=dict)

    def service_database_url(self, role: str, password: str) -> str:
        """The same database for another login; the password is of URL-safe characters."""
        return with_login(self.database_url, role, password)


def choose_backbone(home: Home, ports: Mapping[str, int], options: Options, environment: Mapping[str, str]) -> Backbone:
    """Describe what is to be used; nothing is started. `HAVERI_DATABASE_URL` (an administrator's), `HAVERI_NATS_URL`
    and `HAVERI_S3_ENDPOINT` each replace an embedded server.
    """
    servers: dict[str, ServerProcess] = {}
    database_url = environment.get("HAVERI_DATABASE_URL")
    nats_url = environment.get("HAVERI_NATS_URL")
    s3_endpoint = environment.get("HAVERI_S3_ENDPOINT")
    mqtt_url = None
    s3_keys = (environment.get("HAVERI_S3_ACCESS_KEY", ""), environment.get("HAVERI_S3_SECRET_KEY", ""))
    if not database_url:
        postgres = PostgresServer(home.server("postgres"), ports["postgres"], durable=options.durable)
        servers["postgres"] = ServerProcess(postgres)
        database_url = postgres.endpoint().dsn(DATABASE)
    if not nats_url:
        nats = NatsServer(
            home.server("nats"),
            ports["nats"],
            monitoring_port=ports["nats_monitoring"],
            mqtt_port=ports["mqtt"],
            durable=options.durable,
        )
        servers["nats"] = ServerProcess(nats)
        bus = nats.endpoint()
        nats_url, mqtt_url = bus.url, f"mqtt://{bus.user}:{bus.password}@{LOOPBACK}:{ports['mqtt']}"
    if not s3_endpoint:
        s3 = S3Server(home.server("s3"), ports["s3"])
        servers["s3"] = ServerProcess(s3)
        store = s3.endpoint()
        s3_endpoint, s3_keys = store.url, (store.access_key, store.secret_key)
    return Backbone(
        database_url=database_url,
        nats_url=nats_url,
        mqtt_url=mqtt_url,
        s3_endpoint=s3_endpoint,
        s3_access_key=s3_keys[0],
        s3_secret_key=s3_keys[1],
        s3_bucket=environment.get("HAVERI_S3_BUCKET") or BUCKET,
        servers=servers,
    )
