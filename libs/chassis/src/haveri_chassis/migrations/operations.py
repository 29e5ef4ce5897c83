"""What a migration's DDL helpers need of Alembic's `op`, which is a module that stands for an object."""

from __future__ import annotations

from typing import Any, Protocol

from alembic.runtime.migration import MigrationContext


class Operations(Protocol):
    """Alembic's `op`, or an `alembic.operations.Operations`."""

    def execute(self, sqltext: str) -> Any:
        """Run DDL."""

    def get_context(self) -> MigrationContext:
        """The migration under way."""
