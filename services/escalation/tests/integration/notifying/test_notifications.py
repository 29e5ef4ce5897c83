"""Notifications as the engine asks for them: over a real bus, by a real mail server, reported once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifying_support import DECLARED, FACILITY, PEOPLE, SATUS_ADDRESS, TIMO, MailServer, Placed
from pydantic import SecretStr

from haveri_chassis.bus import Bus, BusUnavailable, CommandBus, QueryClient, QueryRefused, Received
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.outbox import event_subject
from haveri_chassis.outcomes import record_outcome
from haveri_contracts.directory import models, queries
from haveri_contracts.directory.contacts import Via
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.commands import ReportNotification
from haveri_contracts.escalation.events import NotificationRequested
from haveri_contracts.escalation.models import AnswerLink, CallState
from haveri_contracts.escalation.queries import ReadAnswerLink
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import GetIncident
from haveri_contracts.outcomes import Outcome, OutcomeStatus
from haveri_contracts.plain import Severity, Status
from haveri_contracts.streams import ESCALATION_COMMANDS
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.house import House
from haveri_devservers.testing.waiting import eventually
from haveri_escalation.adapters.apprise_notifier import AppriseNotifier
from haveri_escalation.adapters.call_reads import CallReads
from haveri_escalation.adapters.contacts import Contacts
from haveri_escalation.adapters.incident_view import IncidentView
from haveri_escalation.adapters.link_signer import LinkSigner
from haveri_escalation.adapters.notification_reports import NotificationReports
from haveri_escalation.adapters.rosters import Rosters
from haveri_escalation.application.notify import Notify
from haveri_escalation.domain.links import Link
from haveri_escalation.entrypoints.notifications import attach_answer_links, attach_notifications, notifying


@dataclass
class Rig:
    """The notifying half of the service, and stand-ins for engine, incident service and directory."""

    bus: Bus
    commands: CommandBus
    query_client: QueryClient
    links: LinkSigner
    notify: Notify
    reports: NotificationReports
    clock: ManualClock
    received: list[Received[ReportNotification]] = field(default_factory=list)
    incident: dict[str, Any] = field(default_factory=dict)

    def request(self, placed: Placed, call: UUID, via: Via = Via.EMAIL) -> Envelope:
        """What the engine emits."""
        message = NotificationRequested(
            incident_id=placed.incident,
            run_id=placed.run,
            call_id=call,
            member_id=PEOPLE[0].id,
            via=via,
            attempt=2,
            cause=Reason.of(ReasonCode.HAS_ROLE, role="lead", shift="Night"),
        )
        return self.bus.sender.event(message, organization=placed.organization, actor="system:escalation", cause=None)

    async def publish(self, request: Envelope) -> None:
        """As the relay does, or `haveri replay`: under a message id of its own."""
        await self.bus.publish_durable(event_subject(request), request.encode(), str(uuid4()))

    async def reported(self, call: UUID) -> ReportNotification:
        """What was reported to the engine of this call."""
        found = await eventually(lambda: [one for one in self.received if one.message.call_id == call])
        return found[0].message


@pytest.fixture(scope="module")
async def rig(house: House, database: Database, mail: MailServer) -> AsyncIterator[Rig]:
    bus = Bus(house.nats_url, service="escalation", clock=SystemClock(), ids=SystemIds())
    commands, query_client = CommandBus(bus), QueryClient(bus)
    calls, incidents, clock = CallReads(database), IncidentView(query_client), ManualClock(DECLARED)
    links = LinkSigner("k" * 48, clock, "https://haveri.example")
    rosters = Rosters(bus, query_client, database, SystemClock(), frozenset({"email"}))
    carrier = AppriseNotifier({Via.EMAIL: SecretStr(mail.url)})
    notify = Notify(calls, incidents, Contacts(rosters), links, carrier)
    reports = NotificationReports(database, commands)
    made = Rig(bus, commands, query_client, links, notify, reports, clock)
    attach_notifications(bus, notify, reports)
    attach_answer_links(bus, calls, incidents, links)
    stand_in(bus, made, database)
    await bus.start()
    await bus.wait_ready()
    yield made
    await bus.stop()
    await carrier.stop()


def stand_in(bus: Bus, rig: Rig, database: Database) -> None:
    """The engine, the incident service and the directory, as far as they are asked."""

    async def report(received: Received[ReportNotification]) -> dict[str, Any]:
        rig.received.append(received)
        outcome = Outcome(command_id=received.envelope.id, status=OutcomeStatus.ACCEPTED, result={})
        async with database.transaction(received.organization) as connection:
            await record_outcome(connection, received.organization, outcome)
        return {}

    async def incident(query: GetIncident, _: Envelope) -> Incident:
        said = {
            "id": query.incident,
            "number": "INC-42",
            "title": "Filler 2 jammed, line 1 down",
            "status": Status.DECLARED,
            "severity": Severity.SEV1,
            "declared_by": f"member:{TIMO}",
            "declared_at": DECLARED,
            "facility_id": FACILITY,
            "updated_at": DECLARED,
            "version": 1,
            **rig.incident,
        }
        return Incident.model_validate(said)

    async def organization(_: queries.GetOrganization, envelope: Envelope) -> queries.OrganizationNow:
        return queries.OrganizationNow(id=envelope.organization, name="Works")

    async def members(_: queries.ListMembers, __: Envelope) -> queries.MemberList:
        return queries.MemberList(items=PEOPLE)

    async def facilities(_: queries.ListFacilities, __: Envelope) -> queries.FacilityList:
        works = models.Facility(id=FACILITY, name="Tampere Works", timezone="Europe/Helsinki")
        return queries.FacilityList(items=[works])

    empty: dict[Any, Any] = {
        queries.ListAreas: queries.AreaList(items=[]),
        queries.ListAssets: queries.AssetList(items=[]),
        queries.ListTeams: queries.TeamList(items=[]),
        queries.ListRotations: queries.RotationList(items=[]),
        queries.ListShiftChanges: queries.ShiftChangeList(items=[]),
        queries.ListHolidays: queries.HolidayCalendarList(items=[]),
    }

    def none_of(answer: Any) -> Any:
        async def answering(_: Any, __: Envelope) -> Any:
            return answer

        return answering

    bus.on_command(ESCALATION_COMMANDS, database, {ReportNotification: report})
    bus.on_query(GetIncident, incident)
    bus.on_query(queries.GetOrganization, organization)
    bus.on_query(queries.ListMembers, members)
    bus.on_query(queries.ListFacilities, facilities)
    for query, answer in empty.items():
        bus.on_query(query, none_of(answer))


@pytest.fixture(autouse=True)
def as_new(rig: Rig) -> None:
    """Nobody has the incident, nothing was reported."""
    rig.incident.clear()
    rig.received.clear()


async def test_a_called_member_gets_a_mail_and_the_engine_learns_that_it_was_sent(
    rig: Rig, placed: Placed, mail: MailServer
) -> None:
    call = await placed.call()
    await rig.publish(rig.request(placed, call))
    report = await rig.reported(call)
    assert (report.outcome, report.via, report.incident_id) == ("sent", Via.EMAIL, placed.incident)
    ((address, message),) = mail.mails
    assert address == SATUS_ADDRESS
    assert message["Subject"] == "[SEV1] INC-42 Filler 2 jammed, line 1 down"
    body = message.get_content()
    assert "Missä: Tampere Works" in body
    assert "Alkoi: 23.11.2026 3.14" in body
    assert "Miksi sinä: vuoron Night vetäjä" in body


async def test_the_same_request_again_sends_nothing_again(rig: Rig, placed: Placed, mail: MailServer) -> None:
    call = await placed.call()
    request = rig.request(placed, call)
    await rig.publish(request)
    await rig.reported(call)
    await rig.publish(request)
    # Another call's mail comes after it on the same way, so that the repeated one had its chance.
    other = await placed.call()
    await rig.publish(rig.request(placed, other))
    await rig.reported(other)
    assert len(mail.mails) == 2
    assert [one.message.call_id for one in rig.received] == [call, other]


async def test_a_mail_that_was_sent_is_not_sent_again_because_the_bus_went_away(
    rig: Rig, placed: Placed, mail: MailServer, database: Database
) -> None:
    class AwayOnce(NotificationReports):
        """The bus is away at the first report."""

        tries = 0

        async def report(self, *report: Any) -> None:
            self.tries += 1
            if self.tries == 1:
                raise BusUnavailable("the bus is away")
            await super().report(*report)

    call = await placed.call()
    request = rig.request(placed, call)
    handle = notifying(rig.notify, AwayOnce(database, rig.commands))
    received = Received(request, NotificationRequested.model_validate(request.data))
    with pytest.raises(BusUnavailable):
        await handle(received)
    await handle(received)
    assert (await rig.reported(call)).outcome == "sent"
    assert len(mail.mails) == 1


async def test_a_mail_that_was_not_taken_is_reported_failed_without_the_address(
    rig: Rig, placed: Placed, mail: MailServer
) -> None:
    mail.refuses = True
    call = await placed.call()
    await rig.publish(rig.request(placed, call))
    report = await rig.reported(call)
    assert (report.outcome, report.cause) == ("failed", Reason.of(ReasonCode.NOT_ACCEPTED))


async def test_nobody_is_woken_for_what_somebody_took_while_the_request_was_under_way(
    rig: Rig, placed: Placed, mail: MailServer
) -> None:
    rig.incident.update(acknowledged_by=TIMO, acknowledged_at=DECLARED)
    call = await placed.call()
    await rig.publish(rig.request(placed, call))
    assert (await rig.reported(call)).outcome == "unneeded"
    assert not mail.mails


async def test_several_people_of_one_incident_are_notified_beside_each_other(
    rig: Rig, placed: Placed, mail: MailServer
) -> None:
    # The first waits for the second: one after the other they would never come to an end.
    calls = [await placed.call() for _ in range(4)]
    barrier = _Barrier(len(calls))
    mail.silence = barrier
    for call in calls:
        await rig.publish(rig.request(placed, call))
    for call in calls:
        assert (await rig.reported(call)).outcome == "sent"
    mail.silence = None


class _Barrier:
    """Opens when so many wait."""

    def __init__(self, count: int) -> None:
        import asyncio

        self._missing = count
        self._open = asyncio.Event()

    async def wait(self) -> None:
        self._missing -= 1
        if self._missing <= 0:
            self._open.set()
        await self._open.wait()


async def test_chat_is_the_gateways(rig: Rig, placed: Placed, mail: MailServer) -> None:
    by_chat, by_mail = await placed.call(), await placed.call()
    await rig.publish(rig.request(placed, by_chat, Via.CHAT))
    await rig.publish(rig.request(placed, by_mail))
    await rig.reported(by_mail)
    assert [one.message.call_id for one in rig.received] == [by_mail]
    assert len(mail.mails) == 1


async def test_a_way_that_is_not_set_up_fails_so_that_the_next_follows(rig: Rig, placed: Placed) -> None:
    call = await placed.call()
    await rig.publish(rig.request(placed, call, Via.SMS))
    report = await rig.reported(call)
    assert (report.outcome, report.cause) == ("failed", Reason.of(ReasonCode.WAY_NOT_SET_UP))


async def read_link(rig: Rig, organization: str, token: str) -> AnswerLink:
    found: AnswerLink = await rig.query_client.ask(
        ReadAnswerLink(token=token), organization=organization, actor="system:web"
    )
    return found


async def test_the_link_in_the_mail_leads_to_the_call(rig: Rig, placed: Placed, mail: MailServer) -> None:
    call = await placed.call()
    await rig.publish(rig.request(placed, call))
    await rig.reported(call)
    body = mail.mails[0][1].get_content()
    (url,) = [word for word in body.split() if word.startswith("https://")]
    token = url.removeprefix("https://haveri.example/answer/")
    leads = await read_link(rig, placed.organization, token)
    assert (leads.call_id, leads.incident_id, leads.member_id) == (call, placed.incident, PEOPLE[0].id)
    assert (leads.state, leads.incident_number, leads.taken_by) == (CallState.CALLING, "INC-42", None)
    assert leads.incident_title == "Filler 2 jammed, line 1 down"


async def test_the_page_is_told_who_was_first(rig: Rig, placed: Placed) -> None:
    rig.incident.update(acknowledged_by=TIMO, acknowledged_at=DECLARED)
    call = await placed.call(state="withdrawn")
    token = rig.links.token(placed.organization, Link(call, placed.incident, PEOPLE[0].id))
    leads = await read_link(rig, placed.organization, token)
    assert (leads.state, leads.taken_by, leads.taken_at) == (CallState.WITHDRAWN, TIMO, DECLARED)


async def test_forged_foreign_and_old_links_are_refused_by_name(rig: Rig, placed: Placed, house: House) -> None:
    call = await placed.call()
    link = Link(call, placed.incident, PEOPLE[0].id)
    good = rig.links.token(placed.organization, link)
    elsewhere = house.organization()
    of_somebody_else = rig.links.token(placed.organization, Link(call, placed.incident, TIMO))
    for organization, token in (
        (elsewhere, good),
        (elsewhere, rig.links.token(elsewhere, link)),
        (placed.organization, good[:-2]),
        (placed.organization, of_somebody_else),
    ):
        with pytest.raises(QueryRefused) as refused:
            await read_link(rig, organization, token)
        assert refused.value.type == "link-not-valid"
    rig.clock.advance(timedelta(hours=24))
    with pytest.raises(QueryRefused) as expired:
        await read_link(rig, placed.organization, good)
    assert expired.value.type == "link-expired"
