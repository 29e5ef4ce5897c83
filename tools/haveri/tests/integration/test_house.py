"""What a running house promises."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from uuid import uuid4

import httpx2
import pytest

from haveri_teams_tenant.client import TenantClient, UserSeed
from haveri_tool.services import SERVICES
from haveri_tool.testing import RunningHouse, haveri_program, until

NAMES = tuple(service.name for service in SERVICES)
KARI = "kari.kulkija@haveri.example"
SERVERS = ("postgres", "nats", "s3", "teams_tenant")


def test_the_file_says_where_everything_is_and_only_its_owner_may_read_it(house: RunningHouse) -> None:
    found = house.endpoints
    for name in ("web", "teams_gateway", "teams_tenant", "s3"):
        assert found[name].startswith("http://127.0.0.1:")
    assert found["nats"].startswith("nats://")
    assert found["mqtt"].startswith("mqtt://")
    assert found["postgres"].startswith("postgresql://")
    assert found["organization"] == "demo"
    assert set(found["services"]) == set(NAMES)
    assert set(found["servers"]) == set(SERVERS)
    assert stat.S_IMODE((house.root / "endpoints.json").stat().st_mode) == 0o600


def test_every_service_is_ready_and_has_metrics(house: RunningHouse) -> None:
    for about in house.endpoints["services"].values():
        assert httpx2.get(about["health"]).status_code == 200
        assert "haveri_" in httpx2.get(about["metrics"]).text


async def test_the_api_token_is_an_administrators_of_the_demo_organisation(house: RunningHouse) -> None:
    async with house.api() as api:
        members = (await api.get("/members", params={"limit": 200})).json()["items"]
    roles = {member["email"]: member["role"] for member in members}
    assert roles[house.endpoints["administrator"]["email"]] == "administrator"
    assert len(members) > 15


async def test_the_demo_plants_have_policies_for_every_severity(house: RunningHouse) -> None:
    async with house.api() as api:
        policies = (await api.get("/escalation-policies", params={"limit": 200})).json()["items"]
    assert sorted(policy["conditions"]["severity"] for policy in policies) == [
        [severity] for severity in ("SEV1", "SEV1", "SEV2", "SEV2", "SEV3", "SEV3")
    ]
    assert {policy["name"] for policy in policies if policy["is_default"]} == {"Degraded"}


async def test_who_has_no_chat_is_called_by_mail_which_lies_in_the_local_tenant(house: RunningHouse) -> None:
    async with house.api() as api, TenantClient(house.endpoints["teams_tenant"]) as client:
        (tenant_id,) = await client.tenants()
        tenant = client.tenant(tenant_id)
        await tenant.seed((await client.tenants())[tenant_id], [UserSeed(str(uuid4()), "Kari Kulkija", KARI)])
        member = await api.post("/members", json={"name": "Kari Kulkija", "email": KARI, "role": "responder"})
        facility = (await api.get("/facilities")).json()["items"][0]
        body = {"title": "Filler 2 jammed", "severity": "SEV3", "facility_id": facility["id"]}
        number = (await api.post("/incidents", json=body)).json()["number"]
        await api.post(f"/incidents/{number}/escalate", json={"member_ids": [member.json()["id"]]})
        mail = await tenant.wait_for_mail(KARI, lambda mail: number in mail.subject, timeout=30)
    assert mail.subject == f"[SEV3] {number} Filler 2 jammed"
    (link,) = mail.links()
    assert link.startswith(f"{house.endpoints['web']}/answer/demo.")


async def test_the_bot_is_installed_in_the_local_tenant(house: RunningHouse) -> None:
    async with TenantClient(house.endpoints["teams_tenant"]) as client:
        (tenant_id,) = await client.tenants()
        assert {"General", "Incidents"} <= {channel.name for channel in await client.tenant(tenant_id).channels()}


@pytest.mark.parametrize("name", [*NAMES, *SERVERS])
def test_whatever_is_killed_is_back_within_seconds_under_a_new_process(house: RunningHouse, name: str) -> None:
    old = house.kill(name)
    house.until_back(name, old, seconds=15)
    until(lambda: _all_ready(house), 20, "not every service was ready again")


def _all_ready(house: RunningHouse) -> bool:
    return all(httpx2.get(about["health"]).status_code == 200 for about in house.endpoints["services"].values())


def test_a_second_supervisor_of_the_same_house_is_refused_in_one_sentence(house: RunningHouse) -> None:
    second = subprocess.run(
        [haveri_program(), "up", "--free-ports"],
        env={**os.environ, "HAVERI_HOME": str(house.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"is running already as process {house.process.pid}" in second.stdout
    assert (house.root / "endpoints.json").exists()


def test_provisioning_again_changes_nothing(house: RunningHouse) -> None:
    assert house.haveri("provision").stdout == "Everything is up to date.\n"


def test_status_shows_every_process(house: RunningHouse) -> None:
    shown = house.haveri("status").stdout
    for name, pid in house.pids().items():
        assert any(line.split()[:2] == [name, str(pid)] for line in shown.splitlines())


def test_status_says_whether_the_engine_breathes(house: RunningHouse) -> None:
    def breathing() -> bool:
        lines = house.haveri("status", check=False).stdout.splitlines()
        return any(line.split()[0] == "escalation" and "breathing" in line for line in lines if line.strip())

    until(breathing, 30, "the engine did not breathe")


def test_logs_are_readable_lines_of_one_service(house: RunningHouse) -> None:
    shown = house.haveri("logs", "incident", "-n", "500").stdout
    assert "the bus is connected" in shown


def test_no_secret_stands_in_a_command_line_or_a_log(house: RunningHouse) -> None:
    secrets = [file.read_text().strip() for file in (house.root / "secrets").iterdir() if file.name != "teams-app-id"]
    said = [file.read_text(errors="replace") for file in house.root.rglob("*.log")]
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    for secret in secrets:
        assert secret not in lines
        # The administrator's is shown to whoever started the house.
        assert not [text for text in said if secret in text and "Ctrl-C stops" not in text]


def test_a_command_without_a_house_says_how_to_get_one(tmp_path) -> None:
    done = subprocess.run(
        [haveri_program(), "verify"],
        env={**os.environ, "HAVERI_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"No house runs in {tmp_path}.")
    assert len(done.stderr.splitlines()) == 1


def test_the_demonstration_plays_a_whole_incident(house: RunningHouse) -> None:
    begun = time.monotonic()
    shown = house.haveri("demo").stdout
    assert "is closed" in shown
    assert "inc-" in shown
    assert time.monotonic() - begun < 60
    assert "every chain holds" in house.haveri("verify").stdout
