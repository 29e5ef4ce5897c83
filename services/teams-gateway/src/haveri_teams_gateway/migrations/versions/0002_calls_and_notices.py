"""Members called in Teams, notices to incidents' channels, and the personal chats that calls go to.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import protect_lookup_table, protect_tenant_table

revision = "0002"
down_revision = "0001"

TELLINGS = """
CREATE TABLE tellings (
    organization_id text NOT NULL,
    incident_id uuid NOT NULL,
    owner bigint,
    due_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, incident_id)
)
"""

CALLS = """
CREATE TABLE calls (
    organization_id text NOT NULL,
    call_id uuid NOT NULL,
    attempt integer NOT NULL,
    incident_id uuid NOT NULL,
    member_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('take', 'join')),
    because text NOT NULL,
    requested_at timestamptz NOT NULL,
    outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'delivered', 'failed', 'unneeded')),
    ending text CHECK (ending IN ('taken', 'resolved', 'coming', 'not_needed')),
    ended_by uuid,
    ended_at timestamptz,
    shows smallint NOT NULL DEFAULT 0,
    to_show smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, call_id, attempt),
    CHECK ((ending IS NULL) = (ended_at IS NULL))
)
"""

NOTICES = """
CREATE TABLE notices (
    organization_id text NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    sequence bigint NOT NULL,
    run_id uuid,
    name text NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    told boolean NOT NULL,
    PRIMARY KEY (organization_id, id)
)
"""

CHATS = """
CREATE TABLE chats (
    organization_id text NOT NULL,
    object_id text NOT NULL,
    conversation text NOT NULL,
    PRIMARY KEY (organization_id, object_id)
)
"""


def upgrade() -> None:
    """Create the tables."""
    for statement in (TELLINGS, CALLS, NOTICES, CHATS):
        op.execute(statement)
    op.execute("CREATE INDEX tellings_due ON tellings (due_at) WHERE due_at IS NOT NULL")
    op.execute("CREATE INDEX calls_of_incident ON calls (organization_id, incident_id)")
    op.execute("CREATE INDEX notices_of_incident ON notices (organization_id, incident_id, sequence)")
    # Found across organisations: whose work is due. Changed by their own only.
    protect_lookup_table(op, "tellings")
    for table in ("calls", "notices", "chats"):
        protect_tenant_table(op, table)
