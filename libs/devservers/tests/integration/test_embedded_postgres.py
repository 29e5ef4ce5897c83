"""The life of an embedded PostgreSQL: first start, restart, crash, and data that it must not touch."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import asyncpg
import psutil
import pytest

from haveri_devservers import EmbeddedServerError, PostgresServer, ServerProcess, free_port
from haveri_devservers.accounts import Account, server_account
from haveri_devservers.postgres_binaries import installed_site, postgres_binaries
from haveri_devservers.postgres_data import settle

AS_ROOT = os.geteuid() == 0


async def _value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def _has_ended(pid: int) -> bool:
    # In a container without an init process an orphan that ended is never collected.
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _server(home: Path, *, durable: bool = False) -> PostgresServer:
    return PostgresServer(home / "postgres", free_port(), durable=durable, fallback=home / "fallback")


async def test_a_second_start_on_another_port_finds_the_data_again(server_home: Path) -> None:
    with ServerProcess(first := _server(server_home)):
        await _value(first.endpoint().admin_dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    with ServerProcess(second := _server(server_home)):
        assert second.endpoint().password == first.endpoint().password
        assert await _value(second.endpoint().admin_dsn, "SELECT answer FROM kept") == 42


async def test_committed_rows_survive_kill_9_and_the_restart_waits_for_orphans(server_home: Path) -> None:
    process = ServerProcess(server := _server(server_home, durable=True))
    with process:
        dsn = server.endpoint().admin_dsn
        busy = await asyncpg.connect(dsn)
        await busy.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        orphan = await busy.fetchval("SELECT pg_backend_pid()")
        sleeping = busy.execute("SELECT pg_sleep(600)")
        process.kill()
        assert process.exit_code == -9
        process.start()
        assert _has_ended(orphan)
        process.wait_until_ready()
        assert await _value(dsn, "SELECT count(*) FROM kept") == 1000
        sleeping.close()
        busy.terminate()


async def test_a_lock_file_whose_pid_was_given_to_another_process_does_not_stop_the_start(server_home: Path) -> None:
    server = _server(server_home)
    with ServerProcess(server):
        lock = (server.data / "postmaster.pid").read_text()
    stale = server.data / "postmaster.pid"
    stale.write_text("\n".join([str(os.getpid()), *lock.split("\n")[1:]]))
    shutil.chown(stale, server.data.stat().st_uid, server.data.stat().st_gid)
    with ServerProcess(server):
        assert await _value(server.endpoint().admin_dsn, "SELECT 1") == 1


async def test_an_interrupted_first_start_is_begun_again(server_home: Path) -> None:
    server = _server(server_home)
    leftover = server.directory / "data.unfinished"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    with ServerProcess(server):
        assert await _value(server.endpoint().admin_dsn, "SELECT 1") == 1
        assert not leftover.exists()


def test_a_database_of_another_version_is_refused_untouched(server_home: Path) -> None:
    server = _server(server_home)
    server.prepare()
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerError, match=r"is of PostgreSQL 16, this is PostgreSQL 18: upgrade"):
        server.prepare()


async def test_tests_may_have_speed_and_production_has_safety(server_home: Path) -> None:
    with ServerProcess(fast := _server(server_home)):
        assert await _value(fast.endpoint().admin_dsn, "SHOW fsync") == "off"
    with ServerProcess(safe := _server(server_home, durable=True)):
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert await _value(safe.endpoint().admin_dsn, f"SHOW {setting}") == "on"


@pytest.mark.skipif(not AS_ROOT, reason="only root starts PostgreSQL as another account")
async def test_root_keeps_the_data_elsewhere_when_its_folder_is_closed_to_postgresqls_account(
    server_home: Path,
) -> None:
    closed = server_home / "closed"
    closed.mkdir(mode=0o700)
    fallback = server_home / "fallback"
    server = PostgresServer(closed / "postgres", free_port(), durable=False, fallback=fallback)
    with ServerProcess(server):
        await _value(server.endpoint().admin_dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert server.data.is_relative_to(fallback)
        assert server.data.stat().st_uid != 0
    again = PostgresServer(closed / "postgres", free_port(), durable=False, fallback=fallback)
    with ServerProcess(again):
        assert await _value(again.endpoint().admin_dsn, "SELECT answer FROM kept") == 42


@pytest.mark.skipif(not AS_ROOT, reason="only root starts PostgreSQL as another account")
def test_root_gets_one_sentence_when_postgresqls_account_can_go_nowhere(server_home: Path) -> None:
    closed = server_home / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(closed / "postgres", free_port(), fallback=closed / "fallback")
    with pytest.raises(EmbeddedServerError, match=r"can enter neither .* nor .*: set HAVERI_HOME to a folder"):
        server.prepare()


@pytest.mark.skipif(not AS_ROOT, reason="only root starts PostgreSQL as another account")
def test_data_that_became_unreachable_is_an_error_not_an_empty_database(server_home: Path) -> None:
    server = _server(server_home)
    server.prepare()
    server_home.chmod(0o700)
    with pytest.raises(EmbeddedServerError, match="can no longer reach its data"):
        server.prepare()
    server_home.chmod(0o711)


@pytest.mark.skipif(not AS_ROOT, reason="only root can look like two accounts")
def test_data_of_another_account_is_refused_by_name(server_home: Path) -> None:
    server = _server(server_home)
    server.prepare()
    with pytest.raises(EmbeddedServerError, match="belongs to another account"):
        settle(server.directory, Account(12345, 12345), server_home / "fallback")


@pytest.mark.skipif(not AS_ROOT, reason="only root starts PostgreSQL as another account")
def test_programs_in_a_closed_folder_are_copied_once_to_where_postgresqls_account_can_run_them(
    server_home: Path,
) -> None:
    closed = server_home / "closed"
    closed.mkdir(mode=0o700)
    (closed / "site-packages").symlink_to(installed_site())
    account = server_account(server_home / "no data yet")
    binaries = postgres_binaries(account, server_home / "fallback", site=closed / "site-packages")
    assert binaries.is_relative_to(server_home / "fallback")
    told = subprocess.run(
        [binaries / "initdb", "--version"], user=account.uid, capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("initdb (PostgreSQL) 18.")
    assert postgres_binaries(account, server_home / "fallback", site=closed / "site-packages") == binaries
