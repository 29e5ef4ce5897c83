"""The Teams gateway: the only place where its objects are chosen."""

from __future__ import annotations

from functools import partial

import httpx2
from fastapi import FastAPI

from haveri_chassis.bus import Bus, CommandBus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.objects import ObjectStore
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.periodic import Periodic
from haveri_chassis.service import App, Component, run
from haveri_chat.calls.caller import Caller
from haveri_chat.calls.notices import FOLDED, NOTICED
from haveri_chat.workflow.runner import Workflow
from haveri_teams_gateway.adapters.identity.access_tokens import AccessTokens
from haveri_teams_gateway.adapters.identity.authenticator import Authenticator
from haveri_teams_gateway.adapters.identity.signing_keys import SigningKeys
from haveri_teams_gateway.adapters.invoke_answers import TeamsInvokeAnswers
from haveri_teams_gateway.adapters.normaliser import read_activity
from haveri_teams_gateway.adapters.plants import DirectoryPlants
from haveri_teams_gateway.adapters.shutdown import ShutdownHooks
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
from haveri_teams_gateway.application.capture_waiting import LOOK_EVERY, CaptureWaiting
from haveri_teams_gateway.application.converse import Converse
from haveri_teams_gateway.application.fetch_files import FetchFiles
from haveri_teams_gateway.application.follow_escalation import FollowEscalation
from haveri_teams_gateway.application.handle_activity import HandleActivity
from haveri_teams_gateway.application.housekeeping import TIDY_EVERY, tidy
from haveri_teams_gateway.application.incident_cache import CachedIncidents, IncidentCache
from haveri_teams_gateway.application.neighbours import Commands, Links, Queries
from haveri_teams_gateway.application.post_notices import PostNotices
from haveri_teams_gateway.application.receive_activity import ReceiveActivity
from haveri_teams_gateway.application.record_sender import RecordSender
from haveri_teams_gateway.application.report_refusals import ReportRefusals
from haveri_teams_gateway.application.worker import Worker
from haveri_teams_gateway.domain.allowed_hosts import AllowedHosts
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.entrypoints.bus import attach
from haveri_teams_gateway.entrypoints.http import MessagesEndpoint, mount
from haveri_teams_gateway.settings import GatewaySettings
from haveri_teams_gateway.store.activities import ActivityStore
from haveri_teams_gateway.store.calls import Calls
from haveri_teams_gateway.store.capture import WaitingMessages
from haveri_teams_gateway.store.channels import Channels
from haveri_teams_gateway.store.files import Files
from haveri_teams_gateway.store.jobs import Jobs
from haveri_teams_gateway.store.liveness import Liveness
from haveri_teams_gateway.store.notices import Notices
from haveri_teams_gateway.store.people import People
from haveri_teams_gateway.store.tenants import Tenants
from haveri_teams_gateway.store.workflow_steps import InHand, WorkflowSteps

NAME = "teams-gateway"
SCHEMA = "teams_gateway"
CONNECTIONS = 20


def create_app(settings: GatewaySettings) -> App:
    """The service as one object that starts, says whether it is ready, and stops."""
    clock, ids = SystemClock(), SystemIds()
    app_id = settings.teams_app_id
    bot_id, hosts = f"28:{app_id}", AllowedHosts.parse(settings.teams_service_url_hosts)
    read = partial(read_activity, bot_id=bot_id)

    # What it stands on
    database = Database(settings.database_url.get_secret_value(), schema=SCHEMA, pool_size=CONNECTIONS)
    bus = Bus(settings.nats_url.get_secret_value(), service=NAME, clock=clock, ids=ids)
    client = QueryClient(bus)
    liveness = Liveness(database)
    http = httpx2.AsyncClient(trust_env=False, limits=httpx2.Limits(max_connections=100, max_keepalive_connections=50))

    # Teams
    tokens = AccessTokens(http, settings.teams_login_url, app_id, settings.teams_app_secret, clock)
    connector = Connector(http, tokens, settings.teams_tenant_id, clock)
    graph = Graph(settings.teams_graph_url, http, tokens, clock)
    keys = SigningKeys(http, settings.teams_openid_metadata_url, clock)
    people = People(database)
    roster = Roster(people, connector, settings.teams_service_url)
    channels = Channels(database)
    platforms = TeamsPlatforms(app_id, connector, graph, roster, database, channels, clock, settings.teams_service_url)

    # The house around it
    commands, queries = Commands(CommandBus(bus)), Queries(client, clock)
    tenants, plants = Tenants(database, clock), DirectoryPlants(bus, client, clock)
    incidents, capture = IncidentCache(queries), CaptureMessage(bus.sender)
    objects = ObjectStore(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
    )

    # What is left to do
    worker = Worker(jobs := Jobs(database, liveness.owner, clock), clock)
    activities, files = ActivityStore(database, jobs), Files(database, jobs)
    calls, notices = Calls(database, jobs), Notices(database, jobs, NOTICED + FOLDED)

    # What arrives
    invokes = TeamsInvokeAnswers(queries, plants.get, clock)
    converse = Converse(commands, queries, clock)
    handle = HandleActivity(
        tenants, activities, converse, plants.get, platforms.of, roster.find, channels, invokes, read
    )
    receive = ReceiveActivity(activities, plants.get, capture, worker, invokes, clock, ids)

    # What happens in chat because of it
    in_hand: InHand = set()

    def steps_of(tenant: Tenant) -> WorkflowSteps:
        return WorkflowSteps(database, tenant.organization, liveness.owner, tenant.group_id, in_hand)

    def workflow_of(tenant: Tenant) -> Workflow:
        reader, links = CachedIncidents(incidents, tenant.organization), Links(commands, tenant.organization)
        return Workflow(platforms.of(tenant), steps_of(tenant), reader, links, now=clock.now)

    def caller_of(tenant: Tenant) -> Caller:
        return Caller(platforms.of(tenant), steps_of(tenant), PLATFORM, now=clock.now)

    refusals = ReportRefusals(channels, bus.sender, app_id)
    advance = AdvanceIncident(tenants, plants.get, incidents, workflow_of, refusals, worker)
    call = CallMembers(tenants, calls, caller_of, incidents, plants.get, commands, clock)
    post = PostNotices(tenants, notices, caller_of, incidents, plants.get, refusals, clock)
    follow = FollowEscalation(tenants, calls, notices, jobs, call, worker)

    # Files that people share
    shared = SharedFiles(connector, graph, Downloads(http, hosts, settings.teams_file_limit_mb * 1024 * 1024, clock))
    fetch = FetchFiles(tenants, shared, objects, files, plants.get, platforms.of, bus.sender, app_id)

    waiting = CaptureWaiting(WaitingMessages(database, jobs), plants.get, capture, read)
    worker.look_after(call.kind, handle.kind, advance.kind, post.kind, fetch.kind)

    attach(bus, tenants, plants, incidents, advance, follow)
    web: FastAPI = health_app(NAME)
    mount(
        web, MessagesEndpoint(Authenticator(app_id, keys, hosts, clock), RecordSender(tenants, people), receive, bot_id)
    )
    # Stopped in reverse: what is in hand needs the bus, what the bus still handles needs the connections.
    closing = ShutdownHooks("closing", plants.stop, platforms.close, http.aclose, objects.close)
    warming = Warming(bus, tenants, plants, keys, connector, graph)
    components: list[Component] = [
        database,
        liveness,
        closing,
        bus,
        OutboxRelay(database, bus),
        worker,
        Periodic("waiting messages", LOOK_EVERY, waiting.do, clock),
        Periodic("housekeeping", TIDY_EVERY, partial(tidy, activities, jobs, clock), clock),
        Periodic("warming", WARM_EVERY, warming.warm, clock),
    ]
    return App(NAME, settings, web, components)


def main() -> None:
    """Run the service until it is told to stop."""
    run(create_app, GatewaySettings)


if __name__ == "__main__":
    main()
