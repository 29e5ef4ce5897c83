"""The ports of one run: the usual ones where they are free."""

from __future__ import annotations

from dataclasses import dataclass, fields

from haveri_devservers import free_ports


@dataclass(frozen=True)
class Ports:
    """On the loopback interface. The defaults are the usual ones."""

    postgres: int = 5432
    nats: int = 4222
    nats_monitoring: int = 8222
    mqtt: int = 1883
    s3: int = 9000
    teams_tenant: int = 3990
    mailbox: int = 3991
    teams_gateway: int = 3978
    web: int = 8080
    incident: int = 8091
    timeline: int = 8092
    directory: int = 8093
    escalation: int = 8094

    @classmethod
    def choose(cls, *, free: bool = False) -> Ports:
        """The usual ports, each replaced by a free one when it is taken; with `free` the system chooses all."""
        usual = cls()
        names = [field.name for field in fields(cls)]
        chosen = free_ports(*(None if free else getattr(usual, name) for name in names))
        return cls(**dict(zip(names, chosen, strict=True)))

    def of(self, name: str) -> int:
        """The port of a service or server by its name."""
        port: int = getattr(self, name)
        return port
