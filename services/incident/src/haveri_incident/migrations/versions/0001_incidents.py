"""The incident's events, its projection and the numbers that people say.

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
    op.execute(
        """
        CREATE TABLE events (
            organization_id text NOT NULL,
            incident_id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            event_id uuid NOT NULL,
            type text NOT NULL,
            occurred_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            actor text NOT NULL,
            payload jsonb NOT NULL,
            correlation_id uuid,
            causation_id uuid,
            PRIMARY KEY (organization_id, incident_id, version)
        )
        """
    )
    protect_tenant_table(op, "events", grants="SELECT, INSERT")
    make_append_only(op, "events")
    op.execute(
        """
        CREATE TABLE incidents (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            number integer NOT NULL,
            title text NOT NULL,
            status text NOT NULL,
            severity text NOT NULL,
            facility_id uuid NOT NULL,
            version integer NOT NULL,
            state json NOT NULL,
            PRIMARY KEY (organization_id, id),
            UNIQUE (organization_id, number)
        )
        """
    )
    protect_tenant_table(op, "incidents", grants="SELECT, INSERT, UPDATE")
    op.execute(
        """
        CREATE TABLE numbers (
            organization_id text PRIMARY KEY,
            last integer NOT NULL CHECK (last > 0)
        )
        """
    )
    protect_tenant_table(op, "numbers", grants="SELECT, INSERT, UPDATE")
