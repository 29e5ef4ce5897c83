"""The real processes, started as people start them, with two organisations in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from haveri_chassis.testing.embedded_source import server_home
from haveri_directory.demo import BOREALIS, DEMO, TenantSeed, plant_document, teams_tenant
from haveri_teams_tenant.client import AppInstall, TeamSeed, TenantClient, UserSeed
from haveri_teams_tenant.client.models import Message, Place
from haveri_teams_tenant.client.person import Actor
from haveri_teams_tenant.client.tenant import TenantHandle
from haveri_tool.testing import RunningHouse, running_house


@dataclass(frozen=True)
class Organization:
    """One organisation as a test meets it: its chat tenant and its door to the API."""

    slug: str
    seed: TenantSeed
    tenant: TenantHandle
    api: httpx2.AsyncClient
    token: str

    def person(self, name: str) -> Actor:
        """Somebody of the plant, in chat."""
        return self.tenant.as_user(name)

    async def get(self, path: str, **query: Any) -> Any:
        """What the API answers; raises for anything but success."""
        answer = await self.api.get(path, params={name: value for name, value in query.items() if value is not None})
        answer.raise_for_status()
        return answer.json()

    async def declare(self, who: str, text: str) -> Declared:
        """Type `/incident …` in General and wait for channel, workflow card and global card."""
        known = {channel.id for channel in await self.tenant.channels()}
        await self.person(who).command("General", f"/incident {text}")
        channel = await self.tenant.wait_for_channel(lambda place: place.id not in known, timeout=20)
        card = await self.tenant.wait_for_message(channel, lambda message: message.card is not None, timeout=20)
        number = f"INC-{channel.name.split('-')[1]}"
        glob = await self.tenant.wait_for_message(
            self.seed.teams[0].global_channel_id,
            lambda message: message.card is not None and number in message.card,
            timeout=20,
        )
        return Declared(number, channel, card, glob)

    async def timeline(self, number: str) -> list[dict[str, Any]]:
        """The whole timeline of an incident."""
        found: list[dict[str, Any]] = (await self.get(f"/incidents/{number}/timeline", limit=1000))["items"]
        return found

    async def wait_for_entry(self, number: str, fits: Any, timeout: float = 15) -> dict[str, Any]:
        """The first entry that fits, as soon as it is on the timeline."""
        async with asyncio.timeout(timeout):
            while True:
                for entry in await self.timeline(number):
                    if fits(entry):
                        return entry
                await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Declared:
    """An incident that was declared in chat."""

    number: str
    channel: Place
    card: Message
    global_card: Message


@pytest.fixture(scope="session")
def house() -> Iterator[RunningHouse]:
    """`haveri up`, from nothing."""
    with server_home() as home, running_house(home / "house", "--fast") as running:
        yield running


@pytest.fixture(scope="session")
async def tenants(house: RunningHouse) -> AsyncIterator[TenantClient]:
    """The local Teams tenants' controls."""
    async with TenantClient(house.endpoints["teams_tenant"]) as client:
        yield client


@pytest.fixture(scope="session")
async def demo(house: RunningHouse, tenants: TenantClient) -> AsyncIterator[Organization]:
    """The demo plant."""
    seed = teams_tenant(DEMO)
    async with house.api() as api:
        yield Organization(DEMO, seed, tenants.tenant(seed.tenant_id), api, house.endpoints["api_token"])


@pytest.fixture(scope="session")
async def borealis(house: RunningHouse, tenants: TenantClient, tmp_path_factory) -> AsyncIterator[Organization]:
    """A second organisation in the same house, set up as an administrator would."""
    seed = teams_tenant(BOREALIS)
    document = tmp_path_factory.mktemp("borealis") / "plant.yaml"
    document.write_text(plant_document(BOREALIS), encoding="utf-8")
    owner = seed.teams[0].members[0]
    name = next(user.name for user in seed.users if user.email == owner)
    house.haveri("org", "create", BOREALIS, "--name", seed.name, "--admin-name", name, "--admin-email", owner)
    house.haveri("org", "import", BOREALIS, str(document))
    token = house.haveri("token", "create", BOREALIS, owner, "--name", "e2e", "--quiet").stdout.strip()
    tenant = await furnish_tenant(house, tenants, seed)
    async with house.api(token) as api:
        settings = {
            "platform": "teams",
            "tenant_id": seed.tenant_id,
            "team_id": seed.teams[0].group_id,
            "global_channel_id": seed.teams[0].global_channel_id,
            "incident_channel": "channel",
        }
        (await api.put("/settings/chat", json=settings)).raise_for_status()
        yield Organization(BOREALIS, seed, tenant, api, token)


async def furnish_tenant(house: RunningHouse, tenants: TenantClient, seed: TenantSeed) -> TenantHandle:
    """Seed a second Microsoft 365 tenant and install the same app there."""
    tenant = tenants.tenant(seed.tenant_id)
    await tenant.seed(
        seed.name,
        [UserSeed(user.aad_object_id, user.name, user.email, user.locale) for user in seed.users],
        [
            TeamSeed(team.group_id, team.name, tuple((c.name, c.id) for c in team.channels), tuple(team.members))
            for team in seed.teams
        ],
    )
    secrets = house.root / "secrets"
    await tenant.install(
        AppInstall(
            app_id=(secrets / "teams-app-id").read_text().strip(),
            name="Haveri",
            secret=(secrets / "teams-app-secret").read_text().strip(),
            messaging_endpoint=f"{house.endpoints['teams_gateway']}/api/messages",
            home_tenant_id=teams_tenant(DEMO).tenant_id,
        )
    )
    return tenant
