"""A running embedded PostgreSQL: who gets in, what it can do, what it tells."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg
import pytest

from haveri_devservers import PostgresServer, ServerProcess, free_port
from haveri_devservers.testing.embedded_source import server_home


@pytest.fixture(scope="module")
def running() -> Iterator[ServerProcess]:
    with server_home() as home, ServerProcess(PostgresServer(home / "postgres", free_port(), durable=False)) as process:
        yield process


@pytest.fixture
def server(running: ServerProcess) -> PostgresServer:
    assert isinstance(running.server, PostgresServer)
    return running.server


async def _value(server: PostgresServer, query: str) -> object:
    connection = await asyncpg.connect(server.endpoint().admin_dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_wrong_password_is_refused(server: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.endpoint().dsn(user="postgres", password="wrong"))


async def test_a_role_without_a_password_cannot_enter(server: PostgresServer) -> None:
    await _value(server, "CREATE ROLE careless LOGIN")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.endpoint().dsn(user="careless", password="guess"))


async def test_it_listens_on_the_loopback_interface_only(server: PostgresServer) -> None:
    assert await _value(server, "SHOW listen_addresses") == "127.0.0.1"
    assert await _value(server, "SHOW unix_socket_directories") == ""


async def test_passwords_are_kept_as_scram_verifiers(server: PostgresServer) -> None:
    kept = str(await _value(server, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'"))
    assert kept.startswith("SCRAM-SHA-256$")


def test_password_log_and_data_are_closed_to_other_accounts(running: ServerProcess, server: PostgresServer) -> None:
    assert (server.directory / "password").stat().st_mode & 0o777 == 0o600
    assert running.log_file.stat().st_mode & 0o777 == 0o600
    assert server.data.stat().st_mode & 0o777 == 0o700
    assert (server.data / "postgresql.conf").stat().st_mode & 0o777 == 0o600


async def test_a_failed_statement_does_not_bring_its_secret_into_the_log(
    running: ServerProcess, server: PostgresServer
) -> None:
    with pytest.raises(asyncpg.DuplicateObjectError):
        await _value(server, "CREATE ROLE postgres PASSWORD 'hush-hush'")
    log = running.log_file.read_text()
    assert 'role "postgres" already exists' in log
    assert "hush-hush" not in log
    assert server.endpoint().password not in log


async def test_a_refused_row_does_not_bring_its_content_into_the_log(
    running: ServerProcess, server: PostgresServer
) -> None:
    await _value(server, "CREATE TABLE diary (words text CHECK (words = ''))")
    with pytest.raises(asyncpg.CheckViolationError):
        await _value(server, "INSERT INTO diary VALUES ('private')")
    assert "violates check constraint" in running.log_file.read_text()
    assert "private" not in running.log_file.read_text()


async def test_vectors_can_be_stored_and_compared(server: PostgresServer) -> None:
    await _value(server, "CREATE EXTENSION vector")
    assert await _value(server, "SELECT '[1,2]'::vector <-> '[4,6]'::vector") == 5
    assert str(await _value(server, "SHOW server_version")).startswith("18.")


async def test_text_folds_alike_on_every_machine(server: PostgresServer) -> None:
    assert await _value(server, "SELECT upper('täyttökone ß ω')") == "TÄYTTÖKONE ß Ω"
