"""How a house is to be run this time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`free_ports` takes any ports instead of the usual ones; not `durable` is for tests: nothing waits for the disk.

    `only` names the services to run (None: all).
    """

    free_ports: bool = False
    durable: bool = True
    only: frozenset[str] | None = None

    def wants(self, service: str) -> bool:
        """True when the service is to run."""
        return self.only is None or service in self.only
