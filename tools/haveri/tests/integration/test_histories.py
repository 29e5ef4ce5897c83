"""Verifying and rebuilding, on the house's own database and bus."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import nats
import pytest

from haveri_devservers.testing.waiting import eventually
from haveri_tool.testing import RunningHouse

Rows = dict[str, dict[str, Any]]
_TABLES = ("entries", "heads")


@pytest.fixture
async def number(house: RunningHouse) -> AsyncIterator[str]:
    """An incident with a few events on its timeline, whose calls have reached everybody."""
    async with house.api() as api:
        facility = (await api.get("/facilities")).json()["items"][0]
        body = {"title": "Filler 2 jammed", "severity": "SEV1", "facility_id": facility["id"]}
        number = (await api.post("/incidents", json=body)).json()["number"]
        for path, sent in (("status", {"status": "INVESTIGATING"}), ("annotations", {"text": "belt ordered"})):
            assert (await api.post(f"/incidents/{number}/{path}", json=sent)).is_success

        async def all_told() -> bool:
            runs = (await api.get(f"/incidents/{number}/escalations")).json()["items"]
            called = sum(len(run["calls"]) for run in runs)
            entries = (await api.get(f"/incidents/{number}/timeline", params={"limit": 200})).json()["items"]
            reached = [entry for entry in entries if "notification_delivered" in json.dumps(entry)]
            return len(entries) >= 3 and 0 < called == len(reached)

        await eventually(all_told, within=30, pause=0.1)
    yield number


@asynccontextmanager
async def administrator(house: RunningHouse) -> AsyncIterator[asyncpg.Connection]:
    """The database as nobody but its administrator sees it."""
    connection = await asyncpg.connect(house.endpoints["postgres"])
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def without_triggers(connection: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Somebody with every right takes the lock off."""
    triggers = ("append_only", "append_only_truncate")
    for trigger in triggers:
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    try:
        yield
    finally:
        for trigger in triggers:
            await connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


async def tamper(connection: asyncpg.Connection, table: str, statement: str) -> None:
    async with without_triggers(connection, table):
        await connection.execute(statement)


async def test_an_untouched_house_verifies(house: RunningHouse, number: str) -> None:
    done = house.haveri("verify", "--org", "demo")
    assert "every chain holds" in done.stdout


@pytest.mark.parametrize(
    ("table", "change", "undo", "said"),
    [
        (
            "timeline.entries",
            "UPDATE timeline.entries SET actor = 'member:somebody-else' WHERE seq = 2 AND incident_id = {id}",
            "UPDATE timeline.entries SET actor = {actor} WHERE seq = 2 AND incident_id = {id}",
            "entry 2 of the timeline was changed after it was written",
        ),
        (
            "timeline.entries",
            "UPDATE timeline.entries SET seq = 1000 WHERE seq = 2 AND incident_id = {id}",
            "UPDATE timeline.entries SET seq = 2 WHERE seq = 1000 AND incident_id = {id}",
            "entry 2 of the timeline is missing",
        ),
        (
            "incident.events",
            "UPDATE incident.events SET version = 1000 WHERE version = 2 AND incident_id = {id}",
            "UPDATE incident.events SET version = 2 WHERE version = 1000 AND incident_id = {id}",
            "its events cannot be folded",
        ),
        (
            "timeline.entries",
            "UPDATE timeline.entries SET recorded_at = recorded_at - interval '6000 years' "
            "WHERE seq = 2 AND incident_id = {id}",
            "UPDATE timeline.entries SET recorded_at = recorded_at + interval '6000 years' "
            "WHERE seq = 2 AND incident_id = {id}",
            "unreadable",
        ),
    ],
)
async def test_what_was_tampered_with_is_found_and_named(
    house: RunningHouse, number: str, table: str, change: str, undo: str, said: str
) -> None:
    async with administrator(house) as connection:
        found = await connection.fetchrow(
            "SELECT id, (SELECT actor FROM timeline.entries e WHERE e.incident_id = i.id AND seq = 2) AS actor "
            "FROM incident.incidents i WHERE organization_id = 'demo' AND number = $1",
            int(number.removeprefix("INC-")),
        )
        values = {"id": f"'{found['id']}'", "actor": f"'{found['actor']}'"}
        await tamper(connection, table, change.format(**values))
        try:
            done = house.haveri("verify", check=False)
        finally:
            await tamper(connection, table, undo.format(**values))
    assert done.returncode == 1
    assert f"demo {number}: {said}" in done.stdout
    assert house.haveri("verify", check=False).returncode == 0


async def test_a_state_that_does_not_follow_from_its_events_is_found(house: RunningHouse, number: str) -> None:
    where = f"organization_id = 'demo' AND number = {number.removeprefix('INC-')}"
    async with administrator(house) as connection:
        state = await connection.fetchval(f"SELECT state::text FROM incident.incidents WHERE {where}")
        forged = state.replace("Filler 2 jammed", "Nothing happened")
        await connection.execute(f"UPDATE incident.incidents SET state = $1::text::json WHERE {where}", forged)
        try:
            done = house.haveri("verify", check=False)
        finally:
            await connection.execute(f"UPDATE incident.incidents SET state = $1::text::json WHERE {where}", state)
    assert done.returncode == 1
    assert f"{number}: its events fold to another state than is kept: title" in done.stdout


async def test_an_emptied_bus_and_an_emptied_timeline_are_rebuilt_from_what_services_keep(
    house: RunningHouse, number: str
) -> None:
    async with administrator(house) as connection:
        before = await _entries(connection)
        client = await nats.connect(house.endpoints["nats"])
        await client.jetstream().purge_stream("EVENTS")
        await client.close()
        async with without_triggers(connection, "timeline.entries"):
            await connection.execute("TRUNCATE timeline.entries, timeline.heads")
        done = house.haveri("replay")
        assert "were published again" in done.stdout

        async def all_back() -> bool:
            return (await _entries(connection)).keys() == before.keys()

        await eventually(all_back, within=30, pause=0.1)
        after = await _entries(connection)
    assert {event: row["incident_id"] for event, row in after.items()} == {
        event: row["incident_id"] for event, row in before.items()
    }
    for event, row in after.items():
        for column in ("type", "actor", "occurred_at", "payload", "source_version"):
            assert row[column] == before[event][column]
    assert house.haveri("verify", check=False).returncode == 0


async def test_replaying_twice_adds_nothing(house: RunningHouse, number: str) -> None:
    async with administrator(house) as connection:
        before = await _entries(connection)
        for _ in range(2):
            house.haveri("replay", "--from", "incident", "--org", "demo")
        await asyncio.sleep(0.5)
        assert await _entries(connection) == before


async def _entries(connection: asyncpg.Connection) -> Rows:
    rows = await connection.fetch("SELECT *, payload::text AS payload FROM timeline.entries")
    return {str(row["event_id"]): dict(row) for row in rows}


def test_a_service_without_events_is_named_when_asked_for(house: RunningHouse) -> None:
    done = house.haveri("replay", "--from", "web", check=False)
    assert done.returncode == 1
    assert "'web' keeps no events" in done.stderr


async def test_what_nobody_can_read_becomes_a_dead_letter_that_is_listed_shown_and_discarded(
    house: RunningHouse,
) -> None:
    client = await nats.connect(house.endpoints["nats"])
    await client.jetstream().publish("haveri.demo.event.incident.declared.v1", b"no JSON at all")
    await client.close()

    def died() -> str:
        shown = house.haveri("dead-letters", "list").stdout
        return shown if "not-a-cloudevent" in shown else ""

    listed = await eventually(died, pause=0.2)
    number = next(line.split()[0] for line in listed.splitlines() if "timeline-entries" in line)
    assert "no JSON at all" in house.haveri("dead-letters", "show", number).stdout
    assert "sent again" in house.haveri("dead-letters", "replay", number).stdout
    house.haveri("dead-letters", "discard", "--all")
    again = house.haveri("dead-letters", "discard", "999999", check=False)
    assert (again.returncode, again.stderr) == (1, "there is no dead letter 999999\n")
