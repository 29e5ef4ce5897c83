"""What a table needs before tenants' rows may lie in it. To be called from migrations with Alembic's `op`."""

from __future__ import annotations

from haveri_chassis.migrations.names import checked_name, role_of
from haveri_chassis.migrations.operations import Operations
from haveri_chassis.tenancy import EVERY_ORGANIZATION, SETTING

_CURRENT = f"current_setting('{SETTING}', true)"
_OWN_ROWS = f"organization_id = {_CURRENT}"
_EVERY_ROW = f"{_CURRENT} = '{EVERY_ORGANIZATION}'"
_GRANTABLE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_REFUSAL = "refuse_change"


def protect_tenant_table(op: Operations, table: str, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Give the service `grants` on the rows of the transaction's own organisation, and nobody anything on others.

    FORCE holds the owner to the policy too. Without an organisation the setting is NULL or empty: no row matches.
    """
    _enable_row_security(op, table)
    op.execute(f"CREATE POLICY own_organization ON {table} USING ({_OWN_ROWS}) WITH CHECK ({_OWN_ROWS})")
    _grant(op, table, grants)


def protect_lookup_table(op: Operations, table: str, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """As protect_tenant_table, but `Database.across_organizations` may read every row (and still writes none)."""
    protect_tenant_table(op, table, grants)
    op.execute(f"CREATE POLICY read_across_organizations ON {table} FOR SELECT USING ({_EVERY_ROW})")


def protect_infrastructure_table(op: Operations, table: str, grants: str) -> None:
    """As protect_tenant_table, but `Database.across_organizations` may do with every row what `grants` say."""
    protect_tenant_table(op, table, grants)
    op.execute(f"CREATE POLICY across_organizations ON {table} USING ({_EVERY_ROW}) WITH CHECK ({_EVERY_ROW})")


def make_append_only(op: Operations, table: str) -> None:
    """Let rows be added and read but never changed or removed, by anybody, on a table protected before.

    Grants hold the service back. The triggers hold back whoever has more rights by accident: ENABLE ALWAYS makes
    them fire for superusers and in replication roles too.
    """
    checked_name(table)
    role = _service_role(op)
    op.execute(f"REVOKE ALL ON {table} FROM {role}")
    op.execute(f"GRANT SELECT, INSERT ON {table} TO {role}")
    _create_refusal(op)
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {_REFUSAL}()"
    )
    op.execute(
        f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_REFUSAL}()"
    )
    for trigger in ("append_only", "append_only_truncate"):
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def _create_refusal(op: Operations) -> None:
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION {_REFUSAL}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% on %.% refused: rows are only ever added', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )


def _enable_row_security(op: Operations, table: str) -> None:
    checked_name(table)
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _grant(op: Operations, table: str, grants: str) -> None:
    wanted = {grant.strip().upper() for grant in grants.split(",")}
    if not wanted <= _GRANTABLE:
        raise ValueError(f"cannot grant {', '.join(sorted(wanted - _GRANTABLE))}: only {', '.join(sorted(_GRANTABLE))}")
    op.execute(f"GRANT {', '.join(sorted(wanted))} ON {table} TO {_service_role(op)}")


def _service_role(op: Operations) -> str:
    schema = op.get_context().version_table_schema
    if schema is None:
        raise RuntimeError("this migration does not run through haveri_chassis.migrations.run(schema=...)")
    return role_of(schema)
