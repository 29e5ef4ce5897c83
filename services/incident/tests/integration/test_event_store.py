"""Incidents on a real database: numbers, conflicts, outcomes, tenants."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from haveri_chassis.bus import MessageTooLarge
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.outcomes import OutcomeTaken, find_outcome
from haveri_chassis.pages import CursorUnreadable
from haveri_contracts.envelope import decode
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import FollowUpDraft, Incident, Summary
from haveri_contracts.incident.queries import CountIncidents, GetIncident, IncidentList, ListIncidents
from haveri_contracts.plain import EntryType, Severity, Status
from haveri_contracts.refusals import (
    AreaElsewhere,
    AreaUnknown,
    AssetElsewhere,
    AssetUnknown,
    FacilityUnknown,
    IncidentUnknown,
    MemberUnknown,
    RoleNotSufficient,
)
from haveri_contracts.types import LARGEST_INTEGER, Page
from haveri_incident.adapters.event_store import EventStore
from haveri_incident.adapters.reads import IncidentReads
from haveri_incident.application.commands import IncidentCommands
from haveri_incident.domain import refusals


def declaration(works, title: str = "Filler 2 jammed", **values) -> commands.DeclareIncident:
    return commands.DeclareIncident(
        **{
            "incident_id": SystemIds().new(),
            "title": title,
            "severity": Severity.SEV1,
            "facility_id": works.facility,
            **values,
        }
    )


async def declared(store, directory, works, **values) -> Incident:
    result = await IncidentCommands(store, directory).declare(works.context(), declaration(works, **values))
    return Incident.model_validate(result["incident"])


async def closed_with_much_to_do(store, directory, works, incident_id: UUID) -> None:
    change = IncidentCommands(store, directory)
    summary = Summary(what_happened="It stopped.")
    drafts = [FollowUpDraft(id=SystemIds().new(), description="\N{FACTORY}" * 8000) for _ in range(25)]
    await change.resolve(works.context(), commands.ResolveIncident(incident_id=incident_id, summary=summary))
    await change.close(works.context(), commands.CloseIncident(incident_id=incident_id, follow_ups=drafts))


async def test_thirty_two_declared_at_once_get_numbers_without_gap_or_double(store, directory, works) -> None:
    made = await asyncio.gather(*(declared(store, directory, works, title=f"Stop {n}") for n in range(32)))
    assert sorted(int(incident.number.removeprefix("INC-")) for incident in made) == list(range(1, 33))


async def test_a_refused_declaration_costs_no_number(store, directory, works) -> None:
    first = await declared(store, directory, works)
    with pytest.raises(refusals.IncidentAlreadyDeclared):
        await IncidentCommands(store, directory).declare(works.context(), declaration(works, incident_id=first.id))
    assert (await declared(store, directory, works)).number == "INC-2"


async def test_each_organisation_counts_for_itself(store, directory, works, other_works) -> None:
    assert (await declared(store, directory, works)).number == "INC-1"
    assert (await declared(store, directory, other_works)).number == "INC-1"


async def test_leads_assigned_at_once_are_all_recorded_and_the_last_one_leads(
    store, database, directory, works
) -> None:
    incident = await declared(store, directory, works)
    change = IncidentCommands(store, directory)
    people = [works.ben, works.viewer] * 4

    async def assign(member: UUID) -> None:
        try:
            command = commands.AssignLead(incident_id=incident.id, member_id=member)
            await change.assign_lead(works.context(), command)
        except refusals.LeadUnchanged:
            return

    await asyncio.gather(*(assign(member) for member in people))
    state = await store.load(works.organization, incident.id)
    assert state is not None
    async with database.transaction(works.organization) as connection:
        rows = await connection.fetch(
            "SELECT version, payload FROM events WHERE organization_id = $1 AND incident_id = $2 ORDER BY version",
            works.organization,
            incident.id,
        )
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    leads = [str(works.anna)] + [row["payload"]["member_id"] for row in rows[1:]]
    assert [row["payload"]["old_member_id"] for row in rows[1:]] == leads[:-1]
    assert str(state.assigned_to) == leads[-1]


async def test_events_projection_outbox_and_outcome_are_stored_together_or_not_at_all(
    store, database, directory, works
) -> None:
    incident = await declared(store, directory, works)
    context = works.context()
    change = IncidentCommands(store, directory)
    command = commands.UpdateStatus(incident_id=incident.id, status=Status.INVESTIGATING)
    result = await change.update_status(context, command)
    with pytest.raises(OutcomeTaken):
        await change.update_status(context, commands.UpdateStatus(incident_id=incident.id, status=Status.MITIGATED))
    state = await store.load(works.organization, incident.id)
    assert state is not None
    assert (state.status, state.version) == (Status.INVESTIGATING, 2)
    async with database.transaction(works.organization) as connection:
        outcome = await find_outcome(connection, works.organization, context.command_id)
        bodies = await connection.fetch(
            "SELECT subject, body FROM outbox WHERE organization_id = $1 ORDER BY position", works.organization
        )
    assert outcome is not None
    assert outcome.result == result
    envelopes = [decode(row["body"], row["subject"])[0] for row in bodies]
    assert [(e.type, e.sequence) for e in envelopes] == [
        ("haveri.incident.declared.v1", 1),
        ("haveri.incident.status_updated.v1", 2),
    ]
    assert envelopes[1].causationid == context.command_id


async def test_nobody_can_change_or_delete_what_happened(store, database, directory, works) -> None:
    await declared(store, directory, works)
    for statement in ("UPDATE events SET actor = 'system:x'", "DELETE FROM events", "TRUNCATE events"):
        with pytest.raises(asyncpg.PostgresError):
            async with database.transaction(works.organization) as connection:
                await connection.execute(statement)


async def test_another_organisation_finds_nothing(store, database, directory, works, other_works) -> None:
    incident = await declared(store, directory, works)
    reads = IncidentReads(database)
    for name in (str(incident.id), incident.number):
        with pytest.raises(IncidentUnknown):
            await reads.get(other_works.organization, GetIncident(incident=name))
    with pytest.raises(IncidentUnknown):
        await IncidentCommands(store, directory).update_status(
            other_works.context(),
            commands.UpdateStatus(incident_id=incident.id, status=Status.MITIGATED),
        )
    page = IncidentList.model_validate_json(await reads.list(other_works.organization, ListIncidents()))
    assert page.items == []


@pytest.mark.parametrize(
    ("wrong", "reason", "field"),
    [
        (lambda w: {"facility_id": UUID(int=1)}, FacilityUnknown, "facility_id"),
        (lambda w: {"area_id": UUID(int=1)}, AreaUnknown, "area_id"),
        (lambda w: {"asset_ids": [UUID(int=1)]}, AssetUnknown, "asset_ids.0"),
        (lambda w: {"asset_ids": [w.elsewhere]}, AssetElsewhere, "asset_ids.0"),
        (lambda w: {"facility_id": w.other_facility, "area_id": w.line}, AreaElsewhere, "area_id"),
    ],
)
async def test_an_incident_at_an_unknown_place_is_refused_by_name_and_field(
    store, directory, works, wrong, reason, field
) -> None:
    with pytest.raises(reason) as refused:
        await IncidentCommands(store, directory).declare(works.context(), declaration(works, **wrong(works)))
    assert [error["field"] for error in refused.value.errors] == [field]


async def test_who_may_not_command_is_told_so(store, directory, works, other_works) -> None:
    with pytest.raises(RoleNotSufficient):
        await IncidentCommands(store, directory).declare(works.context(works.viewer), declaration(works))
    with pytest.raises(MemberUnknown):
        await IncidentCommands(store, directory).declare(works.context(other_works.anna), declaration(works))
    incident = await declared(store, directory, works)
    with pytest.raises(MemberUnknown):
        await IncidentCommands(store, directory).assign_lead(
            works.context(),
            commands.AssignLead(incident_id=incident.id, member_id=other_works.ben),
        )
    with pytest.raises(RoleNotSufficient):
        await IncidentCommands(store, directory).link_chat(
            works.context(),
            commands.LinkChat(incident_id=incident.id, chat_channel_ref="19:stolen"),
        )


async def test_in_an_organisation_that_there_is_not_nobody_and_nothing_is_known(store, directory, works) -> None:
    del directory.known[works.organization]
    with pytest.raises(MemberUnknown):
        await declared(store, directory, works)
    machine = replace(works.context(), actor="signal:mes")
    with pytest.raises(FacilityUnknown):
        await IncidentCommands(store, directory).declare(machine, declaration(works))


async def test_a_plant_system_reports_and_decides_nothing(store, directory, works) -> None:
    def context():
        return replace(works.context(), actor="signal:press-3")

    result = await IncidentCommands(store, directory).declare(context(), declaration(works))
    incident = Incident.model_validate(result["incident"])
    change = IncidentCommands(store, directory)
    report = commands.AddEvent(incident_id=incident.id, type=EntryType.ANNOTATION, text="Pressure is back.")
    await change.add_event(context(), report)
    with pytest.raises(RoleNotSufficient):
        await change.update_status(context(), commands.UpdateStatus(incident_id=incident.id, status=Status.MITIGATED))
    assert (incident.declared_by, incident.assigned_to) == ("signal:press-3", None)


async def test_the_state_is_known_as_of_any_version_and_time(store, database, directory, works) -> None:
    incident = await declared(store, directory, works)
    change = IncidentCommands(store, directory)
    await change.update_status(
        works.context(), commands.UpdateStatus(incident_id=incident.id, status=Status.INVESTIGATING)
    )
    summary = Summary(what_happened="The infeed sensor had come loose.")
    await change.resolve(works.context(), commands.ResolveIncident(incident_id=incident.id, summary=summary))
    reads = IncidentReads(database)

    async def known(**moment) -> Incident:
        answer = await reads.get(works.organization, GetIncident(incident=incident.number, **moment))
        return Incident.model_validate_json(answer) if isinstance(answer, bytes) else answer

    now = await known()
    assert (now.status, now.summary, now.version) == (Status.RESOLVED, summary, 3)
    assert await known(version_at=3) == now == await known(version_at=LARGEST_INTEGER)
    assert (await known(version_at=2)).status is Status.INVESTIGATING
    assert (await known(as_of=incident.declared_at)).status is Status.DECLARED
    with pytest.raises(IncidentUnknown, match="not known at that time"):
        await known(as_of=incident.declared_at - timedelta(seconds=1))


async def test_what_was_known_is_known_also_when_commands_overtake_each_other_or_a_clock_goes_back(
    store, database, directory, works
) -> None:
    incident = await declared(store, directory, works)
    change = IncidentCommands(store, directory)
    overtaken = works.context()
    faster = replace(works.context(), now=overtaken.now + timedelta(seconds=5))
    await change.update_status(faster, commands.UpdateStatus(incident_id=incident.id, status=Status.INVESTIGATING))
    await change.update_status(overtaken, commands.UpdateStatus(incident_id=incident.id, status=Status.MITIGATED))
    reads = IncidentReads(database)

    async def known(at: datetime) -> tuple[int, Status]:
        answer = await reads.get(works.organization, GetIncident(incident=incident.number, as_of=at))
        assert isinstance(answer, Incident)
        return answer.version, answer.status

    assert await known(overtaken.now) == (1, Status.DECLARED)
    assert await known(faster.now) == (3, Status.MITIGATED)


async def test_a_page_ends_early_rather_than_being_too_large_for_the_bus(store, database, directory, works) -> None:
    for _ in range(2):
        await closed_with_much_to_do(store, directory, works, (await declared(store, directory, works)).id)
    reads, numbers, cursor = IncidentReads(database), [], None
    while True:
        query = ListIncidents(page=Page(limit=50, cursor=cursor))
        page = IncidentList.model_validate_json(await reads.list(works.organization, query))
        numbers.append([item.number for item in page.items])
        if (cursor := page.next_cursor) is None:
            break
    assert numbers == [["INC-2"], ["INC-1"]]


async def test_an_incident_never_grows_beyond_what_can_be_told_and_read(store, database, directory, works) -> None:
    incident = await declared(store, directory, works)
    await closed_with_much_to_do(store, directory, works, incident.id)
    await IncidentCommands(store, directory).reopen(
        works.context(),
        commands.ReopenIncident(incident_id=incident.id, reason="It came back."),
    )
    with pytest.raises(MessageTooLarge):
        await closed_with_much_to_do(store, directory, works, incident.id)
    answer = await IncidentReads(database).get(works.organization, GetIncident(incident=incident.number))
    assert isinstance(answer, bytes)
    assert Incident.model_validate_json(answer).status is Status.RESOLVED


async def test_what_was_done_earlier_keeps_its_time(store, database, directory, works) -> None:
    incident = await declared(store, directory, works)
    context = works.context()
    earlier = context.now - timedelta(minutes=20)
    await IncidentCommands(store, directory).add_event(
        context,
        commands.AddEvent(incident_id=incident.id, type=EntryType.ANNOTATION, text="Heard a bang", occurred_at=earlier),
    )
    async with database.transaction(works.organization) as connection:
        row = await connection.fetchrow(
            "SELECT occurred_at, recorded_at FROM events WHERE organization_id = $1 AND version = 2",
            works.organization,
        )
    assert (row["occurred_at"], row["recorded_at"]) == (earlier, context.now)


async def test_incidents_are_listed_newest_first_page_by_page(store, database, directory, works) -> None:
    for n in range(5):
        await declared(store, directory, works, title=f"Stop {n} 100%_", severity=list(Severity)[n % 3])
    reads = IncidentReads(database)

    async def page(**query) -> IncidentList:
        return IncidentList.model_validate_json(await reads.list(works.organization, ListIncidents(**query)))

    first = await page(page=Page(limit=2))
    assert [item.number for item in first.items] == ["INC-5", "INC-4"]
    second = await page(page=Page(limit=2, cursor=first.next_cursor))
    last = await page(page=Page(limit=2, cursor=second.next_cursor))
    assert ([item.number for item in last.items], last.next_cursor) == (["INC-1"], None)
    assert [item.number for item in (await page(q="stop 3 100%_")).items] == ["INC-4"]
    assert [item.number for item in (await page(q="inc-2")).items] == ["INC-2"]
    assert (await page(q="100%x")).items == []
    assert [item.number for item in (await page(severity=[Severity.SEV2])).items] == ["INC-5", "INC-2"]
    assert (await page(status=[Status.CLOSED])).items == []
    counts = await reads.count(works.organization, CountIncidents())
    assert (counts.open_by_severity, counts.unacknowledged) == ({"SEV1": 2, "SEV2": 2, "SEV3": 1}, 5)
    change = IncidentCommands(store, directory)
    taken, over = (item.id for item in first.items)
    await change.acknowledge(works.context(), commands.Acknowledge(incident_id=taken))
    summary = Summary(what_happened="It stopped.")
    await change.resolve(works.context(), commands.ResolveIncident(incident_id=over, summary=summary))
    assert (await reads.count(works.organization, CountIncidents())).unacknowledged == 3
    for cursor in ("!!!", "OTk5OTk5OTk5OTk5", "LTE"):
        with pytest.raises(CursorUnreadable):
            await page(page=Page(cursor=cursor))


async def test_text_from_people_comes_back_as_they_typed_it(store: EventStore, database: Database, directory, works):
    title = "<b>Täyttökone 2</b> 🛑 **jumissa** שלום 'x'; DROP TABLE events;--"
    incident = await declared(store, directory, works, title=title)
    state = await store.load(works.organization, incident.id)
    assert state is not None
    assert state.title == title
