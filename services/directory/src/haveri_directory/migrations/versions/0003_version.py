"""How many changes each organisation's directory has seen.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Count from here on."""
    op.execute("ALTER TABLE organizations ADD COLUMN version bigint NOT NULL DEFAULT 0")
