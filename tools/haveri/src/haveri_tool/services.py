"""The one table of services: `haveri up`, provisioning, replay and the checks read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A service is named as its schema in PostgreSQL is; its package is `haveri_<name>`, and so is its login there.

    `publishes` names the owners of its event types; `haveri replay` publishes them again. `imports` are what forked
    services share: usually all of the service.
    """

    name: str
    port: int
    publishes: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """The Python package, with `main` and `migrations`."""
        return f"haveri_{self.name}"


SERVICES = (
    Service(
        "teams_gateway",
        port=3978,
        publishes=("chat",),
        # Not the gateway itself: what Graph needs is imported by its own process, when it needs it.
        imports=("haveri_chat", "jwt", "cryptography.hazmat.primitives.asymmetric.rsa", "httpx2", "minio"),
    ),
    Service("web", port=8080),
    Service(
        "directory",
        port=8093,
        publishes=("directory",),
        imports=("haveri_directory.main", "haveri_chassis.sessions", "sqlalchemy.dialects.postgresql.asyncpg"),
    ),
    Service("incident", port=8091, publishes=("incident",)),
    Service("escalation", port=8094, publishes=("escalation",)),
    Service("timeline", port=8092),
)
"""In the order of starting: the one that takes longest first."""


def role_of(service: str) -> str:
    """A service's login, as the chassis' migrations name it; importing those costs half a second."""
    return f"haveri_{service}"
