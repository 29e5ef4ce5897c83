"""An organisation's rows stay its own, whatever happens to the connection before."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from haveri_chassis.database import (
    Database,
    OrganizationRequired,
    TransactionRolledBack,
    savepoint,
)
from haveri_chassis.sessions import driver_connection
from haveri_devservers.testing.house import House
from haveri_devservers.testing.waiting import eventually

ADD_NOTE = "INSERT INTO notes (organization_id, name) VALUES ($1, $2)"
NAMES = "SELECT name FROM notes ORDER BY name"


async def names_of(database: Database, organization: str) -> list[str]:
    async with database.transaction(organization) as connection:
        return [row["name"] for row in await connection.fetch(NAMES)]


@pytest.fixture
async def one_connection(sample_house: House) -> Database:
    """A database with a single pooled connection, so that every transaction uses the same one."""
    database = sample_house.database("sample", pool_size=1)
    await database.open()
    yield database
    await database.close()


async def test_two_organizations_on_one_connection_see_only_their_own_rows(one_connection, fresh_organization):
    ours, theirs = fresh_organization(), fresh_organization()
    for organization, name in ((ours, "pump"), (theirs, "filler")):
        async with one_connection.transaction(organization) as connection:
            await connection.execute(ADD_NOTE, organization, name)
    assert await names_of(one_connection, ours) == ["pump"]
    assert await names_of(one_connection, theirs) == ["filler"]


async def test_the_organization_is_gone_from_the_connection_after_commit_rollback_and_error(
    one_connection, fresh_organization
):
    async def left_behind() -> str | None:
        async with one_connection._open_pool().acquire() as connection:
            return await connection.fetchval("SELECT current_setting('haveri.organization', true)")

    organization = fresh_organization()
    async with one_connection.transaction(organization):
        pass
    assert not await left_behind()
    with pytest.raises(RuntimeError):
        async with one_connection.transaction(organization):
            raise RuntimeError("the handler failed")
    assert not await left_behind()
    with pytest.raises(asyncpg.PostgresError):
        async with one_connection.transaction(organization) as connection:
            await connection.execute("SELECT nonsense")
    assert not await left_behind()
    async with one_connection.across_organizations():
        pass
    assert not await left_behind()


async def test_nothing_of_a_use_stays_on_a_pooled_connection(one_connection, fresh_organization):
    organization = fresh_organization()
    async with one_connection.transaction(organization) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(4711)")
        await connection.execute("DECLARE reader CURSOR FOR SELECT 1")
        backend = await connection.fetchval("SELECT pg_backend_pid()")
    async with one_connection.transaction(organization) as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") == backend
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = $1"
        assert await connection.fetchval(held, backend) == 0
        assert await connection.fetchval("SELECT count(*) FROM pg_cursors WHERE name = 'reader'") == 0


async def test_a_connection_without_an_organization_sees_and_writes_nothing(one_connection, fresh_organization):
    organization = fresh_organization()
    async with one_connection.transaction(organization) as connection:
        await connection.execute(ADD_NOTE, organization, "pump")
    async with one_connection._open_pool().acquire() as connection:
        assert await connection.fetch(NAMES) == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(ADD_NOTE, organization, "filler")


async def test_an_organization_cannot_write_into_another(sample_database, fresh_organization):
    ours, theirs = fresh_organization(), fresh_organization()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with sample_database.transaction(ours) as connection:
            await connection.execute(ADD_NOTE, theirs, "pump")
    assert await names_of(sample_database, theirs) == []


@pytest.mark.parametrize(
    "wrong", ["", "*", "Demo", "a", "demo' OR '1'='1", "demo\n", "demo;--", "-demo", "x" * 41, None]
)
async def test_an_invalid_organization_is_refused_before_any_sql(sample_database, wrong):
    with pytest.raises(OrganizationRequired):
        sample_database.transaction(wrong)
    with pytest.raises(OrganizationRequired):
        sample_database.session(wrong)


async def test_lookup_tables_can_be_read_across_organizations_and_tenant_tables_cannot(
    sample_database, fresh_organization
):
    organization = fresh_organization()
    async with sample_database.transaction(organization) as connection:
        await connection.execute(ADD_NOTE, organization, organization)
        await connection.execute("INSERT INTO addresses (organization_id, name) VALUES ($1, $1)", organization)
    async with sample_database.across_organizations() as connection:
        assert await connection.fetch(NAMES) == []
        found = await connection.fetchval("SELECT organization_id FROM addresses WHERE name = $1", organization)
        assert found == organization
        assert await connection.execute("DELETE FROM addresses WHERE name = $1", organization) == "DELETE 0"


async def test_a_failed_block_keeps_nothing(sample_database, fresh_organization):
    organization = fresh_organization()
    with pytest.raises(RuntimeError):
        async with sample_database.transaction(organization) as connection:
            await connection.execute(ADD_NOTE, organization, "pump")
            raise RuntimeError("the handler failed")
    assert await names_of(sample_database, organization) == []


async def test_a_cancelled_block_keeps_nothing_and_frees_its_connection(one_connection, fresh_organization):
    organization = fresh_organization()

    async def slow() -> None:
        async with one_connection.transaction(organization) as connection:
            await connection.execute(ADD_NOTE, organization, "pump")
            started.set()
            await connection.execute("SELECT pg_sleep(60)")

    started = asyncio.Event()
    task = asyncio.create_task(slow())
    await eventually(started.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await names_of(one_connection, organization) == []


async def test_a_swallowed_error_is_not_taken_for_a_commit(sample_database, fresh_organization):
    organization = fresh_organization()
    with pytest.raises(TransactionRolledBack):
        async with sample_database.transaction(organization) as connection:
            await connection.execute(ADD_NOTE, organization, "pump")
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute("SELECT nonsense")


async def test_a_part_of_a_transaction_can_fail_alone(sample_database, fresh_organization):
    organization = fresh_organization()
    async with sample_database.transaction(organization) as connection:
        await connection.execute(ADD_NOTE, organization, "kept")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with savepoint(connection):
                await connection.execute(ADD_NOTE, organization, "undone")
                async with savepoint(connection):
                    await connection.execute(ADD_NOTE, organization, "undone, too")
                await connection.execute(ADD_NOTE, organization, "kept")
        await connection.execute(ADD_NOTE, organization, "after")
    assert await names_of(sample_database, organization) == ["after", "kept"]


async def test_json_goes_in_and_comes_out_as_objects(sample_database, fresh_organization):
    organization = fresh_organization()
    details = {"line": 1, "teams": ["Wartung", "Produktion"], "note": None}
    async with sample_database.transaction(organization) as connection:
        await connection.execute("INSERT INTO notes VALUES ($1, 'pump', $2)", organization, details)
        assert await connection.fetchval("SELECT details FROM notes") == details
    async with sample_database.session(organization) as session:
        assert (await session.execute(text("SELECT details->>'line' FROM notes"))).scalar() == "1"


async def test_a_session_belongs_to_one_organization_and_commits_at_its_end(sample_database, fresh_organization):
    ours, theirs = fresh_organization(), fresh_organization()
    add = text("INSERT INTO notes (organization_id, name) VALUES (:organization, :name)")
    async with sample_database.session(ours) as session:
        await session.execute(add, {"organization": ours, "name": "pump"})
        connection = await driver_connection(session)
        await connection.execute(ADD_NOTE, ours, "through the driver")
    async with sample_database.session(theirs) as session:
        assert (await session.execute(text(NAMES))).all() == []
    assert await names_of(sample_database, ours) == ["pump", "through the driver"]
    with pytest.raises(RuntimeError):
        async with sample_database.session(ours) as session:
            await session.execute(add, {"organization": ours, "name": "never"})
            raise RuntimeError("the handler failed")
    assert await names_of(sample_database, ours) == ["pump", "through the driver"]


async def test_every_transaction_of_a_session_carries_its_organization(sample_database, fresh_organization):
    organization = fresh_organization()
    async with sample_database.transaction(organization) as connection:
        await connection.execute(ADD_NOTE, organization, "pump")
    async with sample_database.session(organization) as session, session.begin_nested():
        assert (await session.execute(text(NAMES))).scalars().all() == ["pump"]
    async with sample_database.session(organization) as session:
        assert (await session.execute(text(NAMES))).scalars().all() == ["pump"]


async def test_a_session_without_an_organization_refuses_to_begin(sample_database, fresh_organization):
    from haveri_chassis.sessions import OrganizationSession

    async with sample_database.session(fresh_organization()) as proper:
        engine = proper.bind
    async with AsyncSession(engine, sync_session_class=OrganizationSession) as session:
        with pytest.raises(OrganizationRequired):
            await session.execute(text("SELECT 1"))


async def test_a_session_works_at_once_when_the_database_is_back(sample_house, fresh_organization):
    """Nobody who clicks after PostgreSQL's restart meets a connection that died in it."""
    organization = fresh_organization()
    database = sample_house.database("sample", pool_size=1)
    await database.open()
    try:
        async with database.session(organization) as session:
            lost = await driver_connection(session)
        async with database.transaction(organization) as connection:
            await connection.execute("SELECT pg_terminate_backend($1)", lost.get_server_pid())
        await eventually(lost.is_closed)
        async with database.session(organization) as session:
            assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
    finally:
        await database.close()


async def test_a_service_starts_unready_while_its_database_is_away_and_says_why():
    database = Database("postgresql://nobody:x@127.0.0.1:1/none", schema="sample")
    await database.start()
    try:
        await eventually(lambda: "does not answer" in (database.problem() or ""))
        with pytest.raises(OSError):
            await database.ping()
    finally:
        await database.stop()


async def test_a_service_becomes_ready_when_its_database_answers(sample_house):
    database = sample_house.database("sample")
    await database.start()
    try:
        await eventually(lambda: database.problem() is None)
    finally:
        await database.stop()
