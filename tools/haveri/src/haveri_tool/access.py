"""Reaching a house that runs: what `haveri` commands need beside `haveri up`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from haveri_tool.endpoints import read_endpoints
from haveri_tool.home import Home
from haveri_tool.lock import holder_of
from haveri_tool.secrets import Secrets
from haveri_tool.services import role_of
from haveri_tool.trouble import Trouble
from haveri_tool.urls import with_login


class NotRunning(Trouble):
    """There is no running house in this home; the message says what to do."""


@dataclass(frozen=True)
class Access:
    """A running house: its home and what its `endpoints.json` says."""

    home: Home
    endpoints: dict[str, Any]

    @property
    def database_url(self) -> str:
        """The administrator's URL of the database."""
        return str(self.endpoints["postgres"])

    @property
    def nats_url(self) -> str:
        """The bus, with user and password."""
        return str(self.endpoints["nats"])

    @property
    def secrets(self) -> Secrets:
        """The house's secrets."""
        return Secrets(self.home)

    def service_database_url(self, service: str) -> str:
        """The database as one service signs in to it."""
        return with_login(self.database_url, role_of(service), self.secrets.database_password(service))


def running_house(home: Home) -> Access:
    """The house that runs in `home`; raises NotRunning."""
    holder = holder_of(home.lock_file)
    found = read_endpoints(home.endpoints_file)
    if holder is None:
        raise NotRunning(
            f"No house runs in {home.root}. Start one with `make up`, or say with HAVERI_HOME where yours is."
        )
    if found is None:
        raise NotRunning(f"The house in {home.root} is not ready yet; wait until `haveri up` prints its addresses.")
    return Access(home, found)
