"""What arrived from Teams, what was made there, and what is still to do.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import create_infrastructure, protect_lookup_table, protect_tenant_table

revision = "0001"
down_revision = None

TENANTS = """
CREATE TABLE tenants (
    organization_id text NOT NULL PRIMARY KEY,
    tenant_id text NOT NULL UNIQUE,
    group_id text NOT NULL,
    global_channel text,
    incident_channel text NOT NULL CHECK (incident_channel IN ('channel', 'thread')),
    service_url text
)
"""

ACTIVITIES = """
CREATE TABLE activities (
    organization_id text NOT NULL,
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    identity text NOT NULL,
    fingerprint text NOT NULL,
    conversation text NOT NULL,
    body jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'following', 'done')),
    captured boolean NOT NULL,
    capturable boolean NOT NULL,
    owner bigint,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    answer jsonb,
    traceparent text,
    keep_until timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, identity),
    UNIQUE (organization_id, fingerprint)
)
"""

CHANNELS = """
CREATE TABLE channels (
    organization_id text NOT NULL,
    channel text NOT NULL,
    incident_id uuid NOT NULL,
    group_id text NOT NULL,
    PRIMARY KEY (organization_id, channel)
)
"""

PEOPLE = """
CREATE TABLE people (
    organization_id text NOT NULL,
    object_id text NOT NULL,
    teams_id text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (organization_id, object_id),
    UNIQUE (organization_id, teams_id)
)
"""

WORKFLOWS = """
CREATE TABLE workflows (
    organization_id text NOT NULL,
    incident_id uuid NOT NULL,
    owner bigint,
    due_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    refused jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (organization_id, incident_id)
)
"""

STEPS = """
CREATE TABLE steps (
    organization_id text NOT NULL,
    incident_id uuid NOT NULL,
    step text NOT NULL,
    state text NOT NULL CHECK (state IN ('attempting', 'done')),
    reference text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 0,
    owner bigint,
    claimed_until timestamptz,
    PRIMARY KEY (organization_id, incident_id, step)
)
"""

SENT_TEXTS = """
CREATE TABLE sent_texts (
    organization_id text NOT NULL,
    marker text NOT NULL,
    channel text NOT NULL,
    text text NOT NULL,
    begun_at timestamptz NOT NULL,
    message_id text,
    PRIMARY KEY (organization_id, marker)
)
"""

FILES = """
CREATE TABLE files (
    organization_id text NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('download', 'inline', 'channel')),
    url text NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    channel text NOT NULL,
    thread text,
    group_id text,
    message_id text NOT NULL,
    author jsonb NOT NULL,
    shared_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    owner bigint,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, id)
)
"""


def upgrade() -> None:
    """Create the schema's tables."""
    create_infrastructure(op)
    for statement in (TENANTS, ACTIVITIES, CHANNELS, PEOPLE, WORKFLOWS, STEPS, SENT_TEXTS, FILES):
        op.execute(statement)
    op.execute(
        "CREATE INDEX activities_pending ON activities (organization_id, conversation, position) "
        "WHERE state = 'pending'"
    )
    op.execute("CREATE INDEX activities_due ON activities (due_at) WHERE state <> 'done'")
    op.execute(
        "CREATE INDEX activities_uncaptured ON activities (organization_id, conversation) "
        "WHERE capturable AND NOT captured"
    )
    op.execute("CREATE INDEX activities_keep_until ON activities (keep_until)")
    op.execute("CREATE INDEX workflows_due ON workflows (due_at) WHERE due_at IS NOT NULL")
    op.execute("CREATE INDEX files_due ON files (due_at) WHERE state = 'pending'")
    # Found across organisations: which organisation a tenant is, and whose work is due. Changed by their own only.
    for table in ("tenants", "activities", "workflows", "files"):
        protect_lookup_table(op, table)
    for table in ("channels", "people", "steps", "sent_texts"):
        protect_tenant_table(op, table)
