"""The web as it runs: its own process, real PostgreSQL and NATS, other services answering over the bus."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from web_calling import CallBook
from web_house import CHEAP, PASSWORD, form_token, sign_in
from web_plant import Plants, demo
from web_policies import PolicyShelf

from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.outcomes import record_outcome
from haveri_contracts.catalogue import all_messages
from haveri_contracts.escalation.events import EscalationUnacked
from haveri_contracts.message import Command, Event, Query
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import EntryType, Refusal, Role
from haveri_contracts.streams import DIRECTORY_COMMANDS, ESCALATION_COMMANDS, INCIDENT_COMMANDS
from haveri_contracts.timeline.events import EntriesRecorded
from haveri_devservers.testing.waiting import eventually
from haveri_web.adapters.passwords import Hasher
from haveri_web.domain.access import Scope
from haveri_web.security.accounts import set_password
from haveri_web.security.tokens import create_token

_STAND_IN_TABLES = """
CREATE SCHEMA IF NOT EXISTS stand_in;
CREATE TABLE IF NOT EXISTS stand_in.command_outcomes (
    organization_id text, command_id uuid, outcome jsonb NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, command_id)
);
"""


class OtherServices:
    """The incident, directory, timeline and escalation services over the bus, played by a plant in memory."""

    def __init__(self, schema: Any) -> None:
        self.plants = Plants()
        self.plants.now = SystemClock().now()
        self._schema = schema
        self._database = Database(schema.admin_url, schema="stand_in")
        self._bus = Bus(schema.nats_url, service="stand-ins", clock=SystemClock(), ids=SystemIds())

    async def start(self) -> None:
        """Answer and obey."""
        administrator = await asyncpg.connect(self._schema.admin_url)
        await administrator.execute(_STAND_IN_TABLES)
        await administrator.close()
        await self._database.open()
        for message in all_messages():
            if issubclass(message, Query):
                self._bus.on_query(message, self._answer)
        for consumer in (INCIDENT_COMMANDS, DIRECTORY_COMMANDS, ESCALATION_COMMANDS):
            orders = [it for it in all_messages() if issubclass(it, Command) and it.owner == consumer.service]
            self._bus.on_command(consumer, self._database, dict.fromkeys(orders, self._obey))
        await self._bus.start()
        await self._bus.wait_ready()

    async def stop(self) -> None:
        """Go away."""
        await self._bus.stop()
        await self._database.close()

    async def tell(self, organization: str, incident_id: UUID) -> None:
        """Say on the bus that an incident's timeline grew."""
        event = EntriesRecorded(incident_id=incident_id, first_seq=1, last_seq=1, types=[EntryType.MESSAGE])
        await self.publish(organization, event)

    async def publish(self, organization: str, event: Event) -> None:
        """Say something on the bus as its owner would."""
        sender = Sender(event.owner, SystemClock(), SystemIds())
        envelope = sender.event(event, organization=organization, actor=f"system:{event.owner}", cause=None)
        await self._bus.publish_durable(event.subject(organization), envelope.encode(), str(envelope.id))

    async def _answer(self, query: Any, envelope: Any) -> Any:
        tenant = self.plants.tenants[envelope.organization]
        return self.plants._answer(query, tenant)

    async def _obey(self, received: Any) -> dict[str, Any] | None:
        id, message = received.envelope.id, received.message
        outcome = await self.plants.send(
            message, organization=received.organization, actor=received.actor, command_id=id
        )
        if outcome is None or outcome.problem is not None:
            raise _Refused(outcome)
        async with self._database.transaction(received.organization) as connection:
            await record_outcome(connection, received.organization, outcome)
        return outcome.result


class _Refused(Refusal):
    def __init__(self, outcome: Outcome | None) -> None:
        problem = outcome.problem if outcome else None
        super().__init__(problem.detail if problem else "")
        self.type = problem.type if problem else "not-possible-now"


@pytest.fixture
async def others(web_schema: Any) -> AsyncIterator[OtherServices]:
    """The other services, answering."""
    made = OtherServices(web_schema)
    await made.start()
    yield made
    await made.stop()


class Running:
    """The web in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.process, self.address = process, address


@pytest.fixture
async def running(web_schema: Any, others: OtherServices) -> AsyncIterator[Running]:
    """The web, started as `haveri up` does, on a port that the system chose."""
    environment = {
        **os.environ,
        "HAVERI_DATABASE_URL": web_schema.database_url("web"),
        "HAVERI_NATS_URL": web_schema.nats_url,
        "HAVERI_HTTP_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "haveri_web.main", env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    while b'"listening"' not in (line := await process.stdout.readline()):
        assert line, "the web ended before it listened"
    port = int(line.split(b'"port":')[1].split(b",")[0].strip(b" }\n"))
    drain = asyncio.create_task(process.stdout.read())
    made = Running(process, f"http://127.0.0.1:{port}")
    async with httpx2.AsyncClient(base_url=made.address) as client:
        await eventually(lambda: _is_ready(client))
    yield made
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        await process.wait()
    await drain


async def _is_ready(client: httpx2.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


@pytest.fixture
async def slug(others: OtherServices, fresh_organization: Callable[[], str]) -> str:
    """An organisation with a plant."""
    name = fresh_organization()
    demo(others.plants, name, SystemIds().new)
    return name


async def _token(web_schema: Any, others: OtherServices, slug: str) -> dict[str, str]:
    database = web_schema.database("web")
    await database.open()
    member = others.plants.tenants[slug].member("Aino Korhonen")
    await set_password(database, slug, member.id, member.email, PASSWORD, hasher=Hasher(CHEAP))
    clock = SystemClock()
    token, _ = await create_token(
        database, slug, member.id, "test", list(Scope), clock.now().replace(year=clock.now().year + 1, day=1)
    )
    await database.close()
    return {"Authorization": f"Bearer {token}"}


async def test_an_incident_is_declared_read_and_seen_live(
    running: Running, others: OtherServices, web_schema: Any, slug: str
) -> None:
    headers = await _token(web_schema, others, slug)
    facility = str(next(iter(others.plants.tenants[slug].things["facility"])))
    async with httpx2.AsyncClient(base_url=running.address, timeout=20) as client:
        body = {"title": "Filler 2 jammed", "severity": "SEV1", "facility_id": facility}
        made = (await client.post("/api/v1/incidents", json=body, headers=headers)).json()
        assert made["number"] == "INC-1"
        assert (await client.get("/api/v1/incidents/INC-1", headers=headers)).json()["title"] == "Filler 2 jammed"
        email = others.plants.tenants[slug].member("Aino Korhonen").email
        assert (await sign_in(client, email, PASSWORD)).status_code == 303
        async with client.stream("GET", f"/live?incident={made['id']}", headers={"Last-Event-ID": "77"}) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["x-accel-buffering"] == "no" and "no-transform" in stream.headers["cache-control"]
            lines = stream.aiter_lines()
            await _until(lines, "event: hello")
            await others.tell(slug, SystemIds().new())
            await others.tell(slug, UUID(made["id"]))
            await _until(lines, "event: change")
            assert (await anext(lines)) == f'data: {{"incidents":["{made["id"]}"]}}'


async def test_a_policy_is_put_and_tried_over_the_bus_and_known_to_its_organisation_only(
    running: Running, others: OtherServices, web_schema: Any, slug: str, fresh_organization: Callable[[], str]
) -> None:
    headers, tenant = await _token(web_schema, others, slug), others.plants.tenants[slug]
    shelf, stranger = PolicyShelf(tenant), fresh_organization()
    PolicyShelf(demo(others.plants, stranger, SystemIds().new))
    strangers = await _token(web_schema, others, stranger)
    facility, team = str(next(iter(tenant.things["facility"]))), str(next(iter(tenant.things["team"])))
    body = {
        "name": "Line down",
        "facility_id": facility,
        "conditions": {"severity": ["SEV1"], "time_of_day": [{"from": "22:00", "to": "06:00"}]},
        "steps": [{"notify": {"team_ids": [team]}, "after_minutes": 7.5}],
    }
    async with httpx2.AsyncClient(base_url=running.address, timeout=20) as client:
        made = await client.post("/api/v1/escalation-policies", json=body, headers=headers)
        assert made.status_code == 201, made.text
        assert (await client.get("/api/v1/escalation-policies", headers=headers)).json()["items"] == [made.json()]
        assert (await client.get("/api/v1/escalation-policies", headers=strangers)).json()["items"] == []
        question = {"severity": "SEV1", "facility_id": facility, "at": "2026-11-28T03:10:00+02:00"}
        answer = await client.post("/api/v1/escalation-policies/simulate", json=question, headers=headers)
        assert answer.json()["calls"][0]["at"] == "2026-11-28T01:17:30Z"
        path = f"/api/v1/escalation-policies/{made.json()['id']}"
        answer = await client.patch(path, json={"steps": []}, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (422, "policy-without-steps")
        assert (await client.delete(path, headers=headers)).status_code == 204
    assert shelf.present() == []


async def test_a_call_is_answered_by_its_link_and_live_pages_hear_of_the_escalation(
    running: Running, others: OtherServices, web_schema: Any, slug: str
) -> None:
    headers, tenant = await _token(web_schema, others, slug), others.plants.tenants[slug]
    calls, facility = CallBook(tenant), str(next(iter(tenant.things["facility"])))
    async with httpx2.AsyncClient(base_url=running.address, timeout=20) as client:
        body = {"title": "Filler 2 jammed", "severity": "SEV1", "facility_id": facility}
        made = (await client.post("/api/v1/incidents", json=body, headers=headers)).json()
        assert (await sign_in(client, tenant.member("Aino Korhonen").email, PASSWORD)).status_code == 303
        async with client.stream("GET", "/live") as stream:
            lines = stream.aiter_lines()
            await _until(lines, "event: hello")
            unacked = EscalationUnacked(
                incident_id=UUID(made["id"]), run_id=SystemIds().new(), round=1, step=1, minutes=15
            )
            await others.publish(slug, unacked)
            await _until(lines, "event: change")
        path = f"/answer/{calls.link(slug, made, 'Sanna Virtanen')}"
        page = await client.get(path)
        answer = await client.post(path, data={"form_token": form_token(page.text)})
        assert 'data-standing="yours"' in answer.text
        state = (await client.get("/api/v1/incidents/INC-1", headers=headers)).json()
        assert state["acknowledged_by"] == str(tenant.member("Sanna Virtanen").id)


async def test_live_views_end_within_a_second_when_the_web_is_stopped(
    running: Running, others: OtherServices, web_schema: Any, slug: str
) -> None:
    await _token(web_schema, others, slug)
    email = others.plants.tenants[slug].member("Aino Korhonen").email
    async with httpx2.AsyncClient(base_url=running.address, timeout=20) as client:
        assert (await sign_in(client, email, PASSWORD)).status_code == 303
        async with client.stream("GET", "/live") as stream:
            lines = stream.aiter_lines()
            await _until(lines, "event: hello")
            begun = time.monotonic()
            running.process.send_signal(signal.SIGTERM)
            assert [line async for line in lines if line] == ["data: {}"]
            assert time.monotonic() - begun < 1.0
    assert await asyncio.wait_for(running.process.wait(), 10) == 0


async def test_a_change_of_role_is_felt_at_the_next_request(
    running: Running, others: OtherServices, web_schema: Any, slug: str
) -> None:
    headers = await _token(web_schema, others, slug)
    async with httpx2.AsyncClient(base_url=running.address, timeout=20) as client:
        assert (await client.get("/api/v1/tokens", headers=headers)).status_code == 200
        aino = others.plants.tenants[slug].member("Aino Korhonen")
        demoted = aino.model_copy(update={"role": Role.VIEWER})
        others.plants.tenants[slug].things["member"][aino.id] = demoted
        from haveri_contracts.directory.events import MemberPut

        sender = Sender("directory", SystemClock(), SystemIds())
        event = MemberPut.model_validate({"member": demoted.model_dump(mode="json")})
        envelope = sender.event(event, organization=slug, actor="system:directory", cause=None)
        await others._bus.publish_durable(event.subject(slug), envelope.encode(), str(envelope.id))

        async def refused() -> bool:
            return (await client.get("/api/v1/tokens", headers=headers)).status_code == 403

        await eventually(refused)


async def _until(lines: Any, wanted: str) -> None:
    async with asyncio.timeout(10):
        while await anext(lines) != wanted:
            pass
