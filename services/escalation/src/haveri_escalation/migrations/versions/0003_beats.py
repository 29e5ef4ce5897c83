"""What became of notifications, when the engine last breathed, what the auditor found.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import protect_tenant_table

revision = "0003"
down_revision = "0002"

_TABLES = {
    # One row a notification that was tried, written before it is reported: what was sent is not sent again because
    # the bus went away, or because history is published once more. `reported_at` is when the bus had taken the report.
    "notification_reports": """
        CREATE TABLE notification_reports (
            organization_id text NOT NULL,
            request_id uuid NOT NULL,
            outcome text NOT NULL,
            reason text NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            reported_at timestamptz,
            PRIMARY KEY (organization_id, request_id)
        )
        """,
    # One row, of the organisation `haveri`: the house itself.
    "beats": """
        CREATE TABLE beats (
            organization_id text PRIMARY KEY,
            beaten_at timestamptz NOT NULL,
            arrived_at timestamptz NOT NULL
        )
        """,
    # A step that is planned anew may be late anew: `due_at` tells the two apart.
    "overdue_steps": """
        CREATE TABLE overdue_steps (
            organization_id text NOT NULL,
            run_id uuid NOT NULL,
            round integer NOT NULL,
            step integer NOT NULL,
            due_at timestamptz NOT NULL,
            found_at timestamptz NOT NULL,
            resent_at timestamptz NOT NULL,
            PRIMARY KEY (organization_id, run_id, round, step, due_at)
        )
        """,
}


def upgrade() -> None:
    """Create the tables."""
    for table, statement in _TABLES.items():
        op.execute(statement)
        protect_tenant_table(op, table, grants="SELECT, INSERT, UPDATE")
