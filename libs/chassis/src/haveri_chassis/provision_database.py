"""Everything the services need in PostgreSQL, in one step that is safe to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from haveri_chassis.migrations.runner import MigrationError, ServiceSchema, migrate


async def provision_database(
    admin_url: str, services: Sequence[ServiceSchema], passwords: Mapping[str, str]
) -> list[str]:
    """Create roles and schemas and migrate them; gives what changed, in words (empty: everything was up to date).

    `passwords` holds each service's database password by the service's name. Raises MigrationError when one is
    missing, before anything is changed.
    """
    missing = [service.name for service in services if service.name not in passwords]
    if missing:
        raise MigrationError(f"no database password was given for {', '.join(missing)}")
    changes: list[str] = []
    for service in services:
        changes += await migrate(admin_url, service, passwords[service.name])
    return changes
