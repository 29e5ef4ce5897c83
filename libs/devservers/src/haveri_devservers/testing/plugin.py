"""The pytest plugin of the chassis: servers, organisations and a browser as fixtures.

pytest loads it in every run, so it imports nothing heavy by itself; whatever a run does not use is not started.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from haveri_devservers.endpoints import NatsEndpoint, S3Endpoint
    from haveri_devservers.testing.postgres import PostgresForTests
    from haveri_devservers.testing.sources import ServerSource


@pytest.fixture(scope="session")
def server_source() -> ServerSource:
    """Where this session's servers come from: wheels, or containers with HAVERI_TEST_CONTAINERS=1."""
    from haveri_devservers.testing.sources import choose_source  # noqa: PLC0415

    return choose_source(os.environ)


@pytest.fixture(scope="session")
def postgres_server(server_source: ServerSource) -> Iterator[PostgresForTests]:
    """One PostgreSQL with pgvector for the whole session; organisations keep tests apart."""
    with server_source.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def nats_server(server_source: ServerSource) -> Iterator[NatsEndpoint]:
    """One NATS with JetStream and MQTT for the whole session."""
    with server_source.nats() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server(server_source: ServerSource) -> Iterator[S3Endpoint]:
    """One S3 server for the whole session."""
    with server_source.s3() as server:
        yield server


@pytest.fixture
def server_home() -> Iterator[Path]:
    """A temporary folder that a server's account can enter, for tests that start and kill servers of their own."""
    from haveri_devservers.testing import embedded_source  # noqa: PLC0415

    with embedded_source.server_home() as home:
        yield home


@pytest.fixture
def fresh_organization(request: pytest.FixtureRequest) -> Callable[[], str]:
    """A function that gives the slug of an organisation that nobody used before, named after the test."""
    from haveri_devservers.testing.organizations import unique_slug  # noqa: PLC0415

    return lambda: unique_slug(request.node.name)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One headless Chromium for the whole session; `await chromium.new_context()` is one more person's browser."""
    from haveri_devservers.testing.chromium import running_chromium  # noqa: PLC0415

    async with running_chromium() as browser:
        yield browser


@pytest.fixture
async def browser_page(chromium: Browser) -> AsyncIterator[Page]:
    """An empty page in a browser context of its own: no cookies of other tests."""
    context = await chromium.new_context()
    try:
        yield await context.new_page()
    finally:
        await context.close()
