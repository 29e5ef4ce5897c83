"""The service's database and a bus, a mail server that speaks SMTP, and calls as the engine would have placed them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from haveri_chassis.database import Database
from haveri_chassis.migrations import ServiceSchema
from haveri_devservers.testing.house import House

# Tests are imported without packages, so that their shared parts have to be made findable.
sys.path.insert(0, str(Path(__file__).parent))

from notifying_support import MailServer, Placed

SCHEMA = ServiceSchema("escalation", "escalation", "haveri_escalation")


@pytest.fixture(scope="session")
async def house(postgres_server, nats_server) -> AsyncIterator[House]:
    """The escalation schema and the bus."""
    made = await House.start(postgres_server, nats_server, schemas=[SCHEMA])
    yield made
    await made.stop()


@pytest.fixture(scope="module")
async def database(house: House) -> AsyncIterator[Database]:
    """The escalation service's own door to PostgreSQL."""
    opened = house.database("escalation")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def mail() -> AsyncIterator[MailServer]:
    """A mail server on a loopback port."""
    server = MailServer()
    listening = await asyncio.get_running_loop().create_server(server.conversation, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()


@pytest.fixture
def placed(house: House, database: Database, mail: MailServer) -> Placed:
    """An organisation of its own for each test, in which calls can be placed."""
    mail.forget()
    return Placed(house.organization(), database)
