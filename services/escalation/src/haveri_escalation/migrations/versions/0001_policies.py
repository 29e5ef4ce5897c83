"""Policies with every version of theirs, what holds at facilities, windows, turns, and the copy of the directory.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import create_infrastructure, make_append_only, protect_tenant_table

revision = "0001"
down_revision = None

# Names are ordered by `name_key`, which Python folds: collations differ between machines, "C" does not.
_TABLES = {
    "policies": """
        CREATE TABLE policies (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            facility_id uuid NOT NULL,
            name_key text COLLATE "C" NOT NULL,
            version bigint NOT NULL CHECK (version > 0),
            policy jsonb NOT NULL,
            created_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            PRIMARY KEY (organization_id, id)
        )
        """,
    "facility_settings": """
        CREATE TABLE facility_settings (
            organization_id text NOT NULL,
            facility_id uuid NOT NULL,
            settings jsonb NOT NULL,
            changed_at timestamptz NOT NULL,
            PRIMARY KEY (organization_id, facility_id)
        )
        """,
    # `ended_at` is set when the end was published: a window whose end has come and that has none is still to be ended.
    "maintenance_windows": """
        CREATE TABLE maintenance_windows (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            facility_id uuid NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            ended_at timestamptz,
            "window" jsonb NOT NULL,
            PRIMARY KEY (organization_id, id)
        )
        """,
    # How often each team was called in turn by a step of a policy; outlives runs and versions.
    "turns": """
        CREATE TABLE turns (
            organization_id text NOT NULL,
            policy_id uuid NOT NULL,
            step integer NOT NULL,
            team_id uuid NOT NULL,
            count bigint NOT NULL CHECK (count >= 0),
            PRIMARY KEY (organization_id, policy_id, step, team_id)
        )
        """,
    # What the directory last said, for a start while it is away.
    "rosters": """
        CREATE TABLE rosters (
            organization_id text PRIMARY KEY,
            loaded_at timestamptz NOT NULL,
            roster jsonb NOT NULL
        )
        """,
}


def upgrade() -> None:
    """Create the schema's tables."""
    create_infrastructure(op)
    for table, statement in _TABLES.items():
        op.execute(statement)
        protect_tenant_table(op, table)
    op.execute(
        """
        CREATE TABLE policy_versions (
            organization_id text NOT NULL,
            policy_id uuid NOT NULL,
            version bigint NOT NULL CHECK (version > 0),
            policy jsonb NOT NULL,
            actor text NOT NULL,
            recorded_at timestamptz NOT NULL,
            PRIMARY KEY (organization_id, policy_id, version)
        )
        """
    )
    protect_tenant_table(op, "policy_versions", grants="SELECT, INSERT")
    make_append_only(op, "policy_versions")
    op.execute("CREATE INDEX policies_by_name ON policies (organization_id, left(name_key, 60), id)")
    op.execute("CREATE INDEX policies_of_facility ON policies (organization_id, facility_id)")
    op.execute("CREATE INDEX maintenance_windows_by_end ON maintenance_windows (organization_id, ends_at)")
