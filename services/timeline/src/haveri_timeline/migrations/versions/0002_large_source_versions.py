"""An event's number within its aggregate is as large as the envelope lets it be.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the column; the table is written anew, so this is the one step of an upgrade that takes long."""
    op.execute("ALTER TABLE entries ALTER COLUMN source_version TYPE bigint")
