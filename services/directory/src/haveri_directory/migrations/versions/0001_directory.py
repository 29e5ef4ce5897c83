"""Organisations, plants, people, teams and chat.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import create_infrastructure, protect_lookup_table, protect_tenant_table

revision = "0001"
down_revision = None

# Names are compared and ordered by `name_key`, which Python folds: collations differ between machines, "C" does not.
_TABLES = {
    "facilities": """
        CREATE TABLE facilities (
            organization_id text NOT NULL REFERENCES organizations,
            id uuid NOT NULL,
            name text NOT NULL,
            name_key text COLLATE "C" NOT NULL,
            timezone text NOT NULL,
            metadata jsonb NOT NULL,
            PRIMARY KEY (organization_id, id),
            UNIQUE (organization_id, name_key)
        )
        """,
    "areas": """
        CREATE TABLE areas (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            name text NOT NULL,
            name_key text COLLATE "C" NOT NULL,
            facility_id uuid NOT NULL,
            PRIMARY KEY (organization_id, id),
            UNIQUE (organization_id, facility_id, name_key),
            FOREIGN KEY (organization_id, facility_id) REFERENCES facilities
        )
        """,
    "assets": """
        CREATE TABLE assets (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            name text NOT NULL,
            name_key text COLLATE "C" NOT NULL,
            area_id uuid NOT NULL,
            asset_type text NOT NULL,
            metadata jsonb NOT NULL,
            PRIMARY KEY (organization_id, id),
            UNIQUE (organization_id, area_id, name_key),
            FOREIGN KEY (organization_id, area_id) REFERENCES areas
        )
        """,
    "teams": """
        CREATE TABLE teams (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            name text NOT NULL,
            name_key text COLLATE "C" NOT NULL,
            facility_id uuid NOT NULL,
            shift_info jsonb NOT NULL,
            PRIMARY KEY (organization_id, id),
            UNIQUE (organization_id, facility_id, name_key),
            FOREIGN KEY (organization_id, facility_id) REFERENCES facilities
        )
        """,
    "members": """
        CREATE TABLE members (
            organization_id text NOT NULL REFERENCES organizations,
            id uuid NOT NULL,
            name text NOT NULL,
            name_key text COLLATE "C" NOT NULL,
            email text COLLATE "C" NOT NULL,
            role text NOT NULL CHECK (role IN ('viewer', 'responder', 'manager', 'administrator')),
            contact_prefs jsonb NOT NULL,
            locale text NOT NULL,
            PRIMARY KEY (organization_id, id),
            UNIQUE (organization_id, email)
        )
        """,
    "memberships": """
        CREATE TABLE memberships (
            organization_id text NOT NULL,
            team_id uuid NOT NULL,
            member_id uuid NOT NULL,
            PRIMARY KEY (organization_id, team_id, member_id),
            FOREIGN KEY (organization_id, team_id) REFERENCES teams,
            FOREIGN KEY (organization_id, member_id) REFERENCES members
        )
        """,
    "chat_identities": """
        CREATE TABLE chat_identities (
            organization_id text NOT NULL,
            platform text NOT NULL,
            user_id text NOT NULL,
            member_id uuid NOT NULL,
            PRIMARY KEY (organization_id, platform, user_id),
            FOREIGN KEY (organization_id, member_id) REFERENCES members
        )
        """,
    "chat_settings": """
        CREATE TABLE chat_settings (
            organization_id text PRIMARY KEY REFERENCES organizations,
            platform text NOT NULL,
            tenant_id text NOT NULL,
            team_id text NOT NULL,
            global_channel_id text,
            incident_channel text NOT NULL
        )
        """,
}


def upgrade() -> None:
    """Create the schema's tables."""
    create_infrastructure(op)
    op.execute(
        """
        CREATE TABLE organizations (
            organization_id text PRIMARY KEY,
            name text NOT NULL,
            locale text NOT NULL,
            created_as jsonb NOT NULL
        )
        """
    )
    protect_lookup_table(op, "organizations")
    for table, statement in _TABLES.items():
        op.execute(statement)
        protect_tenant_table(op, table)
    for table in ("facilities", "areas", "assets", "teams", "members"):
        op.execute(f"CREATE INDEX {table}_by_name ON {table} (organization_id, left(name_key, 60), id)")
    for table, column in (("areas", "facility_id"), ("assets", "area_id"), ("teams", "facility_id")):
        op.execute(f"CREATE INDEX {table}_of ON {table} (organization_id, {column})")
    # A chat tenant is one organisation's, or a message could be two organisations' business: hence the one index that
    # looks across organisations (uniqueness is not bound by row policies). Tenant ids are GUIDs: case does not count.
    op.execute("CREATE UNIQUE INDEX one_organization_a_tenant ON chat_settings (platform, lower(tenant_id))")
    op.execute("CREATE INDEX memberships_of_member ON memberships (organization_id, member_id)")
    op.execute("CREATE INDEX chat_identities_of_member ON chat_identities (organization_id, member_id)")
