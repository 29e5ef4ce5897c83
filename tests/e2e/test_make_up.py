"""What `make up` promises: where everything is, that it answers, and that it is still there the second time."""

from __future__ import annotations

import os
from pathlib import Path

import httpx2
import pytest
from e2e_plants import Organization, demo_plant, is_incident_number

from haveri_devservers.testing.embedded_source import server_home
from haveri_teams_tenant.client import TenantClient
from haveri_tool.services import SERVICES
from haveri_tool.testing import RunningHouse, running_house

pytestmark = pytest.mark.e2e

SERVERS = {"postgres", "nats", "s3"}


def test_endpoints_say_where_everything_is(house: RunningHouse) -> None:
    found = house.endpoints
    for name in ("web", "teams_gateway", "teams_tenant", "s3"):
        assert found[name].startswith("http://127.0.0.1:"), name
    assert found["nats"].startswith("nats://")
    assert found["mqtt"].startswith("mqtt://")
    assert found["postgres"].startswith("postgresql://")
    assert found["organization"] == "demo"
    assert found["api_token"]
    assert found["administrator"]["email"]
    assert found["administrator"]["password"]
    assert set(found["services"]) == {service.name for service in SERVICES}
    assert set(found["servers"]) >= SERVERS
    for about in [*found["services"].values(), *found["servers"].values()]:
        assert Path(f"/proc/{about['pid']}").exists()
    assert (house.root / "endpoints.json").stat().st_mode & 0o077 == 0, "others can read the administrator's password"


async def test_everything_that_is_named_answers(house: RunningHouse) -> None:
    async with httpx2.AsyncClient(timeout=10, headers={"Accept": "text/html, */*"}) as client:
        for name, about in house.endpoints["services"].items():
            assert (await client.get(about["health"])).status_code == 200, name
            assert "haveri_" in (await client.get(about["metrics"])).text, name
        web = house.endpoints["web"]
        assert "openapi-link" in (await client.get(f"{web}/api/docs")).text
        document = (await client.get(f"{web}/api/openapi.json")).json()
        assert "/api/v1/incidents" in document["paths"]
        assert (await client.get(f"{web}/", follow_redirects=True)).status_code == 200
        assert (await client.get(house.endpoints["teams_tenant"], follow_redirects=True)).status_code == 200


async def test_the_second_time_everything_is_still_there_and_the_file_is_gone_in_between() -> None:
    with server_home() as home:
        root = home / "house"
        with running_house(root) as house:
            pids = house.pids()
            number, channel, token, password = await first_time(house)
        assert not (root / "endpoints.json").exists()
        assert not [pid for pid in pids.values() if _runs(pid)]
        with running_house(root) as house:
            assert house.endpoints["api_token"] == token
            assert house.endpoints["administrator"]["password"] == password
            async with TenantClient(house.endpoints["teams_tenant"]) as tenants, demo_plant(house, tenants) as demo:
                await second_time(demo, number, channel)
            assert house.haveri("verify").returncode == 0


async def first_time(house: RunningHouse) -> tuple[str, str, str, str]:
    async with TenantClient(house.endpoints["teams_tenant"]) as tenants, demo_plant(house, tenants) as demo:
        declared = await demo.declare("Daniel Okafor", "Steam boiler 1 trips sev2")
        await demo.person("Daniel Okafor").say(declared.channel, "flame detector is dirty")
        await demo.wait_for_entry(declared.number, lambda entry: entry["type"] == "message")
        found = house.endpoints
        return declared.number, declared.channel.id, found["api_token"], found["administrator"]["password"]


async def second_time(demo: Organization, number: str, channel: str) -> None:
    texts = [entry["payload"].get("text") for entry in await demo.timeline(number)]
    assert "flame detector is dirty" in texts
    shown = [place for place in await demo.tenant.channels() if is_incident_number(number)(place)]
    assert [place.id for place in shown] == [channel]
    declared = await demo.cards_of(shown[0])
    await demo.person("Daniel Okafor").command(shown[0], "/status mitigated")
    for card in (declared.card, declared.global_card):
        await demo.until_card_says(card.id, "Mitigated")
    again = await demo.declare("Daniel Okafor", "Steam boiler 1 trips again sev2")
    assert again.number == "INC-2"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
