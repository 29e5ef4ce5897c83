"""A service gets its own room in the database, and can touch nothing outside it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from haveri_chassis.migrations import MigrationError, ServiceSchema, migrate
from haveri_chassis.provision_database import provision_database
from haveri_devservers.testing.house import DATABASE_PASSWORD, House

SAMPLE_FOLDER = Path(__file__).parent / "sample_service"
INFRASTRUCTURE = ("outbox", "event_log", "inbox", "command_outcomes", "due_timers")


@pytest.fixture
def admin_url(postgres_server) -> AsyncIterator[str]:
    """An empty database."""
    name = f"empty_{os.urandom(4).hex()}"
    yield postgres_server.create_database(name)
    postgres_server.drop_database(name)


@pytest.fixture
async def administrator(sample_house: House) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(sample_house.admin_url)
    await connection.execute("SET search_path TO sample")
    yield connection
    await connection.close()


@pytest.fixture
async def service(sample_house: House) -> AsyncIterator[asyncpg.Connection]:
    """What someone with the service's password, and without our code, can do."""
    connection = await asyncpg.connect(sample_house.database_url("sample"))
    yield connection
    await connection.close()


async def test_repeating_a_migration_changes_nothing(admin_url, sample_schema):
    first = await migrate(admin_url, sample_schema, DATABASE_PASSWORD)
    assert "created schema sample" in first
    assert "migrated schema sample from nothing to 0001" in first
    assert await migrate(admin_url, sample_schema, DATABASE_PASSWORD) == []


async def test_several_replicas_may_migrate_at_once(admin_url, sample_schema):
    changes = await asyncio.gather(*(migrate(admin_url, sample_schema, DATABASE_PASSWORD) for _ in range(4)))
    assert sum("migrated schema sample from nothing to 0001" in change for change in changes) == 1


async def test_two_databases_of_one_server_may_be_migrated_at_once(postgres_server, sample_schema):
    houses = await asyncio.gather(*(House.start(postgres_server, schemas=[sample_schema]) for _ in range(3)))
    for house in houses:
        await house.stop()


async def test_a_missing_password_or_package_is_named_before_anything_changes(admin_url, sample_schema):
    with pytest.raises(MigrationError, match="password was given for sample"):
        await provision_database(admin_url, [sample_schema], {})
    with pytest.raises(MigrationError, match="haveri_nowhere of the service nowhere is not installed"):
        await migrate(admin_url, ServiceSchema("nowhere", "nowhere", "haveri_nowhere"), DATABASE_PASSWORD)
    with pytest.raises(MigrationError, match=r"has no haveri_chassis/migrations/env\.py"):
        await migrate(admin_url, ServiceSchema("chassis", "chassis", "haveri_chassis"), DATABASE_PASSWORD)


async def test_the_service_signs_in_with_the_password_that_was_given_last(postgres_server, admin_url, sample_schema):
    database = admin_url.rpartition("/")[2]
    schema = ServiceSchema("sample", "sample_password", "haveri_sample")
    with pytest.raises(ValueError, match="printable ASCII"):
        await migrate(admin_url, schema, "kääntäjä")
    role = schema.role
    administrator = await asyncpg.connect(admin_url)
    from haveri_chassis.migrations.roles import ensure_service_role

    try:
        for password in ("first", "it's the $econd"):
            await ensure_service_role(administrator, role, password)
            await administrator.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
            connection = await asyncpg.connect(admin_url, user=role, password=password)
            await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(admin_url, user=role, password="first")
    finally:
        await administrator.close()


async def test_people_can_use_the_alembic_command(admin_url, sample_schema):
    await migrate(admin_url, sample_schema, DATABASE_PASSWORD)

    async def alembic(*arguments: str, url: str | None = admin_url) -> tuple[int, str]:
        environment = {**os.environ, "PYTHONPATH": str(SAMPLE_FOLDER)}
        environment.pop("HAVERI_ADMIN_DATABASE_URL", None)
        if url:
            environment["HAVERI_ADMIN_DATABASE_URL"] = url
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "alembic",
            "-c",
            str(SAMPLE_FOLDER / "alembic.ini"),
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    assert await alembic("upgrade", "head") == (0, "")
    code, output = await alembic("upgrade", "head", "--sql")
    assert code == 0
    assert "CREATE TABLE outbox" in output
    code, output = await alembic("current", url=None)
    assert code != 0
    assert "HAVERI_ADMIN_DATABASE_URL is missing" in output
    code, output = await alembic("downgrade", "-1")
    assert code != 0
    assert "migrations only go forward" in output


async def test_every_table_keeps_organizations_apart_even_from_its_owner(administrator):
    tables = await administrator.fetch(
        """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS protected, pg_get_userbyid(c.relowner) AS owner,
               (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND i.indisprimary) AS first_of_key
        FROM pg_class c WHERE c.relnamespace = 'sample'::regnamespace AND c.relkind = 'r'
          AND c.relname <> 'alembic_version'
        """
    )
    assert {row["relname"] for row in tables} == {*INFRASTRUCTURE, "notes", "addresses", "records"}
    for row in tables:
        assert row["protected"], row["relname"]
        assert row["first_of_key"] == "organization_id", row["relname"]
        assert row["owner"] == "haveri_owner"


async def test_the_services_role_owns_nothing_and_has_no_way_around_the_policies(administrator):
    role = await administrator.fetchrow("SELECT * FROM pg_roles WHERE rolname = 'haveri_sample'")
    for power in ("rolsuper", "rolbypassrls", "rolcreatedb", "rolcreaterole", "rolreplication"):
        assert not role[power]
    assert not await administrator.fetchval("SELECT pg_has_role('haveri_sample', 'haveri_owner', 'MEMBER')")
    owned = "SELECT count(*) FROM pg_class WHERE relowner = 'haveri_sample'::regrole"
    assert await administrator.fetchval(owned) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE sample.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE sample.notes DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE sample.records DISABLE TRIGGER ALL",
        "DROP POLICY own_organization ON sample.notes",
        "SELECT * FROM sample.alembic_version",
        "SET ROLE haveri_owner",
        "TRUNCATE sample.notes",
    ],
)
async def test_the_services_role_cannot_change_the_rules(service, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(statement)


async def test_a_service_does_not_see_another_services_schema(postgres_server, administrator, service):
    await administrator.execute("CREATE SCHEMA IF NOT EXISTS neighbour AUTHORIZATION haveri_owner")
    await administrator.execute("CREATE TABLE IF NOT EXISTS neighbour.secrets (organization_id text)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.fetch("SELECT * FROM neighbour.secrets")


@pytest.mark.parametrize("table", ["records", "event_log", "command_outcomes"])
@pytest.mark.parametrize("replication_role", ["origin", "replica"])
async def test_not_even_the_administrator_changes_an_append_only_table(administrator, table, replication_role):
    await administrator.execute(f"SET session_replication_role = {replication_role}")
    columns = {
        "records": "(organization_id, name) VALUES ('demo', gen_random_uuid()::text)",
        "event_log": "(organization_id, id, subject, body) VALUES ('demo', gen_random_uuid(), 's', '')",
        "command_outcomes": "(organization_id, command_id, outcome) VALUES ('demo', gen_random_uuid(), '{}')",
    }
    await administrator.execute(f"INSERT INTO {table} {columns[table]}")
    for statement in (f"UPDATE {table} SET organization_id = 'other'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(asyncpg.RestrictViolationError, match="rows are only ever added"):
            await administrator.execute(statement)
