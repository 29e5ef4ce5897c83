"""`haveri up`, from nothing to everything ready, and back."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from haveri_chassis.embedded.errors import EmbeddedServerError
from haveri_tool.home import Home
from haveri_tool.lock import HouseInUse, HouseLock
from haveri_tool.running.furnish import furnish
from haveri_tool.running.house import House
from haveri_tool.running.imports import import_shared
from haveri_tool.running.options import Options
from haveri_tool.running.plan import Plan
from haveri_tool.running.specs import SERVICES, ServiceSpec
from haveri_tool.running.terminal import Terminal
from haveri_tool.supervision.errand import run_errand
from haveri_tool.supervision.keeper import WillNotStart
from haveri_tool.supervision.signals import Signals
from haveri_tool.supervision.watch import StopAsked, Watch
from haveri_tool.upkeep.marker import Marker, fingerprint

_SERVERS_SECONDS = 60.0
_SERVICES_SECONDS = 120.0
_FAILED = 1
_FURNISHING = ("directory", "web", "teams_gateway")


def up(home: Home, options: Options, environment: Mapping[str, str], specs: Sequence[ServiceSpec] = SERVICES) -> int:
    """Run the house until somebody stops it; gives the exit code. Blocks, and must be called from the main thread."""
    terminal = Terminal()
    try:
        home.prepare()
        with HouseLock(home.lock_file):
            # A supervisor that was killed could not remove it.
            home.endpoints_file.unlink(missing_ok=True)
            return _run(Plan.make(home, options, environment), specs, terminal)
    except HouseInUse as used:
        terminal.failure(
            f"This house, {home.root}, is running already as {used}. "
            "Stop that one with Ctrl-C, or set HAVERI_HOME to another folder to run a second house."
        )
    except (EmbeddedServerError, OSError) as error:
        terminal.failure(str(error))
    return _FAILED


def _run(plan: Plan, specs: Sequence[ServiceSpec], terminal: Terminal) -> int:
    wanted = [spec for spec in specs if plan.options.wants(spec.name) and (plan.local_tenant or not spec.stand_in)]
    with Signals() as signals:
        house = House(plan, wanted, Watch(signals), terminal.news, os.getpid())
        code = 0
        try:
            _come_up(house, wanted, terminal)
            house.watch.forever(lambda: _write_endpoints(house))
        except StopAsked:
            terminal.step("Stopping: services first, then the servers …")
        except (WillNotStart, EmbeddedServerError) as error:
            terminal.failure(f"{error}\nEverything is being stopped; the logs are in {plan.home.logs}.")
            code = _FAILED
        finally:
            plan.home.endpoints_file.unlink(missing_ok=True)
            house.stop()
    terminal.step("Stopped.")
    return code


def _come_up(house: House, specs: Sequence[ServiceSpec], terminal: Terminal) -> None:
    plan, watch = house.plan, house.watch
    terminal.step(f"Starting the house in {plan.home.root}")
    watch.add(*house.servers.values())
    # While the servers start in processes of their own.
    import_shared()
    provisioned = _provision_marker(plan, specs)
    if not provisioned.stands():
        watch.until_ready(house.servers.values(), within=_SERVERS_SECONDS)
        terminal.step("Setting up database and bus …")
        run_errand(watch, "Setting up database and bus", lambda: _provision(plan, specs), plan.home.log_of("provision"))
        provisioned.set()
    for spec in specs:
        # Each starts as soon as it can, and imports what only it needs while we go on.
        import_shared(spec.shared)
        watch.add(house.keeper(spec.name))
    watch.until_ready(watch.keepers, within=_SERVICES_SECONDS)
    if house.has(*_FURNISHING):
        _furnish(house, terminal)
    _write_endpoints(house)
    terminal.addresses(
        plan.tenant_url if house.has("teams_tenant") else None,
        plan.web_url if house.has("web") else None,
        (plan.demo.administrator_email, plan.secrets.administrator_password()) if house.has(*_FURNISHING) else None,
    )


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
    parts = (plan.demo.fingerprint, plan.place, *((plan.gateway_url, plan.tenant_url) if plan.local_tenant else ()))
    folders = ["postgres", "teams-tenant"] if plan.local_tenant else ["postgres"]
    marker = Marker("furnished", [plan.home.server(folder) for folder in folders], fingerprint(*parts))
    if marker.stands() and plan.secrets.api_token():
        return
    terminal.step("Setting up the demo organisation …")
    run_errand(house.watch, "Setting up the demo organisation", lambda: furnish(plan), plan.home.log_of("furnish"))
    marker.set()


def _write_endpoints(house: House) -> None:
    house.endpoints(furnished=house.has(*_FURNISHING)).write(house.plan.home.endpoints_file)
