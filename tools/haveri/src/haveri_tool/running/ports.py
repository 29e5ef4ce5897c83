"""The ports of one run: the usual ones where they are free."""

from __future__ import annotations

from collections.abc import Mapping

from haveri_devservers import free_ports
from haveri_tool.services import SERVICES

USUAL: Mapping[str, int] = {
    "postgres": 5432,
    "nats": 4222,
    "nats_monitoring": 8222,
    "mqtt": 1883,
    "s3": 9000,
    "teams_tenant": 3990,
    "mailbox": 3991,
    **{service.name: service.port for service in SERVICES},
}
"""On the loopback interface, by the name of the server or service."""


def choose_ports(*, free: bool = False) -> Mapping[str, int]:
    """The usual ports, each replaced by a free one when it is taken; with `free` the system chooses all."""
    chosen = free_ports(*(None if free else port for port in USUAL.values()))
    return dict(zip(USUAL, chosen, strict=True))
