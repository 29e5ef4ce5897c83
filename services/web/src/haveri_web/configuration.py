"""The environment of the web."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from haveri_chassis.settings import ServiceSettings


def _origin(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ValueError("must be like https://haveri.example.com, without a path")
    return f"{parts.scheme}://{parts.netloc}"


class WebSettings(ServiceSettings):
    """What the web needs to know beside what every service does."""

    http_host: str = Field(default="127.0.0.1", description="the address to listen on")
    http_port: int = Field(default=8080, ge=0, le=65535, description="the port to listen on; 0 lets the system choose")
    public_url: Annotated[str | None, AfterValidator(_origin)] = Field(
        default=None, description="how people reach the pages, for instance https://haveri.example.com"
    )
    session_days: int = Field(default=30, ge=1, le=365, description="how long a sign-in lasts at most")
    session_idle_hours: int = Field(default=168, ge=1, le=8760, description="how long an unused sign-in lasts")
    live_connections: int = Field(default=500, ge=1, description="how many live views one replica serves at once")

    @property
    def secure(self) -> bool:
        """True when people come by https: cookies are for https only then."""
        return (self.public_url or "").startswith("https://")

    @property
    def session_longest(self) -> timedelta:
        """How long a sign-in lasts at most."""
        return timedelta(days=self.session_days)

    @property
    def session_idle(self) -> timedelta:
        """How long an unused sign-in lasts."""
        return timedelta(hours=self.session_idle_hours)
