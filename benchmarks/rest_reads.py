"""Reading through the REST API of a running house: a long timeline and the list of open incidents.

The organisation has 1,000 open incidents and one of them 1,000 entries, all of which came in through the API and the
bus. It has no chat, so nobody else is at work while one keep-alive client reads, one request after the other.
"""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

import httpx2

from benchmarks.houses import house
from benchmarks.messages import publish_messages
from benchmarks.report import Report, measured, median, percentile
from haveri_directory.demo import BOREALIS, plant_document, teams_tenant
from haveri_tool.testing import RunningHouse

INCIDENTS = 1000
ENTRIES = 1000
CALLS = 100
AT_ONCE = 16
OPEN = "DECLARED,INVESTIGATING,MITIGATED"


def organization(running: RunningHouse) -> str:
    """Set up the organisation and give an API token of its administrator."""
    seed = teams_tenant(BOREALIS)
    owner = next(user for user in seed.users if user.email == seed.teams[0].members[0])
    document = running.root / "plant.yaml"
    document.write_text(plant_document(BOREALIS), encoding="utf-8")
    person = ("--admin-name", owner.name, "--admin-email", owner.email)
    running.haveri("org", "create", BOREALIS, "--name", seed.name, "--locale", "fi", *person)
    running.haveri("org", "import", BOREALIS, str(document))
    return running.haveri("token", "create", BOREALIS, owner.email, "--name", "bench", "--quiet").stdout.strip()


async def declare(api: httpx2.AsyncClient) -> list[UUID]:
    """Declare the incidents, several at once."""
    facility = (await read(api, "/facilities")).json()["items"][0]["id"]
    await call_nobody_today(api, facility)
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(n: int) -> UUID:
        async with turn:
            body = {"title": f"Filler {n} jammed, line 1 down", "severity": "SEV2", "facility_id": facility}
            answer = await api.post("/incidents", json=body)
        answer.raise_for_status()
        return UUID(answer.json()["id"])

    return await asyncio.gather(*(one(n) for n in range(INCIDENTS)))


async def call_nobody_today(api: httpx2.AsyncClient, facility: str) -> None:
    """A policy that waits: a thousand calls would go out while reading is measured."""
    people = (await read(api, "/members", limit=200)).json()["items"]
    owner = next(member["id"] for member in people if member["role"] == "administrator")
    policy = {
        "name": "Tomorrow",
        "facility_id": facility,
        "conditions": {"severity": ["SEV2"]},
        "steps": [{"notify": {"member_ids": [owner]}, "after_minutes": 1440}],
    }
    (await api.post("/escalation-policies", json=policy)).raise_for_status()


async def read(api: httpx2.AsyncClient, path: str, **query: str | int) -> httpx2.Response:
    """One answer; raises for anything but success."""
    answer = await api.get(path, params=query)
    answer.raise_for_status()
    return answer


async def fill_timeline(running: RunningHouse, api: httpx2.AsyncClient, incident: UUID) -> None:
    """Let messages come in until the timeline has its entries."""
    there = len((await read(api, f"/incidents/{incident}/timeline", limit=1000)).json()["items"])
    await publish_messages(running.endpoints["nats"], BOREALIS, [incident], ENTRIES - there)
    async with asyncio.timeout(30):
        while there < ENTRIES:
            await asyncio.sleep(0.2)
            there = len((await read(api, f"/incidents/{incident}/timeline", limit=1000)).json()["items"])


async def times(api: httpx2.AsyncClient, items: int, path: str, **query: str | int) -> list[float]:
    """Milliseconds of each of the calls, from asking to the whole body."""
    found: list[float] = []
    for n in range(CALLS + 5):
        begun = time.perf_counter()
        answer = await read(api, path, **query)
        if n >= 5:  # the first few open connections and fill caches
            found.append((time.perf_counter() - begun) * 1000)
    if len(answer.json()["items"]) != items:
        raise RuntimeError(f"{path} does not give the {items} items that were to be measured")
    return found


async def measure(running: RunningHouse) -> Report:
    """Fill, then read."""
    report = Report("rest_reads", f"REST reads through web, bus and owner, one client, p50 of {CALLS} calls")
    async with running.api(organization(running)) as api:
        begun = time.perf_counter()
        incidents = await declare(api)
        report.details["incidents declared through the API a second"] = round(INCIDENTS / (time.perf_counter() - begun))
        await fill_timeline(running, api, incidents[0])
        timeline = await times(api, ENTRIES, f"/incidents/{incidents[0]}/timeline", limit=ENTRIES)
        listed = await times(api, 50, "/incidents", status=OPEN, limit=50)
    report.at_most(f"a timeline of {ENTRIES} entries", median(timeline), 20, "ms")
    report.at_most(f"open incidents, 50 of {INCIDENTS}", median(listed), 11, "ms")
    report.details["timeline p99, ms"] = round(percentile(timeline, 0.99), 1)
    report.details["list p99, ms"] = round(percentile(listed, 0.99), 1)
    return report


def run() -> Report:
    """Measure and give the report."""
    return measured(house, measure)


if __name__ == "__main__":
    run().show(details=True)
