"""What became of a notification has its reason as data; the text stays for rows from before.

Revision ID: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE notification_reports ADD COLUMN cause jsonb, ALTER COLUMN reason SET DEFAULT ''")
