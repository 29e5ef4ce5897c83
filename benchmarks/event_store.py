"""The incident service's event store beside the PyPI library `eventsourcing` on the same PostgreSQL.

One event a transaction, with optimistic concurrency; ours also writes the projection, the outbox row and the command's
outcome, theirs the notification log that plays the outbox's part. Rounds alternate, so that noise meets both.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.report import Report, measured, median
from benchmarks.servers import Servers, servers
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.migrations import ServiceSchema
from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType, Severity
from haveri_incident.adapters.event_store import EventStore
from haveri_incident.application.commands import prepare
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions

SCHEMA = ServiceSchema("incident", "incident", "haveri_incident")
EVENTS = 1200
ROUNDS = 5


class TheirIncident(Aggregate):
    """An incident as the library would have it."""

    @event("Declared")
    def __init__(self, title: str) -> None:
        self.title = title
        self.notes = 0

    @event("EventAdded")
    def add(self, text: str) -> None:
        """Count a note."""
        self.notes += 1


class Ours:
    """Haveri's event store."""

    def __init__(self, database: Database) -> None:
        self.store = EventStore(database, SystemIds())

    async def declare(self) -> Incident:
        """A new incident."""
        context = self._context()
        command = DeclareIncident(
            incident_id=uuid4(), title="Filler 2 jammed", severity=Severity.SEV1, facility_id=uuid4()
        )
        async with self.store.declaring("bench") as declaring:
            number = await declaring.next_number()
            events = decisions.declare(command, number=number, actor=context.actor, lead=UUID(int=1), now=context.now)
            change = prepare(None, events, context.now)
            await declaring.append(context, change)
        return change.after

    async def add(self, state: Incident, count: int) -> None:
        """Add events one by one, each in a transaction of its own, decided on the state before."""
        for n in range(count):
            context = self._context()
            events = decisions.add_event(state, EntryType.ACTION_TAKEN, f"tightened bolt {n}", None, context.now)
            change = prepare(state, events, context.now)
            await self.store.append(context, change)
            state = change.after

    def _context(self) -> Context:
        command_id = uuid4()
        return Context("bench", f"member:{UUID(int=1)}", command_id, command_id, datetime.now(UTC))


async def our_rate(ours: Ours, clients: int) -> float:
    """Events a second of so many clients, each with an incident of its own."""
    states = [await ours.declare() for _ in range(clients)]
    start = time.perf_counter()
    await asyncio.gather(*(ours.add(state, EVENTS // clients) for state in states))
    return EVENTS / (time.perf_counter() - start)


def their_rate(application: Application, clients: int) -> float:
    """The same with the library, each client a thread, as it is meant to be used."""
    aggregates = [TheirIncident("Filler 2 jammed") for _ in range(clients)]
    application.save(*aggregates)

    def add(aggregate: TheirIncident) -> None:
        for n in range(EVENTS // clients):
            aggregate.add(f"tightened bolt {n}")
            application.save(aggregate)

    with ThreadPoolExecutor(clients) as pool:
        start = time.perf_counter()
        list(pool.map(add, aggregates))
        return EVENTS / (time.perf_counter() - start)


def library(at: Servers) -> Application:
    """The library's application on a database of its own on the same server."""
    return Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": "library",
            "POSTGRES_HOST": at.postgres.host,
            "POSTGRES_PORT": str(at.postgres.port),
            "POSTGRES_USER": at.postgres.user,
            "POSTGRES_PASSWORD": at.postgres.password,
            "POSTGRES_POOL_SIZE": "10",
            "POSTGRES_MAX_OVERFLOW": "10",
        }
    )


async def drain(database: Database) -> None:
    """Empty the outbox between rounds, as the relay would."""
    async with database.transaction("bench") as connection:
        await connection.execute("DELETE FROM outbox WHERE organization_id = 'bench'")


async def measure(at: Servers) -> Report:
    """Both, in alternating rounds."""
    await at.prepare(SCHEMA)
    admin = await asyncpg.connect(at.postgres.admin_dsn)
    await admin.execute("CREATE DATABASE library")
    await admin.close()
    database = Database(at.service_url(SCHEMA), schema="incident")
    await database.open()
    ours, theirs = Ours(database), library(at)
    report = Report("event_store", "incident event store beside eventsourcing 9.5, one event a transaction")
    for clients, aim in ((1, 1.0), (8, 3.0)):
        rates: dict[str, list[float]] = {"haveri": [], "eventsourcing": []}
        for _ in range(ROUNDS):
            rates["haveri"].append(await our_rate(ours, clients))
            await drain(database)
            rates["eventsourcing"].append(await asyncio.to_thread(their_rate, theirs, clients))
        ratio = median(rates["haveri"]) / median(rates["eventsourcing"])
        report.details[f"{clients} clients, events/s"] = {name: round(median(found)) for name, found in rates.items()}
        report.at_least(f"rate with {clients} client(s), Haveri / eventsourcing", ratio, aim, "x")
    theirs.close()
    await database.close()
    return report


def run() -> Report:
    """Measure and give the report."""
    return measured(servers, measure)


if __name__ == "__main__":
    run().show(details=True)
