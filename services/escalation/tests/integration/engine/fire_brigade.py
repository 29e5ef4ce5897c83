"""Servers and engines of a test's own, that can be killed and come back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import nats
from engine_stage import IDS, MONDAY_NOON
from nats.js.api import ConsumerConfig, DeliverPolicy

from haveri_chassis.clock import SystemClock
from haveri_chassis.messages import Sender
from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.provision_bus import provision_bus
from haveri_chassis.provision_database import provision_database
from haveri_contracts.directory import models
from haveri_contracts.envelope import Envelope, open_envelope
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.incident.events import IncidentDeclared
from haveri_contracts.plain import Role
from haveri_devservers import NatsServer, PostgresServer, ServerProcess, free_ports
from haveri_escalation.adapters.stored_roster import StoredRoster

SCHEMA = ServiceSchema("escalation", "escalation", "haveri_escalation")
PASSWORD, LINK_KEY = "only-for-tests", "only-for-tests-" * 3
ORGANIZATION = "under-fire"


class Brigade:
    """PostgreSQL, NATS and two engines, each a process of its own."""

    def __init__(self, home: Path) -> None:
        sql, bus, monitor, mqtt = free_ports(None, None, None, None)
        self.home = home
        # Durable both: what is acknowledged is there after a kill, or the test would blame the engine.
        self.postgres = ServerProcess(PostgresServer(home / "postgres", sql))
        self.nats = ServerProcess(NatsServer(home / "nats", bus, monitoring_port=monitor, mqtt_port=mqtt))
        self.engines: list[subprocess.Popen[bytes]] = []
        self.facility, self.anna, self.carla = IDS.new(), IDS.new(), IDS.new()

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the house's database."""
        return self.postgres.server.endpoint().dsn("haveri")

    @property
    def nats_url(self) -> str:
        """The bus."""
        return self.nats.server.endpoint().url

    async def prepare(self) -> None:
        """Make the schema and the bus, the people as they were last known, and one policy."""
        admin = await asyncpg.connect(self.postgres.server.endpoint().admin_dsn)
        await admin.execute("CREATE DATABASE haveri")
        await admin.close()
        await provision_database(self.admin_url, [SCHEMA], {SCHEMA.name: PASSWORD})
        await provision_bus(self.nats_url)

    async def furnish(self, minutes: float) -> None:
        """Anna is called at once, Carla so many minutes later; the directory itself stays away."""
        everyone = [("Anna", self.anna), ("Carla", self.carla)]
        roster = StoredRoster(
            members=[
                models.Member(
                    id=id,
                    name=name,
                    email=f"{name}@haveri.example",
                    role=Role.RESPONDER,
                    chat_identities=[models.ChatIdentity(platform="teams", user_id=name)],
                )
                for name, id in everyone
            ],
            facilities=[models.Facility(id=self.facility, name="Works", timezone="UTC")],
            areas=[],
            assets=[],
            teams=[],
            rotations=[],
            changes=[],
            calendars=[],
        )
        steps = [
            {"notify": {"member_ids": [self.anna]}},
            {"notify": {"member_ids": [self.carla]}, "after_minutes": minutes},
        ]
        policy = EscalationPolicy.model_validate(
            {
                "id": IDS.new(),
                "name": "Everything",
                "facility_id": self.facility,
                "conditions": {"severity": ["SEV2"]},
                "steps": steps,
            }
        )
        admin = await asyncpg.connect(self.admin_url)
        await admin.execute(
            "INSERT INTO escalation.rosters VALUES ($1, $2, $3)", ORGANIZATION, MONDAY_NOON, roster.model_dump_json()
        )
        await admin.execute(
            """INSERT INTO escalation.policies (organization_id, id, facility_id, name_key, version, policy, created_at,
                                                changed_at) VALUES ($1, $2, $3, 'everything', 1, $4, $5, $5)""",
            ORGANIZATION,
            policy.id,
            self.facility,
            policy.model_dump_json(),
            MONDAY_NOON,
        )
        await admin.close()

    def start_engine(self) -> None:
        """Start one more engine."""
        url = self.postgres.server.endpoint().dsn("haveri", user=SCHEMA.role, password=PASSWORD)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HAVERI_")},
            "HAVERI_DATABASE_URL": url,
            "HAVERI_NATS_URL": self.nats_url,
            "HAVERI_LINK_KEY": LINK_KEY,
            "HAVERI_LOG_LEVEL": "WARNING",
        }
        with (self.home / "engines.log").open("ab") as log:
            self.engines.append(
                subprocess.Popen(
                    [sys.executable, "-m", "haveri_escalation.main"], env=environment, stdout=log, stderr=log
                )
            )

    def kill_engine(self, number: int) -> None:
        """Kill an engine at once; another one takes its place."""
        engine = self.engines.pop(number)
        engine.send_signal(signal.SIGKILL)
        engine.wait()
        self.start_engine()

    @staticmethod
    async def kill_server(server: ServerProcess) -> None:
        """Kill a server at once and start it again on what it left."""
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        await asyncio.to_thread(server.wait_until_ready)

    async def declare(self, count: int) -> None:
        """Declare incidents, as the incident service would have published them."""
        connection = await nats.connect(self.nats_url)
        stream, sender = connection.jetstream(), Sender("incident", SystemClock(), IDS)
        for number in range(1, count + 1):
            envelope = sender.event(
                self._declared(number), organization=ORGANIZATION, actor="system:test", cause=None, sequence=1
            )
            headers = {"Nats-Msg-Id": str(envelope.id)}
            await stream.publish(IncidentDeclared.subject(ORGANIZATION), envelope.encode(), headers=headers)
        await connection.close()

    def _declared(self, number: int) -> IncidentDeclared:
        return IncidentDeclared.model_validate(
            {
                "incident_id": IDS.new(),
                "number": f"INC-{number}",
                "title": "Filler 2 jammed",
                "severity": "SEV2",
                "facility_id": self.facility,
                "declared_by": "system:test",
                "declared_at": SystemClock().now(),
            }
        )

    async def rows(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Rows out of the database, as soon as it answers."""
        while True:
            try:
                admin = await asyncpg.connect(self.admin_url, timeout=5)
                try:
                    return await admin.fetch(sql, *values)
                finally:
                    await admin.close()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.1)

    async def published(self, subject: str) -> list[Envelope]:
        """Everything that the stream keeps of a subject, as often as it is there."""
        connection = await nats.connect(self.nats_url)
        stream = connection.jetstream()
        reader = await stream.pull_subscribe(
            subject, stream="EVENTS", config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
        )
        found: list[Envelope] = []
        # How many there are, not how long none came: a busy machine may be silent for longer.
        there = (await reader.consumer_info()).num_pending
        while len(found) < there:
            messages = await reader.fetch(500, timeout=30)
            found += [open_envelope(message.data) for message in messages]
            for message in messages:
                await message.ack()
        await connection.close()
        return found

    def stop(self) -> None:
        """End the engines."""
        for engine in self.engines:
            engine.kill()
            engine.wait()


@asynccontextmanager
async def brigade(home: Path) -> AsyncIterator[Brigade]:
    """Everything started and prepared; stopped in the end."""
    made = Brigade(home)
    with made.postgres, made.nats:
        await made.prepare()
        try:
            yield made
        finally:
            made.stop()


def counted(fired: list[tuple[UUID | str, int, int]]) -> dict[tuple[str, int, int], int]:
    """How often each step of each run is there."""
    counts: dict[tuple[str, int, int], int] = {}
    for run_id, round, step in fired:
        key = str(run_id), round, step
        counts[key] = counts.get(key, 0) + 1
    return counts
