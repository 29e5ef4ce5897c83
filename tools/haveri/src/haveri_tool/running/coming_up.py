"""From started servers to a house that is ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from haveri_tool.running.house import House
from haveri_tool.running.imports import COMMON, HTTP, import_shared
from haveri_tool.running.plan import Plan
from haveri_tool.running.specs import ServiceSpec
from haveri_tool.running.terminal import Terminal
from haveri_tool.supervision.job import run_job
from haveri_tool.upkeep.marker import Marker, fingerprint

_SERVERS_SECONDS = 60.0
_SERVICES_SECONDS = 120.0
_FURNISHING = ("directory", "web", "teams_gateway")


def come_up(house: House, specs: Sequence[ServiceSpec], terminal: Terminal) -> None:
    """Set up what is missing, start everything, say where it is. Raises WillNotStart or StopAsked."""
    plan, watch = house.plan, house.watch
    import_shared(HTTP)
    _start(house, [spec for spec in specs if spec.stand_in])
    import_shared(COMMON)
    _set_up_servers(house, specs, terminal)
    _start(house, [spec for spec in specs if not spec.stand_in])
    watch.until_ready(watch.managed, within=_SERVICES_SECONDS)
    if house.has(*_FURNISHING):
        _furnish(house, terminal)
    write_endpoints(house)
    terminal.addresses(
        plan.tenant_url if house.has("teams_tenant") else None,
        plan.web_url if house.has("web") else None,
        (plan.demo.administrator_email, plan.secrets.administrator_password()) if house.has(*_FURNISHING) else None,
    )


def write_endpoints(house: House) -> None:
    """Say in `endpoints.json` where everything is now."""
    house.endpoints(furnished=house.has(*_FURNISHING)).write(house.plan.home.endpoints_file)


def _start(house: House, specs: Iterable[ServiceSpec]) -> None:
    """Each starts as soon as it can, and imports what only it needs while we go on."""
    for spec in specs:
        import_shared(spec.shared)
        house.watch.add(house.managed(spec.name))


def _set_up_servers(house: House, specs: Sequence[ServiceSpec], terminal: Terminal) -> None:
    plan = house.plan
    marker = _provision_marker(plan, specs)
    if marker.stands():
        return
    house.watch.until_ready(house.servers.values(), within=_SERVERS_SECONDS)
    name = "Setting up database and bus"
    terminal.step(f"{name} …")
    run_job(house.watch, name, lambda: _provision(plan, specs), plan.home.log_of("provision"))
    marker.set()


def _provision_marker(plan: Plan, specs: Sequence[ServiceSpec]) -> Marker:
    names = sorted(spec.name for spec in specs)
    folders = [plan.home.server(server) for server in ("postgres", "nats", "s3")]
    return Marker("provisioned", folders, fingerprint(*names, plan.place))


async def _provision(plan: Plan, specs: Sequence[ServiceSpec]) -> None:
    # Alembic is for those who migrate; services and later starts go without.
    from haveri_tool.upkeep.provisioning import Ground, provision  # noqa: PLC0415

    names = [spec.name for spec in specs if not spec.stand_in]
    backbone = plan.backbone
    ground = Ground(
        backbone.database_url,
        backbone.nats_url,
        backbone.s3_endpoint,
        backbone.s3_access_key,
        backbone.s3_secret_key,
        backbone.s3_bucket,
    )
    for change in await provision(ground, plan.secrets, names):
        print(change, flush=True)


def _furnish(house: House, terminal: Terminal) -> None:
    plan = house.plan
    # The tenant's app must know where the gateway listens now.
    tenant = (plan.gateway_url, plan.tenant_url) if plan.local_tenant else ()
    parts = (plan.demo.fingerprint, plan.place, str(plan.options.wants("escalation")), *tenant)
    folders = ["postgres", "teams-tenant"] if plan.local_tenant else ["postgres"]
    marker = Marker("furnished", [plan.home.server(folder) for folder in folders], fingerprint(*parts))
    if marker.stands() and plan.secrets.api_token():
        return
    name = "Setting up the demo organisation"
    terminal.step(f"{name} …")
    run_job(house.watch, name, lambda: _furnish_plan(plan), plan.home.log_of("furnish"))
    marker.set()


async def _furnish_plan(plan: Plan) -> None:
    from haveri_tool.running.furnish import furnish  # noqa: PLC0415 - only the child needs it

    await furnish(plan)
