"""The entries of every incident's timeline, and where each timeline ends.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import create_infrastructure, make_append_only, protect_tenant_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the schema's tables."""
    create_infrastructure(op)
    # `json`, not `jsonb`: the payload's text is what was hashed, and it is handed to readers as it stands.
    op.execute(
        """
        CREATE TABLE entries (
            organization_id text NOT NULL,
            incident_id uuid NOT NULL,
            seq integer NOT NULL CHECK (seq > 0),
            event_id uuid NOT NULL,
            type text NOT NULL,
            occurred_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            actor text NOT NULL,
            source_type text NOT NULL,
            source_version integer,
            payload json NOT NULL,
            previous_hash text NOT NULL,
            hash text NOT NULL,
            PRIMARY KEY (organization_id, incident_id, seq),
            UNIQUE (organization_id, event_id)
        )
        """
    )
    op.execute("CREATE INDEX entries_recent ON entries (organization_id, recorded_at DESC, seq DESC)")
    protect_tenant_table(op, "entries", grants="SELECT, INSERT")
    make_append_only(op, "entries")
    op.execute(
        """
        CREATE TABLE heads (
            organization_id text NOT NULL,
            incident_id uuid NOT NULL,
            seq integer NOT NULL,
            hash text NOT NULL,
            recorded_at timestamptz,
            PRIMARY KEY (organization_id, incident_id)
        ) WITH (fillfactor = 50)
        """
    )
    protect_tenant_table(op, "heads", grants="SELECT, INSERT, UPDATE")
