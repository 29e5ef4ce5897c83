"""One tenant table, one look-up table, one append-only table, and the chassis's own."""

from alembic import op

from haveri_chassis.migrations import (
    create_infrastructure,
    make_append_only,
    protect_lookup_table,
    protect_tenant_table,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_infrastructure(op)
    columns = "organization_id text NOT NULL, name text NOT NULL, details jsonb, PRIMARY KEY (organization_id, name)"
    for table in ("notes", "addresses", "records"):
        op.execute(f"CREATE TABLE {table} ({columns})")
    protect_tenant_table(op, "notes")
    protect_lookup_table(op, "addresses")
    protect_tenant_table(op, "records", grants="SELECT, INSERT")
    make_append_only(op, "records")
