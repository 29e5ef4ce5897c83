"""A gateway between a local Teams tenant and fake neighbours on a real bus."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from haveri_chassis.bus import Bus, Received
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.outbox import OutboxRelay, emit
from haveri_chassis.outcomes import record_outcome
from haveri_chassis.service import App, running
from haveri_chat.commands import USAGES
from haveri_contracts.chat import events as chat
from haveri_contracts.directory import queries as directory
from haveri_contracts.directory.events import ChatSettingsChanged
from haveri_contracts.directory.models import (
    Area,
    Asset,
    ChatIdentity,
    ChatSettings,
    Facility,
    Member,
    OnShift,
    Organization,
    Team,
)
from haveri_contracts.envelope import Envelope, open_envelope, unwrap
from haveri_contracts.incident import commands, events
from haveri_contracts.incident import queries as incident_queries
from haveri_contracts.incident.models import Incident
from haveri_contracts.message import Command
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import EntryType, Refusal, Role, Status
from haveri_contracts.streams import INCIDENT_COMMANDS
from haveri_contracts.timeline import queries as timeline
from haveri_contracts.types import actor_member_id
from haveri_devservers.testing.house import House
from haveri_devservers.testing.waiting import eventually
from haveri_teams_gateway.main import create_app
from haveri_teams_gateway.settings import GatewaySettings
from haveri_teams_tenant.client import AppInstall, TeamSeed, TenantClient, UserSeed
from haveri_teams_tenant.client.models import Place
from haveri_teams_tenant.client.person import Actor
from haveri_teams_tenant.client.tenant import TenantHandle

SERVICE = "teams-gateway"
SLASH_COMMANDS = dict.fromkeys(USAGES, "")
SECRET = "the bot's secret"
NAMES = ("Anna Virtanen", "Mikko Korhonen", "Viewer Vesa")


def guid() -> str:
    """A fresh GUID."""
    return str(uuid.uuid4())


def free_port() -> int:
    """A port that the operating system chose."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TenantProcess:
    """The local tenant as a process of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._data_dir = data_dir
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {
            **os.environ,
            "HAVERI_TENANT_PORT": str(self.port),
            "HAVERI_TENANT_DATA_DIR": str(self._data_dir),
            "HAVERI_TENANT_LONGEST_BACKOFF": "0.3",
        }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "haveri_teams_tenant", env=environment
        )
        async with TenantClient(self.url) as client:
            await eventually(client.ready, within=60, pause=0.05)

    async def stop(self) -> None:
        """Stop it."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self._process.wait(), 15)


class AlreadyAcknowledged(Refusal):
    """Somebody has it."""

    type = "already-acknowledged"
    title = "The incident has been acknowledged."


class IncidentUnknown(Refusal):
    """There is none."""

    type = "incident-unknown"
    title = "There is no such incident."


@dataclass
class Works:
    """One organisation: its plant in the directory and its tenant in Teams."""

    organization: str
    handle: TenantHandle
    global_channel: str
    group_id: str
    facility: Facility
    area: Area
    asset: Asset
    team: Team
    members: dict[str, Member]
    general: str = "General"
    threads: bool = False

    async def own_chat(self, name: str, app_id: str) -> Place:
        """Somebody's own chat with the bot."""
        return await self.user(name).chat_with(app_id)

    def user(self, name: str = NAMES[0]) -> Actor:
        """Somebody at the chat."""
        return self.handle.as_user(name)

    @property
    def settings(self) -> ChatSettings:
        """Where its chat happens."""
        return ChatSettings(
            tenant_id=self.handle.id,
            team_id=self.group_id,
            global_channel_id=self.global_channel,
            incident_channel="thread" if self.threads else "channel",
        )


class FakeNeighbours:
    """The incident, directory and timeline services: real on the bus, simple within."""

    def __init__(self, house: House) -> None:
        self.clock, self.ids = SystemClock(), SystemIds()
        self.database: Database = house.database(SERVICE, pool_size=20)
        self.bus = Bus(house.nats_url, service="incident", clock=self.clock, ids=self.ids)
        self.relay = OutboxRelay(self.database, self.bus)
        self.works: dict[str, Works] = {}
        self.incidents: dict[tuple[str, uuid.UUID], Incident] = {}
        self.commands: list[tuple[str, str, Command, uuid.UUID]] = []
        self.events: list[tuple[Envelope, Any]] = []
        self.counts: dict[str, int] = {}
        self.paused = asyncio.Event()
        self.paused.set()
        handlers = {
            commands.DeclareIncident: self._declare,
            commands.Acknowledge: self._acknowledge,
            commands.UpdateStatus: self._status,
            commands.ChangeSeverity: self._severity,
            commands.AssignLead: self._lead,
            commands.AddEvent: self._add,
            commands.Escalate: self._escalate,
            commands.LinkChat: self._link,
            commands.ResolveIncident: self._resolve,
            commands.CloseIncident: self._close,
        }
        self.bus.on_command(INCIDENT_COMMANDS, self.database, handlers)
        self._answer_queries()
        self.bus.on_hint("haveri.*.event.chat.>", self._hear)

    async def start(self) -> None:
        """Open for business."""
        await self.database.open()
        await self.bus.start()
        await self.bus.wait_ready()
        await self.relay.start()

    async def stop(self) -> None:
        """Close."""
        await self.relay.stop()
        await self.bus.stop()
        await self.database.close()

    async def _hear(self, envelope: Envelope) -> None:
        self.events.append((envelope, unwrap(envelope)))

    def said(self, works: Works, kind: type[Any] = chat.MessagePosted) -> list[Any]:
        """What was told of an organisation's incident channels."""
        return [m for e, m in self.events if e.organization == works.organization and isinstance(m, kind)]

    def sent(self, works: Works, kind: type[Command]) -> list[Any]:
        """The commands of a kind that were carried out or refused."""
        return [c for o, _, c, _ in self.commands if o == works.organization and isinstance(c, kind)]

    async def tell_settings(self, works: Works) -> None:
        """The directory says where the organisation's chat happens."""
        envelope = self.bus.sender.event(
            ChatSettingsChanged(settings=works.settings),
            organization=works.organization,
            actor="system:directory",
            cause=None,
        )
        async with self.database.transaction(works.organization) as connection:
            await emit(connection, [envelope])

    # Commands

    async def _declare(self, received: Received[commands.DeclareIncident]) -> dict[str, Any]:
        command, organization, now = received.message, received.organization, self.clock.now()
        await self.paused.wait()
        count = self.counts[organization] = self.counts.get(organization, 0) + 1
        incident = Incident(
            id=command.incident_id,
            number=f"INC-{count}",
            title=command.title,
            description=command.description,
            status=Status.DECLARED,
            severity=command.severity,
            declared_by=received.actor,
            declared_at=now,
            facility_id=command.facility_id,
            area_id=command.area_id,
            asset_ids=command.asset_ids,
            assigned_to=actor_member_id(received.actor),
            updated_at=now,
            version=1,
        )
        event = events.IncidentDeclared(
            incident_id=incident.id,
            number=incident.number,
            title=incident.title,
            description=incident.description,
            severity=incident.severity,
            facility_id=incident.facility_id,
            area_id=incident.area_id,
            asset_ids=incident.asset_ids,
            declared_by=incident.declared_by,
            declared_at=now,
            assigned_to=incident.assigned_to,
        )
        return await self._record(received, incident, event)

    async def _acknowledge(self, received: Received[commands.Acknowledge]) -> dict[str, Any]:
        incident, member = self._incident(received), actor_member_id(received.actor)
        if incident.acknowledged_at is not None:
            self._note(received)
            raise AlreadyAcknowledged
        now = self.clock.now()
        event = events.IncidentAcknowledged(incident_id=incident.id, member_id=member, acknowledged_at=now)
        return await self._change(received, event, acknowledged_at=now, acknowledged_by=member)

    async def _status(self, received: Received[commands.UpdateStatus]) -> dict[str, Any]:
        before = self._incident(received)
        event = events.StatusUpdated(incident_id=before.id, old_status=before.status, status=received.message.status)
        return await self._change(received, event, status=received.message.status)

    async def _severity(self, received: Received[commands.ChangeSeverity]) -> dict[str, Any]:
        before, severity = self._incident(received), received.message.severity
        event = events.SeverityChanged(incident_id=before.id, old_severity=before.severity, severity=severity)
        return await self._change(received, event, severity=severity)

    async def _lead(self, received: Received[commands.AssignLead]) -> dict[str, Any]:
        member = received.message.member_id
        event = events.LeadAssigned(incident_id=received.message.incident_id, member_id=member)
        return await self._change(received, event, assigned_to=member)

    async def _add(self, received: Received[commands.AddEvent]) -> dict[str, Any]:
        command = received.message
        return await self._change(
            received, events.EventAdded(incident_id=command.incident_id, type=command.type, text=command.text)
        )

    async def _escalate(self, received: Received[commands.Escalate]) -> dict[str, Any]:
        given = received.message.model_dump()
        return await self._change(received, events.EscalationRequested.model_validate(given))

    async def _link(self, received: Received[commands.LinkChat]) -> dict[str, Any]:
        given = received.message.model_dump(exclude={"incident_id"}, exclude_none=True)
        return await self._change(
            received, events.ChatLinked(incident_id=received.message.incident_id, **given), **given
        )

    async def _resolve(self, received: Received[commands.ResolveIncident]) -> dict[str, Any]:
        before, now = self._incident(received), self.clock.now()
        event = events.IncidentResolved(
            incident_id=before.id, old_status=before.status, summary=received.message.summary, resolved_at=now
        )
        return await self._change(
            received, event, status=Status.RESOLVED, resolved_at=now, summary=received.message.summary
        )

    async def _close(self, received: Received[commands.CloseIncident]) -> dict[str, Any]:
        before, now = self._incident(received), self.clock.now()
        event = events.IncidentClosed(incident_id=before.id, closed_at=now)
        return await self._change(received, event, status=Status.CLOSED, closed_at=now)

    def _incident(self, received: Received[Any]) -> Incident:
        found = self.incidents.get((received.organization, received.message.incident_id))
        if found is None:
            raise IncidentUnknown
        return found

    async def _change(self, received: Received[Any], event: Any, **fields: Any) -> dict[str, Any]:
        before = self._incident(received)
        changed = {**fields, "version": before.version + 1, "updated_at": self.clock.now()}
        return await self._record(received, before.model_copy(update=changed), event)

    def _note(self, received: Received[Any]) -> None:
        self.commands.append((received.organization, received.actor, received.message, received.envelope.id))

    async def _record(self, received: Received[Any], incident: Incident, event: Any) -> dict[str, Any]:
        organization = received.organization
        result = {"number": incident.number, "version": incident.version}
        envelope = self.bus.sender.event(
            event,
            organization=organization,
            actor=received.actor,
            cause=received.envelope,
            sequence=incident.version,
        )
        async with self.database.transaction(organization) as connection:
            await record_outcome(connection, organization, Outcome.accepted(received.envelope.id, result))
            await emit(connection, [envelope], log=False)
            # Before the commit, so that nobody who heard the event is told an older state.
            self.incidents[organization, incident.id] = incident
        self._note(received)
        return result

    # Queries

    def _answer_queries(self) -> None:
        def listing(answer: type[Any], pick: Callable[[Works], list[Any]]) -> Any:
            async def answer_list(_: Any, envelope: Envelope) -> Any:
                works = self.works.get(envelope.organization)
                return answer(items=pick(works) if works else [])

            return answer_list

        async def organization(_: Any, envelope: Envelope) -> Organization:
            return Organization(id=envelope.organization, name="Works", locale="en")

        async def get(query: incident_queries.GetIncident, envelope: Envelope) -> Incident:
            for (owner, incident_id), incident in self.incidents.items():
                if owner == envelope.organization and query.incident in (str(incident_id), incident.number):
                    return incident
            raise IncidentUnknown

        async def incidents(_: Any, envelope: Envelope) -> incident_queries.IncidentList:
            mine = [incident for (owner, _), incident in self.incidents.items() if owner == envelope.organization]
            return incident_queries.IncidentList(items=mine)

        async def on_shift(_: Any, envelope: Envelope) -> directory.OnShiftList:
            works = self.works[envelope.organization]
            anna = works.members[NAMES[0]]
            return directory.OnShiftList(items=[OnShift(member_id=anna.id, team_id=works.team.id, shift="early")])

        async def entries(_: Any, __: Envelope) -> timeline.TimelinePage:
            return timeline.TimelinePage(items=[])

        on = self.bus.on_query
        on(directory.GetOrganization, organization)
        on(directory.ListMembers, listing(directory.MemberList, lambda works: list(works.members.values())))
        on(directory.ListTeams, listing(directory.TeamList, lambda works: [works.team]))
        on(directory.ListFacilities, listing(directory.FacilityList, lambda works: [works.facility]))
        on(directory.ListAreas, listing(directory.AreaList, lambda works: [works.area]))
        on(directory.ListAssets, listing(directory.AssetList, lambda works: [works.asset]))
        on(directory.GetOnShift, on_shift)
        on(incident_queries.GetIncident, get)
        on(incident_queries.ListIncidents, incidents)
        on(timeline.ListTimeline, entries)


@dataclass
class Gateway:
    """A running gateway and its address."""

    app: App
    url: str
    settings: GatewaySettings


@dataclass
class Rig:
    """Everything a test needs."""

    house: House
    process: TenantProcess
    neighbours: FakeNeighbours
    client: TenantClient
    s3: Any
    app_id: str = field(default_factory=guid)
    home_tenant: str = field(default_factory=guid)

    def settings(self, **over: Any) -> GatewaySettings:
        """The gateway's settings in this rig."""
        values: dict[str, Any] = {
            "teams_app_id": self.app_id,
            "teams_app_secret": SECRET,
            "teams_tenant_id": self.home_tenant,
            "teams_login_url": self.process.url,
            "teams_openid_metadata_url": f"{self.process.url}/.well-known/openidconfiguration",
            "teams_graph_url": f"{self.process.url}/v1.0",
            "teams_service_url_hosts": "127.0.0.1",
            "teams_service_url": f"{self.process.url}/amer/",
            "s3_endpoint": self.s3.url,
            "s3_access_key": self.s3.access_key,
            "s3_secret_key": self.s3.secret_key,
            "s3_bucket": "haveri",
            "http_port": 0,
        }
        return self.house.settings(GatewaySettings, SERVICE, **{**values, **over})

    @asynccontextmanager
    async def gateway(self, change: Callable[[App], None] | None = None, **over: Any) -> AsyncIterator[Gateway]:
        """A gateway that listens; `change` may alter the app before it starts."""
        settings = self.settings(**over)
        app = create_app(settings)
        if change is not None:
            change(app)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app.http, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        async with running(app):
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            await eventually(lambda: server.started)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            try:
                yield Gateway(app, url, settings)
            finally:
                server.should_exit = True
                await serving
                listener.close()

    async def works(self, gateway: Gateway, *, threads: bool = False, mapped: bool = True, **install: Any) -> Works:
        """A fresh organisation with its tenant, its people and the bot installed."""
        organization = self.house.organization("works")
        handle = self.client.tenant(guid())
        members, users = _people()
        group_id = guid()
        global_channel = f"19:{uuid.uuid4().hex}@thread.tacv2"
        works = _works(organization, handle, group_id, global_channel, members)
        works.threads = threads
        self.neighbours.works[organization] = works
        home = self.client.tenant(self.home_tenant)
        await home.seed("Home", [])
        await handle.seed(organization, users, [TeamSeed(group_id, "Tampere Works", (("Incidents", global_channel),))])
        if mapped:
            await self.neighbours.tell_settings(works)
            await self._until_mapped(works)
        endpoint = f"{gateway.url}/api/messages"
        install = {"mode": "read-all", "commands": SLASH_COMMANDS, **install}
        await handle.install(AppInstall(self.app_id, "Haveri", SECRET, endpoint, self.home_tenant, **install))
        await handle.wait_until_delivered()
        works.general = next(team.thread_id for team in await handle.teams())
        return works

    async def listening(self, port: int) -> None:
        """Wait until a gateway process is ready."""

        async def ready() -> bool:
            try:
                return (await http.get(f"http://127.0.0.1:{port}/readyz")).is_success
            except httpx2.HTTPError:
                return False

        async with httpx2.AsyncClient(trust_env=False) as http:
            await eventually(ready, within=60, pause=0.05)

    async def until(self, look: Callable[[], Any], within: float = 15.0) -> Any:
        """Wait for what arrives over the bus."""
        return await eventually(look, within=within)

    async def _until_mapped(self, works: Works) -> None:
        async def mapped() -> bool | None:
            async with self.neighbours.database.across_organizations() as connection:
                found: bool | None = await connection.fetchval(
                    "SELECT true FROM tenants WHERE organization_id = $1", works.organization
                )
            return found

        await eventually(mapped)

    async def post(
        self, gateway: Gateway, body: Mapping[str, Any] | bytes, token: str | None, **headers: str
    ) -> httpx2.Response:
        """Knock at the gateway's door directly."""
        import orjson

        content = body if isinstance(body, bytes) else orjson.dumps(body)
        given = {"Content-Type": "application/json", **headers}
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        async with httpx2.AsyncClient(trust_env=False) as http:
            return await http.post(f"{gateway.url}/api/messages", content=content, headers=given, timeout=20)


def _people() -> tuple[dict[str, Member], list[UserSeed]]:
    members: dict[str, Member] = {}
    users = []
    for number, name in enumerate(NAMES):
        object_id = guid()
        role = Role.VIEWER if name.startswith("Viewer") else Role.RESPONDER
        email = f"{name.split()[0].lower()}{number}@works.example"
        identity = ChatIdentity(platform="teams", user_id=object_id)
        members[name] = Member(
            id=uuid.uuid4(), name=name, email=email, role=role, chat_identities=[identity], locale="en"
        )
        users.append(UserSeed(object_id, name, email))
    users.append(UserSeed(guid(), "Olga Outsider", "olga@elsewhere.example"))
    return members, users


def _works(
    organization: str, handle: TenantHandle, group_id: str, global_channel: str, members: dict[str, Member]
) -> Works:
    facility = Facility(id=uuid.uuid4(), name="Tampere Works", timezone="Europe/Helsinki")
    area = Area(id=uuid.uuid4(), name="Line 1", facility_id=facility.id)
    asset = Asset(id=uuid.uuid4(), name="Filler 2", area_id=area.id, asset_type="filler")
    team = Team(id=uuid.uuid4(), name="Shift A", facility_id=facility.id, member_ids=[m.id for m in members.values()])
    members = {name: m.model_copy(update={"team_ids": [team.id]}) for name, m in members.items()}
    return Works(organization, handle, global_channel, group_id, facility, area, asset, team, members)


NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
__all__ = ["NAMES", "NOW", "EntryType", "FakeNeighbours", "Gateway", "Rig", "Works", "open_envelope"]


@dataclass
class Scene:
    """An incident that stands in chat."""

    channel: Any
    message: Any
    live_message: Any

    @property
    def card(self) -> Any:
        """The workflow card."""
        return self.message.card

    @property
    def live(self) -> Any:
        """The global card."""
        return self.live_message.card


async def opened(works: Works, name: str, *, say: str = "", timeout: float = 15.0) -> Scene:
    """Say it, if asked, and wait until the channel of this name and both cards are there."""
    if say:
        await works.user().say("General", say)
    handle = works.handle
    channel = await handle.wait_for_channel(lambda place: place.name == name, timeout)
    message = await handle.wait_for_message(channel, lambda m: m.card is not None, timeout)
    live = await handle.wait_for_message(works.global_channel, lambda m: m.card is not None, timeout)
    return Scene(channel, message, live)


async def updated(works: Works, place: Any, message: Any) -> None:
    """Wait until a card was changed for everybody."""
    await works.handle.wait_for_message(place, lambda m: m.id == message.id and bool(m.versions))
