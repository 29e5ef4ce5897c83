"""Timeline intake of chat messages beside a bare batched insert of the same rows.

Three rates in alternating rounds, each committing durable batches of 500:

- the whole way: messages that wait in JetStream are pulled, checked against their contract, deduplicated, chained,
  committed and acknowledged one by one by the timeline service, in one process;
- the store's own append: the same happenings, already read, deduplicated, chained and committed;
- the bare insert: asyncpg's `executemany` of the finished rows into a table with the same columns and keys.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from benchmarks.messages import publish_messages
from benchmarks.report import Report, measured, median
from benchmarks.servers import Servers, servers
from haveri_chassis.database import Database
from haveri_chassis.migrations import ServiceSchema
from haveri_contracts.plain import EntryType
from haveri_devservers import free_port
from haveri_timeline.adapters.timeline_store import TimelineStore
from haveri_timeline.domain.entries import Happening

SCHEMA = ServiceSchema("timeline", "timeline", "haveri_timeline")
ORGANIZATION = "bench"
MESSAGES = 20_000
INCIDENTS = 20
BATCH = 500
ROUNDS = 5
_PATIENCE_SECONDS = 60.0
# The heads, not the entries: counting tens of thousands of rows every few milliseconds would be half of the work.
_COUNT = "SELECT coalesce(sum(seq), 0) FROM timeline.heads"


@contextmanager
def service(at: Servers) -> Iterator[None]:
    """The timeline service in a process of its own, until the end of the block."""
    environment = {
        **os.environ,
        "HAVERI_DATABASE_URL": at.service_url(SCHEMA),
        "HAVERI_NATS_URL": at.nats.url,
        "HAVERI_HEALTH_PORT": str(free_port()),
        "HAVERI_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen([sys.executable, "-m", "haveri_timeline.main"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


async def whole_way(at: Servers, admin: asyncpg.Connection) -> float:
    """Messages a second through the service, from its first commit to its last."""
    before = await admin.fetchval(_COUNT)
    await publish_messages(at.nats.url, ORGANIZATION, [uuid4() for _ in range(INCIDENTS)], MESSAGES)
    with service(at):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (at_first := await admin.fetchval(_COUNT)) == before:  # noqa: ASYNC110 - a stopwatch, not a wait
                await asyncio.sleep(0.002)
            start = time.perf_counter()
            while await admin.fetchval(_COUNT) < before + MESSAGES:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return (before + MESSAGES - at_first) / (time.perf_counter() - start)


def happenings(rows: list[asyncpg.Record]) -> list[Happening]:
    """What these entries say, as happenings of other incidents."""
    incidents = {row["incident_id"]: uuid4() for row in rows}
    return [
        Happening(
            incidents[row["incident_id"]],
            uuid4(),
            EntryType(row["type"]),
            row["occurred_at"],
            row["actor"],
            row["source_type"],
            row["source_version"],
            row["payload"],
        )
        for row in rows
    ]


async def append_rate(database: Database, rows: list[asyncpg.Record]) -> float:
    """Entries a second that the store appends in batches."""
    store, happened = TimelineStore(database, lambda: datetime.now(UTC)), happenings(rows)
    start = time.perf_counter()
    for first in range(0, len(happened), BATCH):
        await store.append(ORGANIZATION, happened[first : first + BATCH])
    return len(happened) / (time.perf_counter() - start)


async def bare_rate(admin: asyncpg.Connection, rows: list[asyncpg.Record]) -> float:
    """Rows a second when they are only inserted."""
    await admin.execute("CREATE TABLE IF NOT EXISTS bare (LIKE timeline.entries INCLUDING ALL)")
    await admin.execute("TRUNCATE bare")
    values = [tuple(row) for row in rows]
    start = time.perf_counter()
    for first in range(0, len(values), BATCH):
        await admin.executemany(
            "INSERT INTO bare VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)", values[first : first + BATCH]
        )
    return len(values) / (time.perf_counter() - start)


async def newest(admin: asyncpg.Connection) -> list[asyncpg.Record]:
    """The entries that came in last."""
    return await admin.fetch(
        "SELECT * FROM timeline.entries ORDER BY recorded_at DESC, incident_id, seq DESC LIMIT $1", MESSAGES
    )


async def measure(at: Servers) -> Report:
    """All three, in alternating rounds."""
    await at.prepare(SCHEMA)
    admin = await asyncpg.connect(at.postgres.dsn("haveri"))
    database = Database(at.service_url(SCHEMA), schema="timeline")
    await database.open()
    rates: dict[str, list[float]] = {"whole way": [], "append": [], "bare insert": []}
    for _ in range(ROUNDS):
        rates["whole way"].append(await whole_way(at, admin))
        rows = await newest(admin)
        rates["append"].append(await append_rate(database, rows))
        rates["bare insert"].append(await bare_rate(admin, rows))
    await database.close()
    await admin.close()
    report = Report("timeline_intake", "chat messages into the timeline beside a bare batched insert")
    bare = median(rates["bare insert"])
    report.at_least("the store's append / bare asyncpg batched insert", median(rates["append"]) / bare, 0.5, "x")
    report.at_least(
        "the whole way from JetStream / bare asyncpg batched insert", median(rates["whole way"]) / bare, 0.5, "x"
    )
    report.details = {f"{name}, messages/s": round(median(found)) for name, found in rates.items()}
    return report


def run() -> Report:
    """Measure and give the report."""
    return measured(servers, measure)


if __name__ == "__main__":
    run().show(details=True)
