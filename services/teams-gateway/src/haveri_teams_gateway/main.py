"""The Teams gateway: the only place where its objects are chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import httpx2
from fastapi import FastAPI

from haveri_chassis.bus import Bus, CommandBus, QueryClient
from haveri_chassis.clock import Clock, SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.objects import ObjectStore
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.periodic import Periodic
from haveri_chassis.service import App, Component, run
from haveri_chat.calls.caller import Caller
from haveri_chat.calls.notices import FOLDED, TOLD
from haveri_chat.workflow.runner import Workflow
from haveri_teams_gateway.adapters.identity.access_tokens import AccessTokens
from haveri_teams_gateway.adapters.identity.authenticator import Authenticator
from haveri_teams_gateway.adapters.identity.signing_keys import SigningKeys
from haveri_teams_gateway.adapters.invoke_answers import TeamsInvokeAnswers
from haveri_teams_gateway.adapters.normaliser import read_activity
from haveri_teams_gateway.adapters.outgoing import Ending
from haveri_teams_gateway.adapters.plants import DirectoryPlants
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.adapters.teams.downloads import Downloads
from haveri_teams_gateway.adapters.teams.graph import Graph
from haveri_teams_gateway.adapters.teams.platforms import TeamsPlatforms
from haveri_teams_gateway.adapters.teams.roster import Roster
from haveri_teams_gateway.adapters.teams.shared_files import SharedFiles
from haveri_teams_gateway.adapters.warming import WARM_EVERY, Warming
from haveri_teams_gateway.application.advance_incident import AdvanceIncident
from haveri_teams_gateway.application.call_members import CallMembers
from haveri_teams_gateway.application.capture_message import PLATFORM, CaptureMessage
from haveri_teams_gateway.application.chores import (
    CaptureWaiting,
    TakeUpActivities,
    TakeUpFiles,
    TakeUpWorkflows,
)
from haveri_teams_gateway.application.converse import Converse
from haveri_teams_gateway.application.desk import Desk
from haveri_teams_gateway.application.fetch_files import FetchFiles
from haveri_teams_gateway.application.follow_escalation import FollowEscalation
from haveri_teams_gateway.application.handle_activity import HandleActivity
from haveri_teams_gateway.application.newest import NewestIncidents, NewestOf
from haveri_teams_gateway.application.notice_tenant import NoticeTenant
from haveri_teams_gateway.application.questions import BusOrders, BusQuestions, Links, NotificationReports
from haveri_teams_gateway.application.receive_activity import ReceiveActivity
from haveri_teams_gateway.application.sweep import SWEEP_EVERY, Chore, sweep
from haveri_teams_gateway.application.tell_channel import TellChannel
from haveri_teams_gateway.application.tell_refusals import TellRefusals
from haveri_teams_gateway.application.workflow_registry import WorkflowRegistry
from haveri_teams_gateway.domain.allowed_hosts import AllowedHosts
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.entrypoints.bus import attach
from haveri_teams_gateway.entrypoints.http import Door, mount
from haveri_teams_gateway.settings import GatewaySettings
from haveri_teams_gateway.store.activities import ActivityStore
from haveri_teams_gateway.store.calls import Calls
from haveri_teams_gateway.store.capture import WaitingMessages
from haveri_teams_gateway.store.files import FileQueue
from haveri_teams_gateway.store.liveness import Liveness
from haveri_teams_gateway.store.notices import Notices
from haveri_teams_gateway.store.people import People
from haveri_teams_gateway.store.tellings import Tellings
from haveri_teams_gateway.store.tenants import Tenants
from haveri_teams_gateway.store.workflow_steps import InHand, WorkflowSteps
from haveri_teams_gateway.store.workflows import Workflows

NAME = "teams-gateway"
SCHEMA = "teams_gateway"
CONNECTIONS = 20
SETTLE_SECONDS = 4.0


def create_app(settings: GatewaySettings, clock: Clock | None = None) -> App:
    """The service as one object that starts, says whether it is ready, and stops."""
    clock, ids = clock or SystemClock(), SystemIds()
    app_id = settings.teams_app_id
    bot_id, hosts = f"28:{app_id}", AllowedHosts.parse(settings.teams_service_url_hosts)
    read = partial(read_activity, bot_id=bot_id)

    # What it stands on
    database = Database(settings.database_url.get_secret_value(), schema=SCHEMA, pool_size=CONNECTIONS)
    bus = Bus(settings.nats_url.get_secret_value(), service=NAME, clock=clock, ids=ids)
    commands, queries = CommandBus(bus), QueryClient(bus)
    liveness = Liveness(database)
    http = httpx2.AsyncClient(trust_env=False, limits=httpx2.Limits(max_connections=100, max_keepalive_connections=50))

    # Teams
    tokens = AccessTokens(http, settings.teams_login_url, app_id, settings.teams_app_secret, clock)
    connector = Connector(http, tokens, settings.teams_tenant_id, clock)
    graph = Graph(settings.teams_graph_url, http, tokens, clock)
    keys = SigningKeys(http, settings.teams_openid_metadata_url, clock)
    people = People(database)
    roster = Roster(people, connector, settings.teams_service_url)
    workflows = Workflows(database, liveness.owner, clock)
    platforms = TeamsPlatforms(app_id, connector, graph, roster, database, workflows, clock, settings.teams_service_url)

    # The house around it
    tenants, plants, questions = (
        Tenants(database, clock),
        DirectoryPlants(bus, queries, clock),
        BusQuestions(queries, clock),
    )
    newest, capture = NewestIncidents(questions), CaptureMessage(bus.sender)
    objects = ObjectStore(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
    )

    # What arrives
    chores: list[Chore] = []
    sweeper = Periodic("sweeper", SWEEP_EVERY, partial(sweep, chores), clock)
    inbox, invokes = ActivityStore(database, liveness.owner), TeamsInvokeAnswers(questions, plants, clock)
    converse = Converse(BusOrders(commands), questions, clock)
    handle = HandleActivity(converse, plants, platforms, roster, workflows, inbox, invokes, clock)
    desk = Desk(handle.handle, inbox, clock, sweeper.poke)
    receive = ReceiveActivity(inbox, plants, capture, desk, invokes, clock, ids, sweeper.poke)

    # What happens in chat because of it
    in_hand: InHand = set()
    steps_of = partial(WorkflowSteps, database, owner=liveness.owner, in_hand=in_hand)

    def workflow_of(tenant: Tenant) -> Workflow:
        organization = tenant.organization
        return Workflow(
            platforms.of(tenant),
            steps_of(organization, group_id=tenant.group_id),
            NewestOf(newest, organization),
            Links(commands, organization),
            now=clock.now,
        )

    refusals = TellRefusals(workflows, bus.sender, app_id)
    registry = WorkflowRegistry(workflow_of)
    advance = AdvanceIncident(tenants, plants, newest, registry.of, workflows, refusals, clock)

    follow = _calling(database, liveness.owner, commands, tenants, plants, newest, platforms, steps_of, refusals, clock)

    # Files that people share
    downloads = Downloads(http, hosts, settings.teams_file_limit_mb * 1024 * 1024, clock)
    files, shared = FileQueue(database, liveness.owner), SharedFiles(connector, graph, downloads)
    fetch = FetchFiles(shared, objects, files, plants, platforms, bus.sender, clock, app_id)

    # What is left undone
    take_files, take_workflows = TakeUpFiles(files, tenants, fetch, clock), TakeUpWorkflows(workflows, advance, clock)
    chores += [
        Chore("activities", TakeUpActivities(inbox, tenants, desk, read, clock).do),
        Chore("waiting messages", CaptureWaiting(WaitingMessages(database), plants, capture, read).do),
        Chore("calls", follow.take_up),
        Chore("files", take_files.do),
        Chore("workflows", take_workflows.do),
    ]

    attach(bus, tenants, plants, newest, advance, follow)
    web: FastAPI = health_app(NAME)
    authenticator = Authenticator(app_id, keys, hosts, clock)
    mount(web, Door(authenticator, NoticeTenant(tenants, people), receive, bot_id))
    # Stopped in reverse: what is in hand needs the bus, what the bus still handles needs the connections.
    settling = Ending(
        "settling", partial(desk.settle, SETTLE_SECONDS), follow.settle, take_files.settle, take_workflows.settle
    )
    closing = Ending("closing", plants.stop, platforms.close, http.aclose, objects.close)
    warming = Warming(bus, tenants, plants, keys, connector, graph)
    components: list[Component] = [
        database,
        liveness,
        closing,
        bus,
        OutboxRelay(database, bus),
        settling,
        sweeper,
        Periodic("warming", WARM_EVERY, warming.warm, clock),
    ]
    return App(NAME, settings, web, components)


def _calling(
    database: Database,
    owner: int,
    commands: CommandBus,
    tenants: Tenants,
    plants: DirectoryPlants,
    newest: NewestIncidents,
    platforms: TeamsPlatforms,
    steps_of: Callable[..., WorkflowSteps],
    refusals: TellRefusals,
    clock: Clock,
) -> FollowEscalation:
    """Who is called because of an escalation, and what channels are told of it."""

    def caller_of(tenant: Tenant) -> Caller:
        steps = steps_of(tenant.organization, group_id=tenant.group_id)
        return Caller(platforms.of(tenant), steps, PLATFORM, now=clock.now)

    tellings = Tellings(database, owner, clock)
    calls, notices = Calls(database, tellings), Notices(database, tellings, TOLD + FOLDED)
    call = CallMembers(calls, caller_of, newest, plants, NotificationReports(commands), clock)
    tell = TellChannel(notices, caller_of, newest, plants, refusals, clock)
    return FollowEscalation(tenants, calls, notices, tellings, call, tell, clock)


def main() -> None:
    """Run the service until it is told to stop."""
    run(create_app, GatewaySettings)


if __name__ == "__main__":
    main()
