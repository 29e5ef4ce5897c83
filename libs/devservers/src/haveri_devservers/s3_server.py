"""An S3 server for one machine and for tests, from the package `nanio`; never to be exposed."""

from __future__ import annotations

import http
import importlib.util
import json
import signal
import sys
from pathlib import Path

from haveri_chassis.private_files import kept_secret, write_private
from haveri_devservers.accounts import own_account
from haveri_devservers.endpoints import S3Endpoint
from haveri_devservers.errors import EmbeddedServerError
from haveri_devservers.ports import LOOPBACK, http_status
from haveri_devservers.server import Launch


class S3Server:
    """One S3 server whose objects are in `directory`, on `port` of the loopback interface."""

    name = "s3"
    stop_signal = signal.SIGTERM
    stop_grace = 10.0

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory.absolute()
        self.port = port

    def endpoint(self) -> S3Endpoint:
        """Give where it listens and its key pair."""
        return S3Endpoint(
            port=self.port,
            access_key=kept_secret(self.directory / "access-key", length=20),
            secret_key=kept_secret(self.directory / "secret-key", length=40),
        )

    def prepare(self) -> None:
        """Make the folder of the objects and write the options with the key pair."""
        if importlib.util.find_spec("nanio") is None:
            raise EmbeddedServerError("The S3 server is not installed: add the package nanio (haveri-devservers).")
        (self.directory / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._options, self._options_text())

    def launch(self) -> Launch:
        """Give how to start it."""
        arguments = ("-m", "nanio", "serve", "--options", str(self._options), "--no-access-log")
        return Launch((sys.executable, *arguments), own_account())

    def ready(self) -> bool:
        """Tell whether it answers HTTP; to an unsigned request that is a refusal."""
        return http_status(self.port, "/") == http.HTTPStatus.FORBIDDEN

    @property
    def _options(self) -> Path:
        return self.directory / "nanio.toml"

    def _options_text(self) -> str:
        endpoint = self.endpoint()
        # A JSON string is a valid TOML string, whatever is in the path.
        data = json.dumps(str(self.directory / "data"))
        return (
            f'[server]\ndata_dir = {data}\nhost = "{LOOPBACK}"\nport = {self.port}\nregion = "{endpoint.region}"\n'
            f'log_level = "warning"\n\n'
            f'[[users]]\naccess_key = "{endpoint.access_key}"\nsecret_key = "{endpoint.secret_key}"\n'
        )
