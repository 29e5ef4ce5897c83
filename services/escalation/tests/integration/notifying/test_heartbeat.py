"""The dead-man's switch: it fails whichever part of the engine stands still, and says so to whoever polls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from notifying_support import Placed

from haveri_chassis.bus import Bus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.periodic import Periodic
from haveri_chassis.timers import TimerWorker
from haveri_contracts.escalation.events import EngineBeat
from haveri_contracts.escalation.models import Heartbeat
from haveri_contracts.escalation.queries import GetHeartbeat
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.house import House
from haveri_devservers.testing.waiting import eventually
from haveri_escalation.adapters.heartbeats import HOUSE, Heartbeats
from haveri_escalation.adapters.step_rows import StepRows
from haveri_escalation.domain.heartbeat import HEARTBEAT_EVERY
from haveri_escalation.entrypoints.heartbeat import Pulse, attach_heartbeat
from haveri_escalation.entrypoints.timers import attach_timers

# A house remembers its latest heartbeat: each test begins a day after the one before.
_DAYS = count()


@dataclass
class Engine:
    """Everything that a heartbeat goes through, with a clock that is moved."""

    clock: ManualClock
    database: Database
    parts: dict[str, Any]
    heartbeats: Heartbeats
    http: httpx2.AsyncClient
    query_client: QueryClient

    async def answer(self) -> tuple[int, Heartbeat]:
        """What a monitoring system gets."""
        answer = await self.http.get("/heartbeat")
        return answer.status_code, Heartbeat.model_validate_json(answer.content)

    async def alive(self) -> bool:
        """Whether it says that it lives."""
        return (await self.answer())[0] == 200

    async def resting_place(self) -> str:
        """How far the last heartbeat has come on its way."""
        async with self.database.across_organizations() as connection:
            if await connection.fetchval("SELECT count(*) FROM due_timers WHERE organization_id = $1", HOUSE):
                return "timers"
            outbox = await connection.fetchval("SELECT count(*) FROM outbox WHERE organization_id = $1", HOUSE)
        return "outbox" if outbox else "stream"


@pytest.fixture
async def engine(house: House, database: Database) -> AsyncIterator[Engine]:
    clock = ManualClock(datetime(2026, 11, 23, 3, 14, tzinfo=UTC) + timedelta(days=next(_DAYS)))
    sender = Sender("escalation", clock, SystemIds())
    publishing, reading, web = (_bus(house) for _ in range(3))
    heartbeats, rows, http = Heartbeats(database, sender, clock), StepRows(database, sender), health_app("escalation")
    pulse = Pulse(heartbeats, rows, clock)
    attach_timers(reading, {EngineBeat: pulse.on_heartbeat})
    attach_heartbeat(web, http, pulse)
    query_client = QueryClient(web)
    parts = {
        "bus": publishing,
        "consumer": reading,
        "relay": OutboxRelay(database, publishing),
        "timers": TimerWorker(database, clock),
        "web": web,
    }
    for part in parts.values():
        await part.start()
    await asyncio.gather(*(bus.wait_ready() for bus in (publishing, reading, web)))
    async with _client(http) as client:
        yield Engine(clock, database, parts, heartbeats, client, query_client)
    for part in reversed(parts.values()):
        await part.stop()


def _bus(house: House) -> Bus:
    return Bus(house.nats_url, service="escalation", clock=SystemClock(), ids=SystemIds())


def _client(http: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=http), base_url="http://escalation")


async def test_an_engine_that_beats_by_itself_stays_alive(engine: Engine) -> None:
    beating = Periodic("heartbeat", HEARTBEAT_EVERY, engine.heartbeats.send, engine.clock)
    await beating.start()
    for _ in range(3):
        await eventually(engine.alive)
        await eventually(lambda: engine.clock.sleeping)
        engine.clock.advance(timedelta(seconds=61))
    await eventually(engine.alive)
    await beating.stop()


async def test_a_heart_that_stops_is_noticed_after_a_minute(engine: Engine) -> None:
    beaten_at = engine.clock.now()
    await engine.heartbeats.send()
    await eventually(engine.alive)
    engine.clock.advance(timedelta(seconds=60))
    assert await engine.alive()
    engine.clock.advance(timedelta(seconds=1))
    status, said = await engine.answer()
    assert (status, said.alive, said.last_beat_at) == (503, False, beaten_at)
    assert said.reason == "the last beat came through 61 s ago"


@pytest.mark.parametrize(
    ("part", "stuck_in"), [("timers", "timers"), ("relay", "outbox"), ("bus", "outbox"), ("consumer", "stream")]
)
async def test_whichever_part_stands_still_the_switch_fails(engine: Engine, part: str, stuck_in: str) -> None:
    await engine.heartbeats.send()
    await eventually(engine.alive)
    await engine.parts[part].stop()
    engine.clock.advance(timedelta(seconds=61))
    await engine.heartbeats.send()

    async def stuck() -> bool:
        return await engine.resting_place() == stuck_in

    await eventually(stuck)
    status, said = await engine.answer()
    assert (status, said.reason) == (503, "the last beat came through 61 s ago")


async def test_it_lives_again_as_soon_as_the_part_works_again(engine: Engine) -> None:
    await engine.parts["relay"].stop()
    engine.clock.advance(timedelta(seconds=61))
    await engine.heartbeats.send()
    assert not await engine.alive()
    engine.parts["relay"] = OutboxRelay(engine.database, engine.parts["bus"])
    await engine.parts["relay"].start()
    await eventually(engine.alive)


async def test_an_engine_that_beats_but_leaves_a_step_undone_fails_too(engine: Engine, placed: Placed) -> None:
    await placed.step(1, engine.clock.now())
    engine.clock.advance(timedelta(seconds=61))
    await engine.heartbeats.send()

    async def beaten() -> bool:
        return (await engine.heartbeats.last()) == engine.clock.now()

    await eventually(beaten)
    status, said = await engine.answer()
    assert (status, said.overdue_steps, said.reason) == (503, 1, "1 step is overdue")
    async with engine.database.transaction(placed.organization) as connection:
        await connection.execute("UPDATE run_steps SET outcome = 'fired'")
    assert await engine.alive()


async def test_without_its_database_nobody_can_tell_so_the_switch_fails(engine: Engine, house: House) -> None:
    closed = house.database("escalation")
    sender = Sender("escalation", engine.clock, SystemIds())
    http = health_app("escalation")
    pulse = Pulse(Heartbeats(closed, sender, engine.clock), StepRows(closed, sender), engine.clock)
    attach_heartbeat(_bus(house), http, pulse)
    async with _client(http) as client:
        answer = await client.get("/heartbeat")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "the database does not answer"


async def test_only_the_houses_own_beats_count(engine: Engine) -> None:
    beat = EngineBeat(beaten_at=engine.clock.now() + timedelta(hours=1))
    sender = Sender("escalation", engine.clock, SystemIds())
    envelope = sender.event(beat, organization="borealis", actor="system:escalation", cause=None)
    await engine.parts["bus"].publish_durable(beat.subject("borealis"), envelope.encode(), str(uuid4()))
    await engine.heartbeats.send()
    await eventually(engine.alive)
    assert await engine.heartbeats.last() == engine.clock.now()


async def test_the_web_is_told_the_same_over_the_bus(engine: Engine) -> None:
    await engine.heartbeats.send()
    await eventually(engine.alive)
    found: Heartbeat = await engine.query_client.ask(GetHeartbeat(), organization="demo", actor="system:web")
    assert (found.alive, found.last_beat_at) == (True, engine.clock.now())
