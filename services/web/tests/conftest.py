"""The web on a real PostgreSQL, with a plant in memory for the other services; see `web_plant.py`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from web_house import Door, WebHouse


@pytest.fixture(scope="session")
async def web_schema(postgres_server: Any, nats_server: Any) -> AsyncIterator[Any]:
    """A database with the web's schema, and a provisioned bus, for the whole session."""
    from haveri_chassis.migrations import ServiceSchema
    from haveri_devservers.testing.house import House

    house = await House.start(postgres_server, nats_server, schemas=[ServiceSchema("web", "web", "haveri_web")])
    yield house
    await house.stop()


@pytest.fixture
async def house(web_schema: Any, fresh_organization: Callable[[], str]) -> AsyncIterator[WebHouse]:
    """The web with two organisations of its own, a clock that tests move, and no bus."""
    from web_house import WebHouse

    made = await WebHouse.start(web_schema, fresh_organization)
    yield made
    await made.stop()


@pytest.fixture
async def door(house: WebHouse) -> Door:
    """A way in with an administrator's token."""
    return await house.door("Aino Korhonen")


@pytest.fixture
async def address(house: WebHouse) -> AsyncIterator[str]:
    """The web on a port of its own, for browsers."""
    from web_browser import serving

    async with serving(house) as address:
        yield address
