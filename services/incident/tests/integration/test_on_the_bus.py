"""The incident service as everybody else meets it: commands, outcomes, events and queries on a real bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import nats
import pytest
from nats.aio.client import Client

from haveri_chassis.bus import Bus, CommandBus, QueryClient, QueryRefused
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_chassis.service import App, running
from haveri_contracts.directory import models, queries
from haveri_contracts.envelope import Envelope, open_envelope, wrap
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import GetIncident, GetOutcome, ListIncidents
from haveri_contracts.outcomes import Outcome, OutcomeStatus
from haveri_contracts.plain import Role, Severity, Status
from haveri_contracts.subjects import outcome_subject
from haveri_devservers.testing.house import House
from haveri_incident.main import create_app
from haveri_incident.settings import IncidentSettings

FACILITY, ANNA, VIEWER = UUID(int=5), UUID(int=1), UUID(int=2)


@pytest.fixture(scope="module")
async def app(house: House) -> AsyncIterator[App]:
    """The incident service, running for this file only: others' tests answer for it on the same bus."""
    async with running(create_app(house.settings(IncidentSettings))) as started:
        yield started


@dataclass
class Neighbour:
    """Another service's side of the bus."""

    commands: CommandBus
    queries: QueryClient


@pytest.fixture(scope="module")
async def bus(house: House, app: App) -> AsyncIterator[Neighbour]:
    """Another service's bus, which also answers for the directory: the same small plant for every organisation."""
    made = Bus(house.nats_url, service="directory", clock=SystemClock(), ids=SystemIds())

    async def about(query: queries.GetOrganization, envelope: Envelope) -> queries.OrganizationNow:
        return queries.OrganizationNow(id=envelope.organization, name="Works", version=1)

    async def members(query: queries.ListMembers, envelope: Envelope) -> queries.MemberList:
        people = [("Anna", ANNA, Role.RESPONDER), ("Veera", VIEWER, Role.VIEWER)]
        return queries.MemberList(
            items=[models.Member(id=i, name=n, email=f"{n}@haveri.example", role=role) for n, i, role in people]
        )

    async def facilities(query: queries.ListFacilities, envelope: Envelope) -> queries.FacilityList:
        return queries.FacilityList(items=[models.Facility(id=FACILITY, name="Works", timezone="Europe/Helsinki")])

    async def areas(query: queries.ListAreas, envelope: Envelope) -> queries.AreaList:
        return queries.AreaList(items=[])

    async def assets(query: queries.ListAssets, envelope: Envelope) -> queries.AssetList:
        return queries.AssetList(items=[])

    async def teams(query: queries.ListTeams, envelope: Envelope) -> queries.TeamList:
        return queries.TeamList(items=[])

    made.on_query(queries.GetOrganization, about)
    made.on_query(queries.ListMembers, members)
    made.on_query(queries.ListFacilities, facilities)
    made.on_query(queries.ListAreas, areas)
    made.on_query(queries.ListAssets, assets)
    made.on_query(queries.ListTeams, teams)
    neighbour = Neighbour(CommandBus(made), QueryClient(made))
    await made.start()
    while made.problem():  # noqa: ASYNC110 - the connection is being made
        await asyncio.sleep(0.01)
    yield neighbour
    await made.stop()


@pytest.fixture
async def stranger(house: House) -> AsyncIterator[Client]:
    """Somebody else's program, which knows nothing but the contracts."""
    connection = await nats.connect(house.nats_url)
    yield connection
    await connection.close()


@pytest.fixture
def organization(house: House) -> str:
    """An organisation of its own for each test."""
    return house.organization()


def declaring(**values) -> commands.DeclareIncident:
    return commands.DeclareIncident(
        **{
            "incident_id": SystemIds().new(),
            "title": "Filler 2 jammed",
            "severity": Severity.SEV1,
            "facility_id": FACILITY,
            **values,
        }
    )


async def send(
    bus: Neighbour, organization: str, command, *, who: UUID = ANNA, command_id: UUID | None = None
) -> Outcome:
    outcome = await bus.commands.send(
        command, organization=organization, actor=f"member:{who}", command_id=command_id or SystemIds().new(), wait=10
    )
    assert outcome is not None
    return outcome


async def test_a_declared_incident_is_answered_told_and_found(bus, stranger, organization) -> None:
    events = await stranger.subscribe(f"haveri.{organization}.event.incident.declared.v1")
    await stranger.flush()
    outcome = await send(bus, organization, declaring())
    assert outcome.result is not None
    incident = Incident.model_validate(outcome.result["incident"])
    assert (incident.number, incident.status, incident.assigned_to) == ("INC-1", Status.DECLARED, ANNA)
    event = open_envelope((await events.next_msg(5)).data)
    assert (event.subject, event.sequence, event.actor) == (str(incident.id), 1, f"member:{ANNA}")
    asking = bus.queries
    asked = {"organization": organization, "actor": f"member:{ANNA}"}
    assert await asking.ask(GetIncident(incident="INC-1"), **asked) == incident
    assert (await asking.ask(ListIncidents(), **asked)).items == [incident]
    with pytest.raises(QueryRefused) as refused:
        await asking.ask(GetIncident(incident="INC-2"), **asked)
    assert refused.value.problem.type == "incident-unknown"


async def test_the_same_command_twice_has_one_effect_and_one_answer(bus, organization) -> None:
    command, command_id = declaring(), SystemIds().new()
    first = await send(bus, organization, command, command_id=command_id)
    await asyncio.sleep(0.15)  # longer than the broker drops repeats by itself
    second = await send(bus, organization, command, command_id=command_id)
    assert first == second
    page = await bus.queries.ask(ListIncidents(), organization=organization, actor=f"member:{ANNA}")
    assert len(page.items) == 1
    kept = await bus.queries.ask(GetOutcome(command_id=command_id), organization=organization, actor=f"member:{ANNA}")
    assert kept == first
    in_writing = await bus.queries.ask_raw(
        GetOutcome(command_id=command_id), organization=organization, actor=f"member:{ANNA}"
    )
    assert b'"problem"' not in in_writing, "it is written as it was when it was published"


async def test_a_refusal_names_its_reason_and_is_given_again_even_when_it_would_be_allowed_by_now(
    bus, organization
) -> None:
    incident_id, command_id = SystemIds().new(), SystemIds().new()
    too_early = commands.UpdateStatus(incident_id=incident_id, status=Status.MITIGATED)
    outcome = await send(bus, organization, too_early, command_id=command_id)
    assert outcome.problem is not None
    assert outcome.problem.type == "incident-unknown"
    await send(bus, organization, declaring(incident_id=incident_id))
    await asyncio.sleep(0.15)  # longer than the broker drops repeats by itself
    assert await send(bus, organization, too_early, command_id=command_id) == outcome


async def test_a_stranger_who_only_knows_the_contracts_gets_the_outcome(stranger, bus, organization) -> None:
    command_id = SystemIds().new()
    answers = await stranger.subscribe(outcome_subject(organization, command_id))
    command = declaring()
    envelope = wrap(
        command,
        id=command_id,
        source="mes",
        organization=organization,
        actor=f"member:{ANNA}",
        time=SystemClock().now(),
    )
    await stranger.jetstream().publish(
        command.subject(organization), envelope.encode(), headers={"Nats-Msg-Id": str(command_id)}
    )
    outcome = Outcome.model_validate_json((await answers.next_msg(5)).data)
    assert outcome.status is OutcomeStatus.ACCEPTED


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda body, organization: body.replace(b'"specversion":"1.0"', b'"x":1'), "not-a-cloudevent"),
        (lambda body, organization: body.replace(b"declare.v1", b"declare.v9"), "unknown-message-version"),
        (lambda body, organization: body.replace(organization.encode(), b"somebody-else"), "organization-mismatch"),
        (lambda body, organization: body.replace(b'"SEV1"', b'"SEV9"'), "invalid-data"),
        (lambda body, organization: body.replace(b"Filler 2 jammed", b"x" * 5000), "invalid-data"),
        (lambda body, organization: body.replace(b"Filler 2 jammed", b"  "), "invalid-data"),
    ],
)
async def test_a_message_that_cannot_be_read_is_answered_kept_and_changes_nothing(
    stranger, bus, organization, spoil, reason
) -> None:
    command_id = SystemIds().new()
    answers = await stranger.subscribe(outcome_subject(organization, command_id))
    stream = stranger.jetstream()
    before = (await stream.stream_info("DEAD_LETTERS")).state.messages
    command = declaring()
    envelope = wrap(
        command,
        id=command_id,
        source="mes",
        organization=organization,
        actor=f"member:{ANNA}",
        time=SystemClock().now(),
    )
    await stream.publish(command.subject(organization), spoil(envelope.encode(), organization))
    outcome = Outcome.model_validate_json((await answers.next_msg(5)).data)
    assert outcome.problem is not None
    assert outcome.problem.type == reason
    while (await stream.stream_info("DEAD_LETTERS")).state.messages == before:  # noqa: ASYNC110 - it arrives in a moment
        await asyncio.sleep(0.01)
    page = await bus.queries.ask(ListIncidents(), organization=organization, actor=f"member:{ANNA}")
    assert page.items == []


async def test_a_viewer_and_a_member_of_nowhere_are_refused(bus, organization) -> None:
    for who, reason in ((VIEWER, "role-not-sufficient"), (UUID(int=77), "member-unknown")):
        outcome = await send(bus, organization, declaring(), who=who)
        assert outcome.problem is not None
        assert outcome.problem.type == reason


async def test_two_leads_named_at_once_leave_one_lead_and_no_hole(bus, organization) -> None:
    outcome = await send(bus, organization, declaring())
    assert outcome.result is not None
    incident_id = UUID(outcome.result["incident"]["id"])
    outcomes = await asyncio.gather(
        *(
            send(bus, organization, commands.AssignLead(incident_id=incident_id, member_id=member))
            for member in (VIEWER, ANNA, VIEWER, ANNA)
        )
    )
    accepted = [o for o in outcomes if o.status is OutcomeStatus.ACCEPTED]
    refused = [o.problem.type for o in outcomes if o.problem]
    assert set(refused) <= {"lead-unchanged"}
    found = await bus.queries.ask(GetIncident(incident="INC-1"), organization=organization, actor=f"member:{ANNA}")
    assert found.version == 1 + len(accepted)
