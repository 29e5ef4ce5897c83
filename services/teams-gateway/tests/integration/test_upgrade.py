"""An installation in the middle of its work is brought up to date: everything under way goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic import command

from haveri_chassis.database import Database
from haveri_chassis.migrations import ServiceSchema, migrate
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_devservers.testing.clock import ManualClock
from haveri_teams_gateway.store.calls import Calls
from haveri_teams_gateway.store.jobs import Jobs

NOW = datetime(2026, 3, 14, 5, 42, tzinfo=UTC)
SCHEMA = ServiceSchema("teams-gateway", "teams_gateway", "haveri_teams_gateway")
PASSWORD = "only-for-tests"
KINDS = ("call", "activity", "chat", "notices", "file")
INCIDENT, OTHER, DONE = (uuid4() for _ in range(3))
TYPED, BEHIND, PRESS, FOLLOWING, HANDLED = (uuid4() for _ in range(5))
CALL, SENT, LINKED, FILE, FETCHED = (uuid4() for _ in range(5))
MEMBER = uuid4()


async def rows_of_before(connection: asyncpg.Connection) -> None:
    """What tables of the version before hold in the middle of everything."""

    async def activity(id: UUID, state: str, kind: str = "message", attempts: int = 0) -> None:
        await connection.execute(
            """
            INSERT INTO activities (organization_id, id, identity, fingerprint, conversation, body, received_at, state,
                captured, capturable, due_at, attempts, keep_until)
            VALUES ('works', $1::uuid, $1::uuid::text, $1::uuid::text, '19:general',
                jsonb_build_object('type', $2::text), $3, $4, false, false, $3, $5, $3)
            """,
            id,
            kind,
            NOW,
            state,
            attempts,
        )

    await activity(TYPED, "pending", attempts=3)
    await activity(BEHIND, "pending")
    await activity(PRESS, "pending", "invoke")
    await activity(FOLLOWING, "following")
    await activity(HANDLED, "done")
    for incident, due, refused in ((INCIDENT, NOW, "{}"), (OTHER, None, '{"invite": "no"}'), (DONE, None, "{}")):
        await connection.execute(
            "INSERT INTO workflows (organization_id, incident_id, due_at, attempts, refused) "
            "VALUES ('works', $1, $2, 2, $3)",
            incident,
            due,
            refused,
        )
    await connection.execute(
        "INSERT INTO tellings (organization_id, incident_id, due_at, attempts) VALUES ('works', $1, $2, 1)",
        INCIDENT,
        NOW,
    )
    for call, outcome, to_show, because in (
        (CALL, "", 0, '{"code":"by_name","params":{}}'),
        (SENT, "delivered", 0, ""),
        (LINKED, "delivered", 1, "Crew A, Night"),
    ):
        await connection.execute(
            """
            INSERT INTO calls (organization_id, call_id, attempt, incident_id, member_id, purpose, because,
                requested_at, outcome, to_show)
            VALUES ('works', $1, 1, $2, $3, 'take', $7, $4, $5, $6)
            """,
            call,
            INCIDENT,
            MEMBER,
            NOW,
            outcome,
            to_show,
            because,
        )
    for incident, told in ((INCIDENT, False), (OTHER, True)):
        await connection.execute(
            """
            INSERT INTO notices (organization_id, id, incident_id, sequence, name, payload, occurred_at, told)
            VALUES ('works', gen_random_uuid(), $1, 1, 'started', '{}', $2, $3)
            """,
            incident,
            NOW,
            told,
        )
    for file, state in ((FILE, "pending"), (FETCHED, "done")):
        await connection.execute(
            """
            INSERT INTO files (organization_id, id, incident_id, source, url, name, content_type, channel, message_id,
                author, shared_at, state, due_at)
            VALUES ('works', $1, $2, 'download', '', '', '', '', '', '{}', $3, $4, $3)
            """,
            file,
            INCIDENT,
            NOW,
            state,
        )


async def test_everything_under_way_goes_on_after_an_upgrade(
    postgres_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"upgrade_{uuid4().hex[:12]}"
    admin_url = postgres_server.create_database(name)
    upgrade = command.upgrade
    with monkeypatch.context() as before:
        before.setattr(command, "upgrade", lambda config, _: upgrade(config, "0002"))
        await migrate(admin_url, SCHEMA, PASSWORD)
    administrator = await asyncpg.connect(admin_url, server_settings={"search_path": "teams_gateway"})
    await rows_of_before(administrator)
    assert await migrate(admin_url, SCHEMA, PASSWORD) == ["migrated schema teams_gateway from 0002 to 0004"]

    database = Database(
        postgres_server.dsn(name, user=SCHEMA.role, password=PASSWORD), schema=SCHEMA.schema, pool_size=2
    )
    await database.open()
    jobs = Jobs(database, 7, ManualClock(NOW + timedelta(days=400)))
    assert await jobs.organizations() == ["works"]
    claimed = {(job.kind, job.id): job.attempts for job in await jobs.claim("works", KINDS, ())}
    assert claimed == {
        ("call", CALL): 2,
        ("call", LINKED): 2,
        ("activity", TYPED): 4,
        ("activity", PRESS): 1,
        ("activity", FOLLOWING): 1,
        ("chat", INCIDENT): 3,
        ("notices", INCIDENT): 2,
        ("file", FILE): 1,
    }
    # What was typed after something that is not done yet keeps its turn.
    assert await jobs.count("activity") == 4
    assert await administrator.fetch("SELECT incident_id FROM refusals") == [(OTHER,)]
    calls = Calls(database, jobs)
    (due,), (linked,) = await calls.open("works", CALL), await calls.open("works", LINKED)
    assert (due.call.because, linked.call.because) == (Reason.of(ReasonCode.BY_NAME), "Crew A, Night")
    await database.close()
    await administrator.close()
    postgres_server.drop_database(name)
