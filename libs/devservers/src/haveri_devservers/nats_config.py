"""The NATS server's configuration as text."""

from __future__ import annotations

import json
from pathlib import Path

from haveri_devservers.endpoints import NatsEndpoint

MAX_PAYLOAD_BYTES = 8 * 1024 * 1024


def nats_conf(endpoint: NatsEndpoint, store: Path | str, *, durable: bool) -> str:
    """Give the configuration of a single server: JetStream, MQTT and monitoring, one user with every right.

    `durable` syncs every write to disk before it is acknowledged; without it that happens every two minutes.
    """
    config = {
        "server_name": "haveri",  # MQTT insists on one
        "listen": f"{endpoint.host}:{endpoint.port}",
        "http": f"{endpoint.host}:{endpoint.monitoring_port}",
        "max_payload": MAX_PAYLOAD_BYTES,
        "jetstream": {"store_dir": str(store), **({"sync_interval": "always"} if durable else {})},
        "mqtt": {"listen": f"{endpoint.host}:{endpoint.mqtt_port}"},
        "authorization": {"users": [{"user": endpoint.user, "password": endpoint.password}]},
    }
    return json.dumps(config, indent=2) + "\n"
