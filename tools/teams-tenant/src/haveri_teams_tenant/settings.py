"""The environment of the local tenant, read in one place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

PREFIX = "HAVERI_TENANT_"


class SettingsError(Exception):
    """A setting is missing or malformed; the message is one sentence that names it."""


class TenantSettings(BaseModel):
    """Where the tenant listens, where it keeps its state and how patient it is with bots.

    `port` 0 lets the operating system choose; `mail_port` is where SMTP is spoken, on 127.0.0.1. `public_url` is what
    bots and browsers use to reach the tenant; empty means `http://<host>:<port>`. Times are in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=3990, ge=0, le=65535)
    mail_port: int = Field(default=0, ge=0, le=65535)
    data_dir: Path = Path(".haveri/teams-tenant")
    public_url: str = ""
    invoke_timeout: float = Field(default=15.0, gt=0)
    message_timeout: float = Field(default=15.0, gt=0)
    longest_backoff: float = Field(default=5.0, gt=0)
    log_level: str = "warning"

    @property
    def base_url(self) -> str:
        """The address of the tenant without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def service_url(self) -> str:
        """The stable `serviceUrl` that every activity carries and every Connector call starts with."""
        return f"{self.base_url}/amer/"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> TenantSettings:
        """Read `HAVERI_TENANT_*`; raises SettingsError naming the first setting that is wrong."""
        given = {
            name: environment[PREFIX + name.upper()]
            for name in cls.model_fields
            if PREFIX + name.upper() in environment
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0]).upper()
            raise SettingsError(f"{name} is not usable: {first['msg']}.") from error
