"""Timeline intake of chat messages beside a bare batched insert of the same rows.

Ours is the whole way: messages that wait in JetStream are pulled, checked against their contract, deduplicated, chained
and committed by the timeline service. The bare insert is asyncpg's `executemany` of the finished rows into a table
with the same columns and keys, in batches of the same size, with nothing else to do.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import nats
import uvloop

from benchmarks.report import Report, median
from benchmarks.servers import Servers, servers
from haveri_chassis.ids import SystemIds
from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.service import running
from haveri_contracts.chat.events import Author, MessagePosted
from haveri_contracts.envelope import wrap
from haveri_timeline.main import create_app
from haveri_timeline.settings import TimelineSettings

SCHEMA = ServiceSchema("timeline", "timeline", "haveri_timeline")
MESSAGES = 10_000
INCIDENTS = 20
BATCH = 500
ROUNDS = 3
_COUNT = "SELECT count(*) FROM timeline.entries"


async def publish(at: Servers, incidents: list[UUID]) -> None:
    """Lay the messages into EVENTS, as the relay would."""
    connection = await nats.connect(at.nats.url)
    stream, ids = connection.jetstream(publish_async_max_pending=2000), SystemIds()
    for n in range(MESSAGES):
        message = MessagePosted(
            incident_id=incidents[n % INCIDENTS],
            platform="teams",
            channel_ref="19:6d97d816470f481dbcda38244b98689a@thread.tacv2",
            message_ref=str(1481567603816 + n),
            author=Author(member_id=UUID(int=1), display_name="Anna Virtanen", platform_user_id="29:1I9Is_Sx0O"),
            text=f"Message {n}: the infeed sensor of filler 2 has come loose again, tightening it now",
            posted_at=datetime.now(UTC),
        )
        envelope = wrap(
            message,
            id=ids.new(),
            source="teams-gateway",
            organization="bench",
            actor=f"member:{UUID(int=1)}",
            time=message.posted_at,
        )
        await stream.publish_async(
            MessagePosted.subject("bench"), envelope.encode(), headers={"Nats-Msg-Id": str(envelope.id)}
        )
    await stream.publish_async_completed()
    await connection.close()


async def our_rate(at: Servers, admin: asyncpg.Connection) -> float:
    """Messages a second through the service, from waiting in the stream to committed."""
    before = await admin.fetchval(_COUNT)
    await publish(at, [uuid4() for _ in range(INCIDENTS)])
    settings = TimelineSettings(database_url=at.service_url(SCHEMA), nats_url=at.nats.url)  # type: ignore[arg-type]
    start = time.perf_counter()
    async with running(create_app(settings)):
        while await admin.fetchval(_COUNT) < before + MESSAGES:  # noqa: ASYNC110 - a stopwatch, not a wait
            await asyncio.sleep(0.005)
        return MESSAGES / (time.perf_counter() - start)


async def bare_rate(admin: asyncpg.Connection) -> float:
    """Messages a second when the rows are only inserted."""
    await admin.execute("CREATE TABLE IF NOT EXISTS bare (LIKE timeline.entries INCLUDING ALL)")
    await admin.execute("TRUNCATE bare")
    rows = [
        tuple(row)
        for row in await admin.fetch(
            "SELECT * FROM timeline.entries ORDER BY recorded_at DESC, incident_id, seq DESC LIMIT $1", MESSAGES
        )
    ]
    start = time.perf_counter()
    for first in range(0, len(rows), BATCH):
        await admin.executemany(
            "INSERT INTO bare VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)", rows[first : first + BATCH]
        )
    return MESSAGES / (time.perf_counter() - start)


async def measure(at: Servers) -> Report:
    """Both, in alternating rounds."""
    await at.prepare(SCHEMA)
    admin = await asyncpg.connect(at.postgres.dsn("haveri"))
    rates: dict[str, list[float]] = {"intake": [], "bare insert": []}
    for _ in range(ROUNDS):
        rates["intake"].append(await our_rate(at, admin))
        rates["bare insert"].append(await bare_rate(admin))
    await admin.close()
    report = Report("timeline_intake", "chat messages from JetStream into the timeline beside a bare batched insert")
    report.at_least(
        "intake / bare asyncpg batched insert", median(rates["intake"]) / median(rates["bare insert"]), 0.5, "x"
    )
    report.details = {f"{name}, messages/s": round(median(found)) for name, found in rates.items()}
    return report


def run() -> Report:
    """Measure and give the report."""
    with servers() as at, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(at))


if __name__ == "__main__":
    found = run()
    found.tell()
    print(found.details)
