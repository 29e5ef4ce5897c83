"""The fixtures that every workspace member leans on."""

from __future__ import annotations

import urllib.request

import asyncpg
import nats
import pytest
from minio import Minio
from playwright.async_api import Page

from haveri_devservers import NatsEndpoint, S3Endpoint
from haveri_devservers.testing.postgres import PostgresForTests


async def test_a_database_of_its_own_can_be_copied_and_dropped(postgres_server: PostgresForTests) -> None:
    original = postgres_server.create_database("fixture_original")
    postgres_server.execute("CREATE TABLE kept AS SELECT 42 AS answer", database="fixture_original")
    copy = postgres_server.create_database("fixture_copy", template="fixture_original")
    assert original != copy
    connection = await asyncpg.connect(copy)
    assert await connection.fetchval("SELECT answer FROM kept") == 42
    for name in ("fixture_copy", "fixture_original"):
        postgres_server.drop_database(name)
    await connection.close()
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(copy)


def test_a_database_name_that_needs_quoting_is_refused(postgres_server: PostgresForTests) -> None:
    with pytest.raises(ValueError, match="is no name for a database"):
        postgres_server.create_database("x; DROP DATABASE postgres")


async def test_nats_has_streams(nats_server: NatsEndpoint) -> None:
    client = await nats.connect(nats_server.url)
    assert (await client.jetstream().account_info()).limits
    await client.close()


def test_nats_tells_that_it_is_healthy(nats_server: NatsEndpoint) -> None:
    with urllib.request.urlopen(f"{nats_server.monitoring_url}/healthz") as page:
        assert page.status == 200


def test_s3_takes_buckets(s3_server: S3Endpoint) -> None:
    client = Minio(s3_server.address, access_key=s3_server.access_key, secret_key=s3_server.secret_key, secure=False)
    client.make_bucket("fixture-bucket")
    assert client.bucket_exists("fixture-bucket")


@pytest.mark.browser
async def test_a_page_runs_scripts_and_shows_the_result(browser_page: Page) -> None:
    await browser_page.set_content("<h1>old</h1><script>document.querySelector('h1').textContent = 'new'</script>")
    assert await browser_page.text_content("h1") == "new"
