"""The S3 server: files that last, one key pair."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from minio import Minio
from minio.error import S3Error

from haveri_devservers import S3Endpoint, S3Server, ServerProcess, free_port


def _client(endpoint: S3Endpoint, *, secret_key: str | None = None) -> Minio:
    secret = secret_key or endpoint.secret_key
    return Minio(
        endpoint.address, access_key=endpoint.access_key, secret_key=secret, region=endpoint.region, secure=False
    )


def _put(endpoint: S3Endpoint, name: str, data: bytes) -> None:
    _client(endpoint).put_object("files", name, io.BytesIO(data), len(data))


def _get(endpoint: S3Endpoint, name: str) -> bytes:
    response = _client(endpoint).get_object("files", name)
    try:
        return bytes(response.read())
    finally:
        response.close()
        response.release_conn()


def test_a_second_start_on_another_port_finds_the_files_again(server_home: Path) -> None:
    with ServerProcess(first := S3Server(server_home / "s3", free_port())):
        _client(first.endpoint()).make_bucket("files")
        _put(first.endpoint(), "jam.jpg", b"photo")
    with ServerProcess(second := S3Server(server_home / "s3", free_port())):
        assert _get(second.endpoint(), "jam.jpg") == b"photo"


def test_stored_files_survive_kill_9(server_home: Path) -> None:
    process = ServerProcess(server := S3Server(server_home / "s3", free_port()))
    with process:
        _client(server.endpoint()).make_bucket("files")
        for number in range(5):
            _put(server.endpoint(), f"{number}.jpg", b"x" * 100_000)
        process.kill()
        process.start()
        process.wait_until_ready()
        assert all(len(_get(server.endpoint(), f"{number}.jpg")) == 100_000 for number in range(5))


def test_a_wrong_key_and_an_unsigned_request_are_refused(server_home: Path) -> None:
    with ServerProcess(server := S3Server(server_home / "s3", free_port())):
        with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
            _client(server.endpoint(), secret_key="wrong").list_buckets()
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{server.endpoint().url}/files")


def test_the_keys_are_closed_to_other_accounts(server_home: Path) -> None:
    with ServerProcess(server := S3Server(server_home / "s3", free_port())) as process:
        for name in ("access-key", "secret-key", "nanio.toml", "server.log"):
            assert (server.directory / name).stat().st_mode & 0o777 == 0o600
        assert server.endpoint().secret_key not in process.log_file.read_text()
