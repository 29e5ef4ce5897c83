"""Why a member is called is a reason as JSON, or the text of a call from before there were reasons.

Revision ID: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Replicas from before wrote reasons as JSON into the text, and go on doing so until they are stopped."""
    op.execute(
        """
        ALTER TABLE calls ALTER COLUMN because TYPE jsonb
        USING CASE WHEN because LIKE '{"code"%' THEN because::jsonb ELSE to_jsonb(because) END
        """
    )
