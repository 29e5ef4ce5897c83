"""What happened in the escalation of every incident, and the rows that are read of it.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import make_append_only, protect_lookup_table, protect_tenant_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the engine's tables."""
    op.execute(
        """
        CREATE TABLE events (
            organization_id text NOT NULL,
            incident_id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            event_id uuid NOT NULL,
            type text NOT NULL,
            occurred_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
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
    # One row an incident: whoever decides about it locks this. `followed` is the incident's last version that was
    # taken in, so that events that overtake each other are noticed.
    op.execute(
        """
        CREATE TABLE escalations (
            organization_id text NOT NULL,
            incident_id uuid NOT NULL,
            version integer NOT NULL DEFAULT 0,
            followed bigint NOT NULL DEFAULT 0,
            number text,
            title text,
            severity text,
            facility_id uuid,
            area_id uuid,
            asset_ids uuid[] NOT NULL DEFAULT '{}',
            PRIMARY KEY (organization_id, incident_id)
        )
        """
    )
    protect_tenant_table(op, "escalations", grants="SELECT, INSERT, UPDATE")
    # `view` is the contract's EscalationRun as it is answered.
    op.execute(
        """
        CREATE TABLE runs (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            incident_id uuid NOT NULL,
            facility_id uuid NOT NULL,
            state text NOT NULL,
            generation bigint NOT NULL,
            started_at timestamptz NOT NULL,
            ended_at timestamptz,
            next_due_at timestamptz,
            view json NOT NULL,
            PRIMARY KEY (organization_id, id)
        )
        """
    )
    protect_lookup_table(op, "runs", grants="SELECT, INSERT, UPDATE")
    op.execute("CREATE INDEX runs_of_incident ON runs (organization_id, incident_id, started_at)")
    op.execute(
        """
        CREATE INDEX runs_under_way ON runs (organization_id, (coalesce(next_due_at, 'infinity')), id)
        WHERE state <> 'ended'
        """
    )
    # `outcome` is `pending` while the step may still fire, `silenced` while a maintenance window holds it.
    op.execute(
        """
        CREATE TABLE run_steps (
            organization_id text NOT NULL,
            run_id uuid NOT NULL,
            round integer NOT NULL,
            step integer NOT NULL,
            incident_id uuid NOT NULL,
            generation bigint NOT NULL,
            due_at timestamptz NOT NULL,
            fired_at timestamptz,
            outcome text NOT NULL,
            PRIMARY KEY (organization_id, run_id, round, step)
        )
        """
    )
    protect_lookup_table(op, "run_steps", grants="SELECT, INSERT, UPDATE")
    op.execute("CREATE INDEX run_steps_pending ON run_steps (due_at) WHERE outcome = 'pending'")
    op.execute(
        """
        CREATE TABLE calls (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            incident_id uuid NOT NULL,
            run_id uuid NOT NULL,
            member_id uuid NOT NULL,
            round integer NOT NULL,
            step integer NOT NULL,
            purpose text NOT NULL,
            because text NOT NULL,
            state text NOT NULL,
            called_at timestamptz NOT NULL,
            held_until timestamptz,
            answered_at timestamptz,
            PRIMARY KEY (organization_id, id)
        )
        """
    )
    protect_lookup_table(op, "calls", grants="SELECT, INSERT, UPDATE")
