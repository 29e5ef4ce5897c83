"""Timelines on a real database: gap-free, deduplicated, as known at any moment, nobody else's."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from haveri_chassis.pages import CursorUnreadable
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.queries import (
    ListRecentActivity,
    ListTimeline,
    RecentActivity,
    TimelinePage,
    VerifyTimeline,
)
from haveri_contracts.types import Page
from haveri_timeline.domain.chain import canonical
from haveri_timeline.domain.entries import Happening


def said(incident: UUID, text: str, clock, *, late: timedelta = timedelta(0), kind=EntryType.MESSAGE) -> Happening:
    return Happening(
        incident,
        uuid4(),
        kind,
        clock.now() - late,
        "system:teams-gateway",
        "haveri.chat.message_posted.v1",
        None,
        canonical({"incident_id": str(incident), "text": text}),
    )


async def page_of(reads, organization: str, incident: UUID, **query) -> TimelinePage:
    answer = await reads.page(organization, ListTimeline(incident_id=incident, **query))
    return TimelinePage.model_validate_json(answer)


async def tamper(house, statement: str, incident: UUID) -> None:
    """Do what nobody may: as the administrator, with the triggers off."""
    admin = await asyncpg.connect(house.admin_url)
    try:
        await admin.execute("ALTER TABLE timeline.entries DISABLE TRIGGER ALL")
        await admin.execute(statement, incident)
        await admin.execute("ALTER TABLE timeline.entries ENABLE TRIGGER ALL")
        names = await admin.fetch(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'timeline.entries'::regclass AND NOT tgisinternal"
        )
        for name in names:
            await admin.execute(f"ALTER TABLE timeline.entries ENABLE ALWAYS TRIGGER {name['tgname']}")
    finally:
        await admin.close()


async def test_repeated_and_overlapping_batches_of_two_writers_leave_no_gap_and_no_double(
    store, reads, organization, clock
) -> None:
    incidents = [uuid4() for _ in range(5)]
    happenings = [said(random.choice(incidents), f"message {n}", clock) for n in range(300)]
    batches = []
    for _ in range(12):
        start = random.randrange(0, 250)
        batches.append(happenings[start : start + 50])
    batches += [happenings[n : n + 60] for n in range(0, 300, 60)]
    await asyncio.gather(*(store.append(organization, batch) for batch in batches))
    total = 0
    for incident in incidents:
        page = await page_of(reads, organization, incident, page=Page(limit=1000))
        assert [entry.seq for entry in page.items] == list(range(1, len(page.items) + 1))
        report = await reads.verify(organization, VerifyTimeline(incident_id=incident))
        assert (report.intact, report.entries) == (True, len(page.items))
        total += len(page.items)
    assert total == 300


async def test_a_late_arrival_keeps_the_time_when_it_happened(store, reads, organization, clock, minute) -> None:
    incident = uuid4()
    await store.append(organization, [said(incident, "first known", clock)])
    await store.append(organization, [said(incident, "happened before", clock, late=20 * minute)])
    entries = (await page_of(reads, organization, incident)).items
    assert entries[1].occurred_at == clock.now() - 20 * minute
    assert entries[1].recorded_at == clock.now()


async def test_the_timeline_is_shown_as_it_was_known_at_a_moment(store, reads, organization, clock, minute) -> None:
    incident = uuid4()
    for n in range(3):
        await store.append(organization, [said(incident, f"message {n}", clock, late=n * 10 * minute)])
        clock.advance(minute)
    known = await page_of(reads, organization, incident, as_of=clock.now() - 2 * minute)
    assert [entry.payload["text"] for entry in known.items] == ["message 0", "message 1"]
    assert (await page_of(reads, organization, incident, as_of=clock.now() - 9 * minute)).items == []


async def test_whoever_reads_a_page_can_recompute_its_hashes(store, reads, organization, clock) -> None:
    incident = uuid4()
    texts = ["plain", 'a "quote" and a \\ backslash', "🛠 \u202eright to left\u202c\n<b>html</b>\t\x7f", "ä" * 50]
    await store.append(organization, [said(incident, text, clock) for text in texts])
    page = await page_of(reads, organization, incident)
    assert [entry.payload["text"] for entry in page.items] == texts
    answer = json.loads(await reads.page(organization, ListTimeline(incident_id=incident)))
    for entry in answer["items"]:
        places = ["seq", "event_id", "type", "occurred_at", "recorded_at", "actor", "source_type", "source_version"]
        hashed = [entry["previous_hash"], *(entry[place] for place in places), canonical(entry["payload"])]
        body = json.dumps(hashed, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(body.encode()).hexdigest() == entry["hash"]


MOMENTS = ["0001-01-01T00:00:00+00:00", "0002-01-01T00:00:00+00:00", "1600-02-29T12:00:00.000001+00:00"]
MOMENTS += ["9998-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59.999999+00:00"]


@pytest.mark.parametrize("moment", [*map(datetime.fromisoformat, MOMENTS)])
async def test_any_moment_that_was_ever_kept_is_given_back_and_its_chain_holds(
    store, reads, organization, clock, moment
) -> None:
    incident = uuid4()
    await store.append(organization, [replace(said(incident, "long ago", clock), occurred_at=moment)])
    assert [entry.occurred_at for entry in (await page_of(reads, organization, incident)).items] == [moment]
    recent = RecentActivity.model_validate_json(await reads.recent(organization, ListRecentActivity()))
    assert recent.items[0].occurred_at == moment
    assert (await reads.verify(organization, VerifyTimeline(incident_id=incident))).intact


async def test_pages_follow_each_other_and_types_are_chosen(store, reads, organization, clock) -> None:
    incident = uuid4()
    kinds = [EntryType.MESSAGE, EntryType.ACTION_TAKEN]
    await store.append(organization, [said(incident, str(n), clock, kind=kinds[n % 2]) for n in range(7)])
    first = await page_of(reads, organization, incident, page=Page(limit=3))
    rest = await page_of(reads, organization, incident, page=Page(limit=100, cursor=first.next_cursor))
    assert [entry.seq for entry in first.items + rest.items] == list(range(1, 8))
    assert rest.next_cursor is None
    await store.append(organization, [said(incident, "newer", clock, kind="handover")])
    newer = await page_of(reads, organization, incident, types=["handover"])
    assert [entry.seq for entry in newer.items] == [8]
    actions = await page_of(reads, organization, incident, types=[EntryType.ACTION_TAKEN])
    assert [entry.seq for entry in actions.items] == [2, 4, 6]
    for cursor in ("§", "OTk5OTk5OTk5OTk5", "LTE"):
        with pytest.raises(CursorUnreadable):
            await page_of(reads, organization, incident, page=Page(cursor=cursor))


async def test_the_newest_entries_come_first_for_whoever_wants_the_end(
    store, reads, organization, clock, minute
) -> None:
    incident, begun = uuid4(), clock.now()
    for n in range(6):
        await store.append(organization, [said(incident, str(n), clock)])
        clock.advance(minute)
    newest = await page_of(reads, organization, incident, newest_first=True, page=Page(limit=4))
    rest = await page_of(
        reads, organization, incident, newest_first=True, page=Page(limit=4, cursor=newest.next_cursor)
    )
    assert [entry.seq for entry in newest.items + rest.items] == [6, 5, 4, 3, 2, 1]
    assert rest.next_cursor is None
    then = begun + 2 * minute
    known = await page_of(reads, organization, incident, newest_first=True, as_of=then, page=Page(limit=1))
    later = await page_of(reads, organization, incident, after=then, page=Page(limit=1))
    assert ([entry.seq for entry in known.items], [entry.seq for entry in later.items]) == ([3], [4])


async def test_a_page_ends_early_rather_than_being_too_large_for_the_bus(store, reads, organization, clock) -> None:
    incident = uuid4()
    await store.append(organization, [said(incident, str(n) * 90_000, clock) for n in range(1, 6)] * 2)
    await store.append(organization, [said(incident, "\N{FACTORY}" * 90_000, clock) for _ in range(4)])
    found, pages, cursor = [], 0, None
    while True:
        answer = await reads.page(
            organization, ListTimeline(incident_id=incident, page=Page(limit=1000, cursor=cursor))
        )
        assert len(answer) < 1_044_000
        page = TimelinePage.model_validate_json(answer)
        found, pages = [*found, *(entry.seq for entry in page.items)], pages + 1
        if (cursor := page.next_cursor) is None:
            break
    assert (found, pages) == (list(range(1, 10)), 3)
    recent = await reads.recent(organization, ListRecentActivity(limit=200))
    assert len(recent) < 1_044_000
    assert [entry.seq for entry in RecentActivity.model_validate_json(recent).items] == [9, 8]


async def test_recent_activity_shows_the_newest_first_over_all_incidents(store, reads, organization, clock, minute):
    incidents = [uuid4(), uuid4()]
    for n in range(4):
        await store.append(organization, [said(incidents[n % 2], str(n), clock)])
        clock.advance(minute)
    recent = RecentActivity.model_validate_json(await reads.recent(organization, ListRecentActivity(limit=3)))
    assert [(entry.payload["text"], entry.incident_id) for entry in recent.items] == [
        ("3", incidents[1]),
        ("2", incidents[0]),
        ("1", incidents[1]),
    ]


async def test_another_organisation_sees_nothing_of_it(house, store, reads, organization, clock) -> None:
    incident = uuid4()
    await store.append(organization, [said(incident, "secret recipe", clock)])
    other = house.organization()
    assert (await page_of(reads, other, incident)).items == []
    assert (await reads.verify(other, VerifyTimeline(incident_id=incident))).entries == 0
    assert RecentActivity.model_validate_json(await reads.recent(other, ListRecentActivity())).items == []


async def test_what_was_written_cannot_be_changed_by_the_service_and_is_found_when_somebody_else_does(
    house, store, reads, database, organization, clock
) -> None:
    incident = uuid4()
    await store.append(organization, [said(incident, f"message {n}", clock) for n in range(4)])
    for statement in ("UPDATE entries SET actor = 'system:x'", "DELETE FROM entries", "TRUNCATE entries"):
        with pytest.raises(asyncpg.PostgresError):
            async with database.transaction(organization) as connection:
                await connection.execute(statement)
    await tamper(
        house, "UPDATE timeline.entries SET actor = 'system:nobody' WHERE incident_id = $1 AND seq = 3", incident
    )
    report = await reads.verify(organization, VerifyTimeline(incident_id=incident))
    assert (report.intact, report.broken_at_seq) == (False, 3)
    assert report.reason == "entry 3 was changed after it was written"


@pytest.mark.parametrize(("gone", "first_missing"), [("seq > 2", 3), ("true", 1)])
async def test_cutting_off_the_end_of_a_timeline_is_found(
    house, store, reads, organization, clock, gone: str, first_missing: int
) -> None:
    incident = uuid4()
    await store.append(organization, [said(incident, f"message {n}", clock) for n in range(4)])
    await tamper(house, f"DELETE FROM timeline.entries WHERE incident_id = $1 AND {gone}", incident)
    report = await reads.verify(organization, VerifyTimeline(incident_id=incident))
    assert (report.intact, report.broken_at_seq) == (False, first_missing)
    assert report.reason == f"entry {first_missing} and what followed it are missing"
