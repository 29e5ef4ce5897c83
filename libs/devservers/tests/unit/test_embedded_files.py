from __future__ import annotations

import os
from pathlib import Path

from haveri_devservers.endpoints import NatsEndpoint, PostgresEndpoint, S3Endpoint
from haveri_devservers.log_files import LOG_LIMIT_BYTES, last_lines, open_log


def test_a_log_that_grew_large_is_put_aside_at_the_next_start(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("wb") as file:
        file.truncate(LOG_LIMIT_BYTES + 1)
    os.close(open_log(log))
    assert log.stat().st_size == 0
    assert (tmp_path / "server.log.1").stat().st_size == LOG_LIMIT_BYTES + 1


def test_an_error_can_show_how_the_log_ended(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert last_lines(log) == ""
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert last_lines(log, 2) == "line 98\nline 99"


def test_an_endpoint_that_is_logged_shows_no_secret() -> None:
    endpoints = [
        PostgresEndpoint(5432, "hush"),
        NatsEndpoint(4222, 8222, 1883, "hush"),
        S3Endpoint(9000, "key", "hush"),
    ]
    assert "hush" not in repr(endpoints)


def test_a_service_gets_a_url_with_its_own_role_never_the_superusers_password() -> None:
    endpoint = PostgresEndpoint(5432, "superuser-secret")
    assert endpoint.dsn("haveri", user="incident", password="own") == "postgresql://incident:own@127.0.0.1:5432/haveri"
    assert endpoint.admin_dsn == "postgresql://postgres:superuser-secret@127.0.0.1:5432/postgres"
