"""The tables of every service in this workspace keep organisations apart, in one database and side by side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from haveri_chassis.migrations import ServiceSchema
from haveri_devservers.testing.house import House

WORKSPACE = next(folder for folder in Path(__file__).parents if (folder / "uv.lock").is_file())
TABLES = """
SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS protected,
       (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisprimary) AS first_of_key,
       pg_get_userbyid(c.relowner) AS owner,
       EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
"""
REACH = """
SELECT r.rolname || ' may read ' || n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = ANY($2)
WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p', 'v', 'm') AND r.rolname <> 'haveri_' || n.nspname
  AND has_schema_privilege(r.rolname, n.nspname, 'USAGE') AND has_table_privilege(r.rolname, c.oid, 'SELECT')
"""


def services() -> list[ServiceSchema]:
    """Every service with a history of migrations; its schema is named after its package."""
    packages = sorted(path.parents[1].name for path in WORKSPACE.glob("services/*/src/*/migrations/env.py"))
    names = [package.removeprefix("haveri_") for package in packages]
    return [ServiceSchema(name, name, package) for name, package in zip(names, packages, strict=True)]


@pytest.fixture(scope="module")
async def administrator(postgres_server) -> AsyncIterator[asyncpg.Connection]:
    house = await House.start(postgres_server, schemas=services())
    connection = await asyncpg.connect(house.admin_url)
    yield connection
    await connection.close()
    await house.stop()


async def test_every_table_is_under_forced_row_security_with_the_organization_first_in_its_key(administrator):
    tables = await administrator.fetch(TABLES, [service.schema for service in services()])
    assert tables
    for table in tables:
        assert table["protected"], f"{table['name']} is not under FORCE row-level security"
        assert table["has_policy"], f"{table['name']} has no policy"
        assert table["first_of_key"] == "organization_id", f"{table['name']} does not begin its key with it"
        assert table["owner"] == "haveri_owner", f"{table['name']} belongs to {table['owner']}"


async def test_no_service_can_read_another_services_tables(administrator):
    schemas = [service.schema for service in services()]
    roles = [service.role for service in services()]
    assert await administrator.fetch(REACH, schemas, roles) == []
