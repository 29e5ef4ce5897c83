"""Setting up the demo organisation and the local Teams tenant; safe to repeat, and what people changed stays."""

from __future__ import annotations

from uuid import UUID

from haveri_chat.commands import USAGES
from haveri_chat.texts import say
from haveri_contracts.directory.commands import ChangeChatSettings, CreateOrganization, ImportPlant
from haveri_contracts.directory.queries import GetChatSettings, ListFacilities
from haveri_contracts.types import Page
from haveri_directory.demo import founding_command
from haveri_teams_tenant.client import AppInstall, TeamSeed, TenantClient, UserSeed
from haveri_tool.accounts import accounts_at
from haveri_tool.bus_client import BusClient, bus_client_at
from haveri_tool.running.demo import Demo
from haveri_tool.running.furnish_policies import put_policies
from haveri_tool.running.plan import Plan
from haveri_tool.services import role_of
from haveri_tool.upkeep.provisioning import provision_signals

_BOT = "Haveri"


async def furnish(plan: Plan) -> None:
    """Bring the demo organisation, its administrator's account and token, and its chat into being."""
    demo = plan.demo
    async with bus_client_at(plan.backbone.nats_url) as client:
        administrator_id = await _found(client, demo)
        await provision_signals(plan.backbone.nats_url, demo.slug)
        await _import_plant(client, demo)
        if plan.options.wants("escalation"):
            await put_policies(client, demo.slug)
        await _give_access(plan, administrator_id)
        if plan.local_tenant:
            await _seed_tenant(plan)
            # Before the bot is installed: the gateway refuses a tenant that belongs to no organisation.
            await _connect_chat(client, demo)
            await _install_bot(plan)


async def _found(client: BusClient, demo: Demo) -> UUID:
    command: CreateOrganization = founding_command(client.bus.sender.ids.new(), demo.slug)
    result = await client.send(command, demo.slug)
    return UUID(result["administrator"]["id"])


async def _import_plant(client: BusClient, demo: Demo) -> None:
    known = await client.ask(ListFacilities(page=Page(limit=1)), demo.slug)
    if not known.items:
        await client.send(ImportPlant(format="yaml", document=demo.plant), demo.slug)
        print(f"imported the plant of {demo.slug}", flush=True)


async def _give_access(plan: Plan, administrator_id: UUID) -> None:
    demo, secrets = plan.demo, plan.secrets
    url = plan.backbone.service_database_url(role_of("web"), secrets.database_password("web"))
    async with accounts_at(url) as accounts:
        if not await accounts.has_account(demo.slug, administrator_id):
            password = secrets.administrator_password()
            await accounts.set_password(demo.slug, administrator_id, demo.administrator_email, password)
            print(f"gave {demo.administrator_email} a password", flush=True)
        token = secrets.api_token()
        if token is None or not await accounts.is_good(token, demo.slug):
            secrets.keep_api_token(await accounts.create_token(demo.slug, administrator_id, "haveri up"))
            print("made an API token", flush=True)


async def _seed_tenant(plan: Plan) -> None:
    seed = plan.demo.tenant
    users = [UserSeed(user.aad_object_id, user.name, user.email, user.locale, user.timezone) for user in seed.users]
    teams = [
        TeamSeed(
            team.group_id,
            team.name,
            tuple((channel.name, channel.id) for channel in team.channels),
            tuple(team.members),
        )
        for team in seed.teams
    ]
    async with TenantClient(plan.tenant_url) as client:
        await client.tenant(seed.tenant_id).seed(seed.name, users, teams)
    print(f"seeded the tenant {seed.name}", flush=True)


async def _connect_chat(client: BusClient, demo: Demo) -> None:
    known = await client.ask(GetChatSettings(), demo.slug)
    if known.settings is None:
        await client.send(ChangeChatSettings(settings=demo.tenant.chat_settings()), demo.slug)
        print("connected the organisation with its chat", flush=True)


def chat_app(app_id: str, secret: str, gateway_url: str, home_tenant_id: str) -> AppInstall:
    """Haveri as Teams' app, with every command that can be typed."""
    return AppInstall(
        app_id=app_id,
        name=_BOT,
        secret=secret,
        messaging_endpoint=f"{gateway_url}/api/messages",
        home_tenant_id=home_tenant_id,
        commands={word: say("en", f"help.{word}") for word in USAGES},
    )


async def _install_bot(plan: Plan) -> None:
    app = chat_app(plan.secrets.teams_app_id(), plan.secrets.teams_app_secret(), plan.gateway_url, plan.demo.tenant_id)
    async with TenantClient(plan.tenant_url) as client:
        await client.tenant(plan.demo.tenant_id).install(app)
    print("installed the bot in the tenant", flush=True)
