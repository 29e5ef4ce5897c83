"""Accounts, sessions, API tokens, and what was asked under an Idempotency-Key."""

from alembic import op

from haveri_chassis.migrations import protect_lookup_table, protect_tenant_table

revision = "0001"
down_revision = None

TABLES = (
    """
    CREATE TABLE accounts (
        organization_id text NOT NULL,
        member_id uuid NOT NULL,
        email text NOT NULL,
        password_hash text NOT NULL,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, member_id),
        UNIQUE (organization_id, email)
    )
    """,
    """
    CREATE TABLE sessions (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        digest bytea NOT NULL UNIQUE,
        member_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, id)
    )
    """,
    """
    CREATE TABLE tokens (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        digest bytea NOT NULL UNIQUE,
        member_id uuid NOT NULL,
        name text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        last_used_at timestamptz,
        PRIMARY KEY (organization_id, id)
    )
    """,
    """
    CREATE TABLE idempotency_keys (
        organization_id text NOT NULL,
        caller uuid NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        command_id uuid NOT NULL,
        thing_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, caller, key)
    )
    """,
    """
    CREATE TABLE pending_commands (
        organization_id text NOT NULL,
        command_id uuid NOT NULL,
        sent_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, command_id)
    )
    """,
    "CREATE INDEX accounts_email ON accounts (email)",
    "CREATE INDEX sessions_member ON sessions (organization_id, member_id)",
)


def upgrade() -> None:
    """Create the tables. A caller's organisation is found out through the first three, hence look-up tables."""
    for statement in TABLES:
        op.execute(statement)
    protect_lookup_table(op, "accounts", "SELECT, INSERT, UPDATE, DELETE")
    protect_lookup_table(op, "sessions", "SELECT, INSERT, UPDATE, DELETE")
    # Tokens are revoked, never removed: an audit can still say whose they were.
    protect_lookup_table(op, "tokens", "SELECT, INSERT, UPDATE")
    protect_tenant_table(op, "idempotency_keys", "SELECT, INSERT, UPDATE, DELETE")
    protect_tenant_table(op, "pending_commands", "SELECT, INSERT, DELETE")
