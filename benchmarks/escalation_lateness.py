"""How late a step leaves: from the moment it is due until the request to notify somebody is on the bus.

10,000 runs are pending. The steps of 2,500 of them come due at an even rate once the engines are up, the others stand
by: at that rate all 10,000 would come due within three and a half minutes. A stand-in of the gateway receives every
request and reports it as delivered, so that the engine has that work as well. The directory is away, so that people
come from the service's own last copy.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx2
import nats
from nats.aio.msg import Msg

from benchmarks.report import Report, measured, percentile
from benchmarks.servers import Servers, servers
from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.migrations import ServiceSchema
from haveri_contracts.directory import models
from haveri_contracts.envelope import open_envelope, wrap
from haveri_contracts.escalation.commands import ReportNotification
from haveri_contracts.escalation.events import NotificationRequested
from haveri_contracts.escalation.models import Conditions, Notify, Step
from haveri_contracts.incident.events import IncidentDeclared
from haveri_contracts.plain import Role, Severity
from haveri_devservers import free_ports
from haveri_escalation.adapters.event_store import EscalationStore
from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.adapters.stored_roster import StoredRoster
from haveri_escalation.application.engine_ports import Input
from haveri_escalation.domain.decisions.beginning import declared
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.facts import IncidentFollowed
from haveri_escalation.domain.matching import PolicyBook
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.world import World

SCHEMA = ServiceSchema("escalation", "escalation", "haveri_escalation")
ORGANIZATION = "bench"
RUNS = 10_000
COMING = 2500
RATE = 50
AT_ONCE = 12
SECONDS_TO_SOW_AND_START = 60.0
AFTER = timedelta(minutes=30)
FACILITY, CARLA = uuid4(), uuid4()


def people() -> StoredRoster:
    """One supervisor, reached by chat."""
    carla = models.Member(
        id=CARLA,
        name="Carla",
        email="carla@haveri.example",
        role=Role.RESPONDER,
        chat_identities=[models.ChatIdentity(platform="teams", user_id="carla")],
    )
    works = models.Facility(id=FACILITY, name="Works", timezone="Europe/Helsinki")
    return StoredRoster(
        members=[carla], facilities=[works], areas=[], assets=[], teams=[], rotations=[], changes=[], calendars=[]
    )


def world() -> World:
    """SEV2 calls Carla when nobody has taken it for half an hour."""
    policy = Policy(
        id=uuid4(),
        name="SEV2",
        facility_id=FACILITY,
        conditions=Conditions(severity=[Severity.SEV2]),
        steps=[Step(notify=Notify(member_ids=[CARLA]), after_minutes=AFTER / timedelta(minutes=1))],
    )
    return World(people().roster(frozenset()), PolicyBook([policy]))


class Seeds:
    """Pending runs, begun by the engine's own store half an hour before they are due."""

    def __init__(self, at: Servers) -> None:
        clock, ids = SystemClock(), SystemIds()
        self.database = Database(at.service_url(SCHEMA), schema="escalation", pool_size=AT_ONCE)
        bus = Bus(at.nats.url, service="escalation", clock=clock, ids=ids)
        self.store = EscalationStore(
            self.database, Sender("escalation", clock, ids), PolicyStore(self.database, bus, clock)
        )
        self.world = world()

    async def sow(self, due: list[datetime]) -> dict[UUID, datetime]:
        """One run for each of these moments; by incident when its step is due."""
        sown = {uuid4(): moment for moment in due}
        left = iter(sown.items())

        async def sower() -> None:
            for incident_id, moment in left:
                await self._begin(incident_id, moment - AFTER)

        await asyncio.gather(*(sower() for _ in range(AT_ONCE)))
        return sown

    async def _begin(self, incident_id: UUID, at: datetime) -> None:
        event = IncidentDeclared(
            incident_id=incident_id,
            number="INC-1",
            title="Filler 2 jammed",
            severity=Severity.SEV2,
            facility_id=FACILITY,
            declared_by="system:bench",
            declared_at=at,
        )
        cause = wrap(event, id=uuid4(), source="bench", organization=ORGANIZATION, actor="system:bench", time=at)
        followed = IncidentFollowed(event.number, event.title, event.severity, FACILITY, at)

        def decision(case: Case) -> None:
            declared(case, followed)

        await self.store.take_in(Input(incident_id, cause, at, consumer="bench", sequence=1), self.world, decision)


class StandIn:
    """Takes the place of the chat gateway: notes when each request came, and reports it as delivered."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.received: dict[UUID, datetime] = {}

    async def __aenter__(self) -> StandIn:
        self._connection = await nats.connect(self._url)
        await self._connection.subscribe(NotificationRequested.subject(ORGANIZATION), cb=self._receive)
        await self._connection.flush()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def _receive(self, message: Msg) -> None:
        now = datetime.now(UTC)
        asked = NotificationRequested.model_validate(open_envelope(message.data).data)
        self.received.setdefault(asked.incident_id, now)
        report = ReportNotification(
            incident_id=asked.incident_id, call_id=asked.call_id, via=asked.via, outcome="delivered"
        )
        command = wrap(report, id=uuid4(), source="bench", organization=ORGANIZATION, actor="system:bench", time=now)
        await self._connection.publish(report.subject(ORGANIZATION), command.encode())


@contextmanager
def engine(at: Servers) -> Iterator[str]:
    """One replica of the service, a process of its own; gives the address where it says whether it is ready."""
    (port,) = free_ports(None)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HAVERI_")},
        "HAVERI_DATABASE_URL": at.service_url(SCHEMA),
        "HAVERI_NATS_URL": at.nats.url,
        "HAVERI_LINK_KEY": "only-for-benchmarks-" * 2,
        "HAVERI_LOG_LEVEL": "ERROR",
        "HAVERI_HEALTH_PORT": str(port),
    }
    process = subprocess.Popen([sys.executable, "-m", "haveri_escalation.main"], env=environment)
    try:
        yield f"http://127.0.0.1:{port}/readyz"
    finally:
        process.terminate()
        process.wait(20)


async def until_ready(address: str) -> None:
    """Wait until a replica says that it is."""
    async with httpx2.AsyncClient(trust_env=False) as client, asyncio.timeout(30):
        while True:
            with suppress(httpx2.HTTPError):
                if (await client.get(address)).is_success:
                    return
            await asyncio.sleep(0.1)


async def lateness(at: Servers, admin: asyncpg.Connection, seeds: Seeds, replicas: int) -> list[float]:
    """Milliseconds by which each step was late, all replicas being up."""
    start = datetime.now(UTC) + timedelta(seconds=SECONDS_TO_SOW_AND_START)
    due = await seeds.sow([start + timedelta(seconds=number / RATE) for number in range(COMING)])
    await admin.execute("DELETE FROM escalation.outbox")
    async with StandIn(at.nats.url) as gateway:
        with ExitStack() as processes:
            for _ in range(replicas):
                await until_ready(processes.enter_context(engine(at)))
            if datetime.now(UTC) > start:
                raise RuntimeError("sowing and starting took too long on this machine: steps are late already")
            deadline = max(due.values()) + timedelta(seconds=30)
            while not due.keys() <= gateway.received.keys():
                if datetime.now(UTC) > deadline:
                    raise RuntimeError(f"{len(due.keys() - gateway.received.keys())} steps did not come")
                await asyncio.sleep(0.2)
    return [(gateway.received[one] - moment).total_seconds() * 1000 for one, moment in due.items()]


async def measure(at: Servers) -> Report:
    """One replica, then two."""
    await at.prepare(SCHEMA)
    admin = await asyncpg.connect(at.postgres.dsn("haveri"))
    await admin.execute(
        "INSERT INTO escalation.rosters VALUES ($1, now(), $2)", ORGANIZATION, people().model_dump_json()
    )
    seeds = Seeds(at)
    await seeds.database.open()
    await seeds.sow([datetime.now(UTC) + timedelta(days=1)] * (RUNS - COMING))
    report = Report(
        "escalation_lateness", f"{RUNS:,} pending runs, {RATE} steps due a second, each reported as delivered"
    )
    for replicas in (1, 2):
        late = await lateness(at, admin, seeds, replicas)
        name = "1 replica" if replicas == 1 else f"{replicas} replicas"
        report.at_most(f"due to the request on the bus, {name}, p99", percentile(late, 0.99), 250, "ms")
        report.details[name] = {
            "p50": round(percentile(late, 0.5), 1),
            "p99": round(percentile(late, 0.99), 1),
            "max": round(max(late), 1),
            "steps": len(late),
        }
    await seeds.database.close()
    await admin.close()
    return report


def run() -> Report:
    """Measure and give the report."""
    return measured(servers, measure)


if __name__ == "__main__":
    run().show(details=True)
