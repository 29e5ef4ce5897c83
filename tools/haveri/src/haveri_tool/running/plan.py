"""What one run of a house is made of, decided before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from haveri_devservers import LOOPBACK
from haveri_tool.home import Home
from haveri_tool.running.backbone import Backbone, choose_backbone
from haveri_tool.running.options import Options
from haveri_tool.running.ports import choose_ports
from haveri_tool.secrets import Secrets
from haveri_tool.urls import without_login

if TYPE_CHECKING:
    from haveri_tool.running.demo import Demo


@dataclass(frozen=True)
class Plan:
    """Home, ports, servers and secrets of one run."""

    home: Home
    options: Options
    ports: Mapping[str, int]
    backbone: Backbone
    secrets: Secrets
    environment: Mapping[str, str]

    @classmethod
    def make(cls, home: Home, options: Options, environment: Mapping[str, str]) -> Plan:
        """Choose ports and servers for `home`, which has been prepared."""
        ports = choose_ports(free=options.free_ports)
        return cls(
            home=home,
            options=options,
            ports=ports,
            backbone=choose_backbone(home, ports, options, environment),
            secrets=Secrets(home),
            environment=environment,
        )

    @cached_property
    def demo(self) -> Demo:
        """The demo organisation."""
        from haveri_tool.running.demo import read_demo  # noqa: PLC0415 - not before the servers have been started

        return read_demo()

    @property
    def place(self) -> str:
        """What tells this house's servers from others that may be named later; embedded ones go with their folders."""
        given = (self.environment.get(name, "") for name in ("HAVERI_DATABASE_URL", "HAVERI_NATS_URL"))
        return " ".join(without_login(url) for url in given)

    @property
    def local_tenant(self) -> bool:
        """True unless the environment names a real Microsoft 365 tenant (or somebody else's stand-in)."""
        return not self.environment.get("HAVERI_TEAMS_LOGIN_URL")

    @property
    def web_url(self) -> str:
        """The dashboard."""
        return f"http://{LOOPBACK}:{self.ports['web']}"

    @property
    def gateway_url(self) -> str:
        """The Teams gateway."""
        return f"http://{LOOPBACK}:{self.ports['teams_gateway']}"

    @property
    def tenant_url(self) -> str:
        """The local tenant and its chat page."""
        return f"http://{LOOPBACK}:{self.ports['teams_tenant']}"

    @property
    def mailbox_url(self) -> str:
        """Where the local tenant takes mail for its people, as Apprise is told of it."""
        return f"mailto://{LOOPBACK}:{self.ports['mailbox']}/?mode=insecure&from=haveri@haveri.example&to={{email}}"
